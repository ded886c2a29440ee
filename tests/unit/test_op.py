"""Operations are checked, comparable values whose repr says what would be sent."""

import dataclasses
import inspect
from typing import Any

import pytest

from etcdlearn.client import Client, Op
from etcdlearn.client._wire import encode


def test_an_op_takes_exactly_the_arguments_of_its_method() -> None:
    for name in ("put", "get", "delete"):
        op = inspect.signature(getattr(Op, name)).parameters
        with Client(dial_timeout=None) as client:
            method = dict(inspect.signature(getattr(client, name)).parameters)
        method.pop("timeout")
        assert list(op) == list(method)
        assert [p.default for p in op.values()] == [p.default for p in method.values()]


def test_ops_are_frozen_and_comparable() -> None:
    op = Op.get("/illusory/", prefix=True)
    assert op == Op.get(b"/illusory/", range_end=b"/illusory0")
    assert hash(op) == hash(Op.get("/illusory/", prefix=True))
    assert op != Op.get("/illusory/")
    with pytest.raises(dataclasses.FrozenInstanceError):
        op.limit = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("op", "shown"),
    [
        (Op.put("/illusory/cloud", "hello"), "Op.put('/illusory/cloud', 'hello')"),
        (Op.put("k", b"\xff", lease=0x1F, prev_kv=True), r"Op.put('k', b'\xff', lease=0x1f, prev_kv=True)"),
        (Op.get("/illusory/", prefix=True), "Op.get('/illusory/', range_end='/illusory0')"),
        (
            Op.get("k", revision=3, sort_order="descend"),
            "Op.get('k', revision=3, sort_target='key', sort_order='descend')",
        ),
        (Op.get("k", sort_target="key"), "Op.get('k')"),
        (Op.delete("k", from_key=True), r"Op.delete('k', range_end='\x00')"),
    ],
)
def test_repr(op: Op, shown: str) -> None:
    assert repr(op) == shown


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"sort_target": "lease"}, ValueError, "sort_target must be one of key, version, create, mod, value"),
        ({"sort_target": 9}, ValueError, "sort_target must be one of"),
        ({"sort_order": "up"}, ValueError, "sort_order must be one of ascend, descend"),
        ({"limit": -1}, ValueError, "limit must be 0 or more"),
        ({"revision": -1}, ValueError, "revision must be 0 or more"),
        ({"revision": True}, TypeError, "revision must be a whole number"),
        ({"min_mod_revision": 2**63}, ValueError, "min_mod_revision must be a 64-bit number"),
        ({"prefix": True, "range_end": "x"}, ValueError, "choose one"),
    ],
)
def test_bad_options_never_leave(options: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        Op.get("k", **options)


@pytest.mark.parametrize("op", [None, "put", {"put": 1}, Op()])
def test_do_takes_operations_only(op: Any) -> None:
    with pytest.raises(TypeError, match=r"do\(\) takes an operation"):
        encode(op)
