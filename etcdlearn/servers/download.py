"""One file over HTTP: whole, with the digest that it should have, and within bounds of time."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from etcdlearn.servers.report import InstallError, Report

CHUNK = 4096  # bytes; between two of them it is asked how long it has taken


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a download may take, in seconds.

    Attributes:
        connect: until a connection stands, for each address of the host.
        silence: for which nothing may come.
        whole: for a file.
    """

    connect: float = 10.0
    silence: float = 30.0
    whole: float = 900.0


class Clock:
    """How far a download is, in the form that pooch asks for; it ends one that takes too long."""

    total = 0

    def __init__(self, report: Report, limit: float) -> None:
        self._report = report
        self._limit = limit
        self._until = monotonic() + limit
        self._done = 0

    def update(self, size: int) -> None:
        self._done += size
        if monotonic() > self._until:
            raise InstallError(f"the download took longer than {self._limit:g} s")
        whole = f" of {self.total / 1e6:.1f}" if self.total else ""
        self._report.show(f"{min(self._done, self.total or self._done) / 1e6:.1f}{whole} MB")

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        self._report.show("")


def download(url: str, digest: str | None, target: Path, report: Report, limits: Limits) -> Path:
    """Download ``url`` to ``target``, which appears only when it is whole and has the SHA-256 ``digest``.

    Raises:
        InstallError: it could not be had in time, or has another digest.
        OSError: it could not be written.
    """
    import pooch
    import requests

    pooch.get_logger().setLevel(logging.ERROR)
    clock = Clock(report, limits.whole)
    get = pooch.HTTPDownloader(progressbar=clock, timeout=(limits.connect, limits.silence), chunk_size=CHUNK)
    known = f"sha256:{digest}" if digest else None
    try:
        pooch.retrieve(url, known, fname=target.name, path=target.parent, downloader=get)
    except requests.RequestException as exc:
        raise InstallError(_reason(url, exc, limits)) from exc
    except ValueError as exc:
        raise InstallError(f"{url} has not the SHA-256 that was published with it; nothing of it was used") from exc
    finally:
        report.show("")
    return target


def _reason(url: str, exc: Exception, limits: Limits) -> str:
    """Why a request failed, in a few words."""
    import requests

    host = urlsplit(url).hostname
    response = getattr(exc, "response", None)
    if response is not None:
        return f"{url} answered {response.status_code} {response.reason}"
    if isinstance(exc, requests.ConnectTimeout):
        return f"{host} did not answer within {limits.connect:g} s"
    if isinstance(exc, requests.exceptions.SSLError):
        return f"{host} shows a certificate that is not trusted here"
    if isinstance(exc, requests.exceptions.ChunkedEncodingError | requests.Timeout) or "timed out" in str(exc):
        return f"the connection to {host} broke, or stood still, before all was there"
    return f"{host} cannot be reached"
