"""A real JupyterLab in a real browser: started on a free port with folders of its own, ended by its own handle."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from etcdlearn.cli._course import copy_course
from etcdlearn.cli.lab import SETTINGS
from etcdlearn.servers.binary import find
from tests.conftest import find_chromium

ADDRESS = re.compile(rb"(http://127\S+)/lab\?token=(\w+)")
SCREENSHOTS = Path(__file__).resolve().parents[2] / ".build" / "screenshots"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"),
    *("--disable-component-update", "--disable-default-apps", "--disable-sync", "--disable-extensions"),
    *("--no-first-run", "--metrics-recording-only", "--password-store=basic"),
)
# The answer of the kernel to a piece of code, as text.
EVALUATE = """async (code) => {
  const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel; let out = '';
  const future = kernel.requestExecute({code, store_history: false});
  future.onIOPub = (m) => {
    if (m.header.msg_type === 'stream') out += m.content.text;
    if (m.header.msg_type === 'error') out += 'ERROR ' + m.content.evalue;
  };
  await future.done; return out }"""
READY = """async () => { const w = jupyterapp.shell.currentWidget;
  await w.context.ready; await w.sessionContext.ready; await w.sessionContext.session.kernel.info }"""
CODE_CELLS = """() => jupyterapp.shell.currentWidget.content.widgets.filter((c) => c.model.type === 'code')
  .map((c) => [c.model.executionCount, c.model.outputs.toJSON().filter((o) => o.output_type === 'error')])"""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        pytest.fail("no Chromium on PATH and none in $CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))
        yield browser
        browser.close()


class Lab:
    """A running JupyterLab on a clean copy of the course, which is in ``folder``."""

    def __init__(self, address: str, token: str, browser: Browser, folder: Path) -> None:
        self.address, self.token, self.browser, self.folder = address, token, browser, folder

    def open(self, lesson: str, *, theme: str = "JupyterLab Light", width: int = 1200) -> "Notebook":
        page = self.browser.new_page(viewport={"width": width, "height": 900})
        return Notebook(page, f"{self.address}/lab/tree/{lesson}?reset&token={self.token}", theme)


class Notebook:
    """One open lesson, and every complaint of its page."""

    def __init__(self, page: Page, address: str, theme: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.set_default_timeout(60_000)
        page.goto(address)
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        page.wait_for_function(
            "() => window.jupyterapp && jupyterapp.shell.currentWidget && jupyterapp.shell.currentWidget.sessionContext"
        )
        page.evaluate("(theme) => jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
        page.evaluate(READY)

    @property
    def language(self) -> str:
        return "zh" if "/zh/" in self.page.url else "en"

    def run_all(self) -> None:
        self.page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")

    def cells(self) -> list[Any]:
        found: list[Any] = self.page.evaluate(CODE_CELLS)
        return found

    def ask(self, code: str) -> str:
        """What ``code`` prints in the kernel."""
        return str(self.page.evaluate(EVALUATE, code)).strip()

    def screenshot(self, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")


class Jupyter:
    """A JupyterLab process on a course's folder in ``home``, with folders of its own there."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "course"
        places = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
        env = dict(os.environ, **{f"JUPYTER_{place}": str(home / place.lower()) for place in places})
        env |= {
            "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        }
        env |= {"IPYTHONDIR": str(home / "ipython"), "HOME": str(home), "JUPYTER_CONFIG_PATH": str(SETTINGS)}
        env |= {"ETCDLEARN_ETCD": str(find().path)}  # in another home the installed ones are not found
        env.pop("ETCDLEARN_LANG", None)
        options = ["--no-browser", "--LabApp.expose_app_in_browser=True", "--ServerApp.port_retries=50"]
        options += ["--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={self.folder}", "--allow-root"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def lab(self, browser: Browser) -> Lab:
        """Once it has said its address."""
        said = self.process.stderr
        assert said is not None
        match = next(found for line in said if (found := ADDRESS.search(line)))
        threading.Thread(target=said.read, daemon=True).start()  # a full pipe would stop the server
        return Lab(match[1].decode(), match[2].decode(), browser, self.folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)
        assert self.process.stderr is not None
        self.process.stderr.close()


@pytest.fixture(scope="module")
def jupyter(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    home = tmp_path_factory.mktemp("jupyter")
    copy_course(home / "course")
    with Jupyter(home) as process:
        yield process.lab(chromium)
