"""Make the stored pictures again: the golden ones of the tests, and those of the READMEs.

    python tools/pictures.py            write them
    python tools/pictures.py --check    exit 1 when one of them is not what the code draws now

Golden pictures, and that of progress, are drawn from data made by hand (tests/scenes). The others of the READMEs are
the first lesson's story, told to a real etcd: the same on every machine, since ids, revisions and words are.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from etcdlearn.servers import server  # noqa: E402
from etcdlearn.teach._progress_picture import ProgressPicture  # noqa: E402
from etcdlearn.widgets._scene import to_svg  # noqa: E402
from etcdlearn.widgets.ruler import RangeRuler  # noqa: E402
from etcdlearn.widgets.timeline import RevisionTimeline  # noqa: E402
from tests.scenes import LANGUAGES, PICTURES, draw  # noqa: E402
from tests.scenes.progress import SOME  # noqa: E402

GOLDEN = ROOT / "tests" / "unit" / "golden"
READMES = ROOT / "docs" / "img"
# Every state in English at the width of the design; Chinese and the other widths once each, on the richest state.
OTHERS = (("zh", 720), ("en", 400), ("en", 1000))


def golden() -> dict[Path, str]:
    drawn = {}
    for name, picture in PICTURES.items():
        wanted = [(state, "en", 720) for state in picture.states] + [(picture.richest, *other) for other in OTHERS]
        for state, language, width in wanted:
            tree = draw(name, state, width, language)
            path = GOLDEN / name / f"{state}-{language}-{width}.svg"
            drawn[path] = to_svg(tree, str((tree.live or {})["label"]))
    return drawn


def readmes() -> dict[Path, str]:
    """What lesson 00 leaves in the store: read at revision 5, and the range of its prefix; and a learner's progress."""
    drawn = {}
    for language in LANGUAGES:
        os.environ["ETCDLEARN_LANG"] = language
        with server() as etcd, etcd.client() as client:
            for key, value in (("cloud", "hello"), ("cloud", "rain"), ("wind", "world")):
                client.put(f"/illusory/{key}", value)
            client.put("/illusoryxxx", "干扰")
            client.delete("/illusory/cloud")
            client.put("/illusory/cloud", "snow")
            picture = RevisionTimeline(client, "/illusory")
            picture.cursor = 5
            drawn[READMES / f"timeline.{language}.svg"] = picture.to_svg()
            picture.close()
            ruler = RangeRuler("/illusory/", prefix=True, client=client)
            drawn[READMES / f"ruler.{language}.svg"] = ruler.to_svg()
            ruler.close()
        drawn[READMES / f"progress.{language}.svg"] = ProgressPicture(SOME, language).to_svg()
    return drawn


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true", help="compare, write nothing")
    check = options.parse_args().check
    wanted = golden() | readmes()
    there = {path for folder in (GOLDEN, READMES) for path in folder.rglob("*.svg")}
    stale = sorted(
        path
        for path in there | wanted.keys()
        if path not in there or path.read_text(encoding="utf-8") != wanted.get(path)
    )
    if check:
        names = ", ".join(str(path.relative_to(ROOT)) for path in stale)
        print(f"not what is drawn now: {names}; run tools/pictures.py" if stale else "the pictures are up to date")
        return bool(stale)
    for path in stale:
        if path in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8")
        else:
            path.unlink()
    print(f"wrote {len(stale)} of {len(wanted)} pictures")
    return 0


if __name__ == "__main__":
    sys.exit(main())
