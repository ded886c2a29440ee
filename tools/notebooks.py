"""Execute the lessons and store them with their outputs, normalised; the same bytes on every machine.

    python tools/notebooks.py [NOTEBOOK ...]    execute and write (default: all)
    python tools/notebooks.py --check           exit 1 when executing gives another file, or when a lesson was never run

Each lesson runs in its own folder, which tells it its language. What a lesson stores is text and static pictures:
live views are dropped, and the line in which lab() names its etcd is the one written last, whichever etcd that was.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
LIVE = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def lessons() -> list[Path]:
    return sorted((ROOT / "notebooks").glob("*/*.ipynb"))


def execute(path: Path) -> Any:
    """The notebook with fresh outputs, normalised."""
    notebook = nbformat.read(path, as_version=4)
    runner = NotebookClient(
        notebook,
        timeout=60,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        store_widget_state=False,
        record_timing=False,
        coalesce_streams=True,
    )
    return normalised(runner.execute())


def normalised(notebook: Any) -> Any:
    """Without what changes from run to run or means nothing to a reader."""
    notebook.metadata = nbformat.from_dict(METADATA)
    number = 0
    for cell in notebook.cells:
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        if cell.cell_type != "code":
            continue
        number += 1
        cell.execution_count = number
        for output in cell.outputs:
            if "data" in output:
                output.data.pop(LIVE, None)
                output.metadata = nbformat.from_dict({})
            if "execution_count" in output:
                output.execution_count = number
            if output.output_type == "error":
                # The rest names files of this machine; the sentence is what a lesson is about.
                output.traceback = [f"{output.ename}: {output.evalue}"]
    return notebook


def written(notebook: Any) -> str:
    return str(nbformat.writes(notebook, version=4)) + "\n"


def same(stored: str, fresh: str) -> bool:
    """Equal but for the line in which lab() names its etcd."""
    pattern = re.compile(r"Started etcd [^\"\\]*")
    return pattern.sub("Started etcd", stored) == pattern.sub("Started etcd", fresh)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("notebooks", nargs="*", type=Path, help="default: all lessons")
    options.add_argument("--check", action="store_true", help="compare, write nothing")
    chosen = options.parse_args()
    stale = []
    for path in [path.resolve() for path in chosen.notebooks] or lessons():
        print(f"{path.relative_to(ROOT)} ...", file=sys.stderr)
        stored, fresh = path.read_text(encoding="utf-8"), written(execute(path))
        if same(stored, fresh):
            continue
        stale.append(str(path.relative_to(ROOT)))
        if not chosen.check:
            path.write_text(fresh, encoding="utf-8")
    if chosen.check and stale:
        print(f"not what executing gives: {', '.join(stale)}; run tools/notebooks.py")
        return 1
    print("the lessons are up to date" if chosen.check else f"wrote {len(stale)} of {len(lessons())} lessons")
    return 0


if __name__ == "__main__":
    sys.exit(main())
