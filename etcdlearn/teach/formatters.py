"""Answers of etcd as small tables in a notebook, beside their text: which key, which value, which numbers.

A notebook prefers the table and keeps the text. The table says the same in every language, since all of it is data and
etcd's own words. Answers that one line says well have no table.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape
from typing import Any

from etcdlearn.client import DeleteResponse, Event, GetResponse, KeyValue, OpResponse, PutResponse, WatchResponse
from etcdlearn.client._text import show_id
from etcdlearn.widgets._text import clipped, readable

MOST_ROWS = 40
LONGEST = 48  # characters of a key or a value
TIP = 1_000  # characters of a clipped one that a tooltip still shows
# Inline, because Lab's sanitizer removes style sheets; no colours, so that every theme's own are kept. The data stand
# in <code>, where neither Lab nor nbconvert looks for formulas: "$a$" is a value like any other.
TABLE = "margin:4px 0"
HEAD = "text-align:left"
CELL = "text-align:left"
CODE = "background-color:transparent;padding:0;white-space:pre"
ABSENT = "–"


def register() -> None:
    """Teach the running IPython these tables; nothing where there is none."""
    ipython = sys.modules.get("IPython")
    shell: Any = ipython and ipython.get_ipython()
    if shell:
        html = shell.display_formatter.formatters["text/html"]
        for kind, table in FORMATTERS.items():
            html.for_type(kind, table)


def _get(answer: GetResponse) -> str | None:
    return _keys(f"{replace(answer, kvs=())!r}", answer.kvs) if answer.kvs else None


def _put(answer: PutResponse) -> str | None:
    return _keys(f"{replace(answer, prev_kv=None)!r}, prev_kv", [answer.prev_kv]) if answer.prev_kv else None


def _delete(answer: DeleteResponse) -> str | None:
    return _keys(f"{replace(answer, prev_kvs=())!r}, prev_kvs", answer.prev_kvs) if answer.prev_kvs else None


def _op(answer: OpResponse) -> str | None:
    one = answer.put or answer.get or answer.delete
    return None if one is None else FORMATTERS[type(one)](one)


def _watch(answer: WatchResponse) -> str | None:
    if not answer.events:
        return None
    many = f"{len(answer.events):,} event{'s' if len(answer.events) > 1 else ''}"
    head = f"WatchResponse(revision {answer.header.revision}, {many})"
    before = any(event.prev_kv for event in answer.events)
    columns = ("type", "key", "value", "create", "mod", "version", *(("prev_kv",) if before else ()))
    return _table(head, columns, [_event(event, before) for event in answer.events[:MOST_ROWS]], len(answer.events))


def _event(event: Event, before: bool) -> list[str]:
    cells = [escape(event.type), *_key_value(event.kv)]
    if event.type == "DELETE":  # of such a key etcd says its name and its revision, and nothing else
        cells[2], cells[3], cells[5] = ABSENT, ABSENT, ABSENT
    if before:
        cells.append(_data(event.prev_kv.value, value=True) if event.prev_kv else ABSENT)
    return cells


def _keys(head: str, kvs: Sequence[KeyValue]) -> str:
    leased = any(kv.lease for kv in kvs)
    columns = ("key", "value", "create", "mod", "version", *(("lease",) if leased else ()))
    rows = [_key_value(kv) + ([show_id(kv.lease) if kv.lease else ABSENT] if leased else []) for kv in kvs[:MOST_ROWS]]
    return _table(head, columns, rows, len(kvs))


def _key_value(kv: KeyValue) -> list[str]:
    numbers = (kv.create_revision, kv.mod_revision, kv.version)
    return [_data(kv.key), _data(kv.value, value=True), *map(str, numbers)]


def _data(data: bytes, *, value: bool = False) -> str:
    """Strangers' bytes as harmless text; a space stays one that can be copied."""
    text, whole = clipped(data, is_key=not value, longest=LONGEST), readable(data)
    tip = "" if text == whole else f' title="{escape(_spaced(whole[:TIP]))}"'
    shown = escape(_spaced(f'"{text}"' if value else text), quote=False)
    return f'<code style="{CODE}"{tip}>{shown}</code>'


def _spaced(text: str) -> str:
    return text.replace("\u00a0", " ")


def _table(head: str, columns: Sequence[str], rows: Sequence[Sequence[str]], number: int) -> str:
    lines = [_row("th", HEAD, columns), *(_row("td", CELL, row) for row in rows)]
    if more := number - len(rows):
        lines.append(f'<tr><td style="{CELL}" colspan="{len(columns)}">… {more:,} more</td></tr>')
    return f'<div>{escape(head)}:</div><table style="{TABLE}">{"".join(lines)}</table>'


def _row(tag: str, style: str, cells: Sequence[str]) -> str:
    return "<tr>" + "".join(f'<{tag} style="{style}">{cell}</{tag}>' for cell in cells) + "</tr>"


FORMATTERS: dict[type, Callable[[Any], str | None]] = {
    GetResponse: _get,
    PutResponse: _put,
    DeleteResponse: _delete,
    OpResponse: _op,
    WatchResponse: _watch,
}
