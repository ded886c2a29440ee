"""Make the READMEs' screenshots again: lesson 00 in a real JupyterLab, in a real browser, on a real etcd.

    python tools/screens.py            write docs/img/lab.en.png and lab.zh.png
    python tools/screens.py --check    exit 1 when one is missing, or all stored pictures together are too large

Pixels depend on the machine's fonts, so unlike the drawings of tools/pictures.py they are not compared.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402

from etcdlearn.cli._course import copy_course  # noqa: E402
from tests.browser.conftest import FLAGS, Jupyter  # noqa: E402
from tests.conftest import find_chromium  # noqa: E402

IMAGES = ROOT / "docs" / "img"
MOST_BYTES = 1_000_000  # of all pictures of the READMEs together
THEMES = {"en": "JupyterLab Light", "zh": "JupyterLab Dark"}
# The page grows while its other cells are drawn: it has to hold for a second's worth of frames.
IN_SIGHT = """() => { const picture = document.querySelector('.etcdlearn-stage');
  const {top, bottom} = picture.getBoundingClientRect();
  if (top > 100 && bottom < innerHeight - 20) window.steady = (window.steady || 0) + 1;
  else { picture.scrollIntoView({block: 'end'}); window.steady = 0 }
  return window.steady > 60 }"""
SIZE = {"width": 1180, "height": 780}


def screens() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        copy_course(Path(folder) / "course")
        browser = playwright.chromium.launch(executable_path=find_chromium(), headless=True, args=list(FLAGS))
        with Jupyter(Path(folder)) as process:
            lab = process.lab(browser)
            for language, theme in THEMES.items():
                notebook = lab.open(f"{language}/00_ten_minutes.ipynb", theme=theme)
                notebook.page.set_viewport_size(SIZE)
                notebook.page.evaluate("() => jupyterapp.commands.execute('application:toggle-left-area')")
                notebook.run_all()
                notebook.ask("timeline.cursor = 5")
                picture = notebook.page.locator(".etcdlearn-stage").first
                picture.locator("text=/5/").first.wait_for()
                notebook.page.wait_for_function(IN_SIGHT)
                notebook.page.screenshot(path=IMAGES / f"lab.{language}.png")
                notebook.page.close()
        browser.close()


def wrong() -> str:
    """What is wrong with the stored pictures, "" for nothing."""
    missing = [name for language in THEMES if not (IMAGES / (name := f"lab.{language}.png")).exists()]
    if missing:
        return f"missing: {', '.join(missing)}; run tools/screens.py"
    size = sum(path.stat().st_size for path in IMAGES.iterdir())
    return f"the pictures of the READMEs have {size:,} bytes, more than {MOST_BYTES:,}" if size > MOST_BYTES else ""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true", help="write nothing")
    if not options.parse_args().check:
        os.environ.pop("ETCDLEARN_LANG", None)
        screens()
    print(wrong() or "the screenshots are there")
    return bool(wrong())


if __name__ == "__main__":
    sys.exit(main())
