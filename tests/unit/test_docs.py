"""The pages below docs/: the same in both languages, and each row of the differences has its test."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def named_in(page: str) -> list[str]:
    return re.findall(r"`(test_\w+)`", (DOCS / page).read_text(encoding="utf-8"))


def test_every_page_is_there_in_both_languages() -> None:
    english, chinese = (sorted(path.name for path in (DOCS / language).glob("*.md")) for language in ("en", "zh"))
    assert english == chinese != []


def test_each_difference_has_a_test_and_each_test_a_row() -> None:
    source = (ROOT / "tests/oracle/test_differences.py").read_text(encoding="utf-8")
    written = {node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)}
    written = {name for name in written if name.startswith("test_")}
    named = named_in("en/differences.md")
    assert len(named) == len(set(named))
    assert set(named) == written
    assert named_in("zh/differences.md") == named
