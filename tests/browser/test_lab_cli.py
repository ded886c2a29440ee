"""`etcdlearn lab` as a process: what it prints, who may come in, whose folder it is, how it ends. Needs no browser."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from jupyter_client.blocking.client import BlockingKernelClient

import etcdlearn
from etcdlearn.cli._lessons import lessons
from etcdlearn.servers.folder import PREFIX, sweep
from tests.conftest import MARK

SCRIPT = Path(sys.executable).with_name("etcdlearn")
ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)(/lab/\S+)\?token=(\w+)")
NEWS = "@jupyterlab/apputils-extension:notification"


class Running:
    """An `etcdlearn lab` that has printed its address, in a home of its own."""

    def __init__(self, home: Path, *words: str, **environment: str) -> None:
        kept = {name: os.environ[name] for name in ("PATH", MARK)}
        self.process = subprocess.Popen(
            [SCRIPT, "lab", *words],
            cwd=home,
            env={"HOME": str(home), "LANG": "C.UTF-8", **kept, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.said: list[str] = []
        for line in self.process.stdout:
            self.said.append(line)
            if found := ADDRESS.search(line):
                self.address, self.page, self.token = found.groups()
                break
        else:
            raise AssertionError("".join(self.said))
        # Read on: a full pipe would stop it.
        self._reader = threading.Thread(target=lambda: self.said.extend(self.process.stdout or ()))
        self._reader.start()
        self._wait()

    def _wait(self) -> None:
        """Jupyter prints its address first and opens its port a few milliseconds later, and says nothing of that."""
        port, until = int(self.address.rpartition(":")[2]), monotonic() + 10
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            assert monotonic() < until, "".join(self.said)

    def ask(self, path: str, body: object = None, *, token: str | None = None, method: str | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"token {self.token if token is None else token}"}
        with urlopen(Request(self.address + path, data=data, headers=headers, method=method), timeout=30) as answer:
            return json.load(answer) if answer.headers["Content-Type"].startswith("application/json") else answer.read()

    def end(self) -> int:
        """Interrupt it, as Ctrl-C does, and wait."""
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(timeout=30)
        self._reader.join(timeout=30)  # it ends when the last child that holds the pipe has ended
        assert not self._reader.is_alive(), "something that it started still runs"
        return status

    def close(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextmanager
def running(home: Path, *words: str, **environment: str) -> Iterator[Running]:
    lab = Running(home, *words, **environment)
    try:
        yield lab
    finally:
        lab.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("home")) as started:
        yield started


def test_it_says_what_it_copied_and_where_the_lesson_is(lab: Running) -> None:
    assert lab.said[0] == f"Lessons in etcdlearn-course: {len(lessons())} new.\n"
    assert lab.page == "/lab/tree/en/00_ten_minutes.ipynb"
    assert b"<title>JupyterLab</title>" in lab.ask(lab.page)
    stored = lab.ask("/api/contents/en/00_ten_minutes.ipynb")["content"]["cells"]
    assert [cell["outputs"] for cell in stored if cell["cell_type"] == "code" and cell["outputs"]] == []


@pytest.mark.parametrize("token", ["", "0123456789abcdef"])
def test_nobody_comes_in_without_the_token(lab: Running, token: str) -> None:
    with pytest.raises(HTTPError) as refused:
        lab.ask("/api/contents", token=token)
    assert refused.value.code == 403
    refused.value.close()
    assert b'name="password"' in lab.ask(lab.page, token=token), "a page leads to the login"


def test_no_news_are_asked_for(lab: Running) -> None:
    schema = lab.ask(f"/lab/api/settings/{quote(NEWS)}")["schema"]["properties"]
    assert schema["fetchNews"]["default"] == "false"
    assert schema["checkForUpdates"]["default"] is False


def test_a_second_one_stands_beside_it_in_the_other_language(lab: Running, tmp_path: Path) -> None:
    with running(tmp_path, "my course", "--lang", "zh", "--no-browser") as second:
        assert second.address != lab.address
        assert second.page == "/lab/tree/zh/00_ten_minutes.ipynb"
        assert (tmp_path / "my course" / "zh" / "00_ten_minutes.ipynb").is_file()
        assert second.ask("/api/status")["kernels"] == 0
        assert second.end() == 0


def test_an_edited_copy_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "course" / "en" / "00_ten_minutes.ipynb"
    mine.parent.mkdir(parents=True)
    mine.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    before = mine.stat()
    with running(tmp_path, "course") as lab:
        assert lab.said[0] == f"Lessons in course: {len(lessons()) - 1} new, 1 left as you have them.\n"
        beside = f"00_ten_minutes.new-{etcdlearn.__version__}.ipynb"
        assert lab.said[1] == f"  yours: en/00_ten_minutes.ipynb; the newer one is beside it: {beside}\n"
        assert len(lab.ask(f"/api/contents/en/{beside}")["content"]["cells"]) > 20
        assert lab.ask("/api/contents/en/00_ten_minutes.ipynb")["content"]["cells"] == []
        assert lab.end() == 0
    assert (mine.stat().st_mtime_ns, mine.stat().st_size) == (before.st_mtime_ns, before.st_size)


def test_interrupted_it_ends_with_status_0_and_takes_kernel_and_etcd_along(tmp_path: Path) -> None:
    with running(tmp_path) as lab:
        kernel = lab.ask("/api/kernels", {"name": "python3", "path": "en"})
        etcd = start_etcd(tmp_path / ".local/share/jupyter/runtime" / f"kernel-{kernel['id']}.json")
        with etcd:
            where = etcd.getpeername()
            assert lab.end() == 0
            while etcd.recv(65536):  # until its end of the connection is closed
                pass
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(where, timeout=5)
        assert "Traceback" not in "".join(lab.said)


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """One that a unix socket's path may begin with, as pytest's may not."""
    with TemporaryDirectory() as made:
        yield Path(made)


def test_nothing_is_written_but_the_course_and_what_is_jupyter_s(tmp_path: Path, short_folder: Path) -> None:
    """A whole home is compared: all that appeared while a lesson ran, and what of it was left."""
    home = tmp_path / "home"
    (home / "work").mkdir(parents=True)
    with running(home / "work", "course", HOME=str(home), TMPDIR=str(short_folder)) as lab:
        kernel = lab.ask("/api/kernels", {"name": "python3", "path": "en"})
        with start_etcd(home / ".local/share/jupyter/runtime" / f"kernel-{kernel['id']}.json"):
            assert list(short_folder.glob(f"{PREFIX}*")), "the data of a lesson's etcd"
            lesson = lab.ask("/api/contents/en/00_ten_minutes.ipynb")
            lab.ask("/api/contents/en/00_ten_minutes.ipynb", lesson, method="PUT")
            assert lab.end() == 0
    sweep(short_folder)  # as the next start does: a kernel that Jupyter had to kill cleans up nothing itself
    assert not list(short_folder.glob("*etcdlearn*")), "they go with it"
    files = [path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()]
    jupyter_s = (".local/share/jupyter/", ".ipython/", ".jupyter/", ".cache/")
    ours = sorted(path for path in files if not path.startswith(jupyter_s))
    course = [lesson.name for lesson in lessons()]
    course += [".etcdlearn/lock", ".etcdlearn/manifest.json", "en/.ipynb_checkpoints/00_ten_minutes-checkpoint.ipynb"]
    assert ours == sorted(f"work/course/{name}" for name in course)
    assert not [path for path in files if path.startswith(jupyter_s) and "etcdlearn" in path]
    assert not list((home / ".jupyter").glob("*.*")), "nor into the user's settings"


def test_a_user_s_own_hook_runs_beside_ours(tmp_path: Path) -> None:
    """Saved is a notebook with a live and a static picture, by a Jupyter whose user has a hook in his settings."""
    settings = tmp_path / ".jupyter"
    settings.mkdir()
    (settings / "jupyter_server_config.py").write_text(
        "def mine(model, **_):\n"
        "    if model['type'] == 'notebook':\n"
        "        model['content']['metadata']['mine'] = True\n"
        "c.ContentsManager.pre_save_hook = mine\n"
    )
    data = {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "text/html": "<img>", "text/plain": "x"}
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    cell = {"cell_type": "code", "id": "a", "source": "1", "metadata": {}, "execution_count": 1, "outputs": [output]}
    content = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    with running(tmp_path) as lab:
        model = {"type": "notebook", "format": "json", "content": content}
        lab.ask("/api/contents/mine.ipynb", model, method="PUT")
        assert lab.end() == 0
        assert "Traceback" not in "".join(lab.said)
    saved = json.loads((tmp_path / "etcdlearn-course" / "mine.ipynb").read_text())
    assert saved["metadata"]["mine"] is True
    assert set(saved["cells"][0]["outputs"][0]["data"]) == {"text/html", "text/plain"}


def start_etcd(connection: Path) -> socket.socket:
    """Run the first cell of a lesson in a kernel; a connection to the etcd that it started."""
    client = BlockingKernelClient(connection_file=str(connection))
    client.load_connection_file()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        told: list[str] = []
        client.execute_interactive(
            "import etcdlearn as etcd\nlab = etcd.lab()\nprint(lab.server.endpoints[0])",
            timeout=60,
            output_hook=lambda message: told.append(message["content"].get("text", "")),
        )
    finally:
        client.stop_channels()
    host, _, port = "".join(told).split()[-1].rpartition(":")
    return socket.create_connection((host, int(port)), timeout=30)
