"""Releases of an etcd that says its version and nothing else, on a server of this machine that may misbehave."""

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from etcdlearn.servers.archive import SUMS, archive_name
from etcdlearn.servers.installed import PROGRAMS

VERSION = "3.9.9"
STEM, ENDING = archive_name(VERSION)
ARCHIVE = STEM + ENDING


def program(says: str = VERSION) -> bytes:
    return f"#!/bin/sh\necho etcd Version: {says}\n".encode()


def programs(says: str = VERSION) -> dict[str, bytes]:
    """An archive's members, as a release has them."""
    return {f"{STEM}/README.md": b"text", **{f"{STEM}/{name}": program(says) for name in PROGRAMS}}


def tar(members: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as made:
        for name, target in (links or {}).items():
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, target
            made.addfile(link)
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            made.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return packed.getvalue()


def packed(members: dict[str, bytes]) -> bytes:
    """In the form that releases have for this machine."""
    return zipped(members) if ENDING == ".zip" else tar(members)


Answer = Callable[[BaseHTTPRequestHandler], None]


class Releases:
    """What the server has of one version, by file name; anything else is 404. A file is bytes, or answers itself."""

    def __init__(self, address: str, version: str) -> None:
        self.address = address
        self.version = version
        self.archive = "".join(archive_name(version))
        self.asked: list[str] = []
        self.files: dict[str, bytes | Answer] = {}

    def publish(self, archive: bytes | Answer, digest_of: bytes | None = None) -> None:
        """The archive of the version and a SHA256SUMS that names it."""
        whole = archive if digest_of is None else digest_of
        assert isinstance(whole, bytes)
        digest = hashlib.sha256(whole).hexdigest()
        self.files = {SUMS: f"{'0' * 64}  other.zip\n{digest}  {self.archive}\n".encode(), self.archive: archive}


@contextmanager
def releases(version: str = VERSION) -> Iterator[Releases]:
    """A server on a free port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            folder, _, name = self.path.lstrip("/").partition("/")
            made.asked.append(name)
            content = made.files.get(name) if folder == f"v{version}" else None
            if content is None:
                self.send_error(404)
            elif callable(content):
                content(self)
            else:
                begin(self, len(content))
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made = Releases(f"http://127.0.0.1:{server.server_port}", version)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield made
        finally:
            server.shutdown()


def begin(request: BaseHTTPRequestHandler, length: int) -> None:
    """The head of an answer of ``length`` bytes."""
    request.send_response(200)
    request.send_header("Content-Length", str(length))
    request.end_headers()


def write(path: Path, content: bytes, mode: int = 0o755) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)
    return path
