"""The generated messages: made from protos/ as they stand, complete, in packages of our own, right on the wire."""

import hashlib
import runpy
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import descriptor_pb2
from google.protobuf.message import Message

from etcdlearn import _rpc
from etcdlearn._rpc import auth_pb2, mvcc_pb2, rpc_pb2
from etcdlearn.client._methods import METHODS

ROOT = Path(__file__).resolve().parents[2]


API_3_7_3 = "dd5027e579cc2a6c631503569a78c917dacebe2f30d8f22f6dddaaedb852a7a6"


@pytest.fixture(scope="module")
def tool() -> Iterator[dict[str, Any]]:
    """tools/gen_rpc.py, not run: it needs an environment of its own only to generate."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "tools"))
        yield runpy.run_path(str(ROOT / "tools" / "gen_rpc.py"), run_name="gen_rpc")


def test_the_messages_were_generated_from_these_protos(tool: dict[str, Any]) -> None:
    assert tool["digest"]() == _rpc.PROTOS_SHA256, "run tools/gen_rpc.py"


def test_nobody_edited_a_generated_module(tool: dict[str, Any]) -> None:
    modules = {path.name: path.read_bytes() for path in (ROOT / "etcdlearn" / "_rpc").glob("*_pb2.py*")}
    assert sorted(modules) == sorted(f"{name}_pb2.{kind}" for name in ("auth", "mvcc", "rpc") for kind in ("py", "pyi"))
    assert all(content.startswith(f"# {tool['MARK']}\n".encode()) for content in modules.values())
    assert tool["modules_digest"](modules) == _rpc.MODULES_SHA256, "run tools/gen_rpc.py"


def test_the_api_is_that_of_etcd_3_7_3() -> None:
    """Every message, field, enum value and RPC. The digest is of what tests/ends/etcd_api prints, sorted."""
    facts = runpy.run_path(str(ROOT / "tests" / "ends" / "api.py"), run_name="api")["facts"]()
    assert Counter(line.split()[0] for line in facts) == {"message": 104, "field": 238, "rpc": 42, "value": 33}
    digest = hashlib.sha256("\n".join(facts).encode()).hexdigest()
    assert digest == API_3_7_3, "`python tools/ends.py api` shows what differs"


def test_the_packages_are_ours() -> None:
    for module, package in ((mvcc_pb2, "mvccpb"), (auth_pb2, "authpb"), (rpc_pb2, "etcdserverpb")):
        assert module.DESCRIPTOR.package == f"etcdlearn.{package}"
        assert module.DESCRIPTOR.name.startswith("etcdlearn/_rpc/")


def test_the_table_of_rpcs_is_the_services_of_the_protos() -> None:
    described = {}
    for service in rpc_pb2.DESCRIPTOR.services_by_name.values():
        for rpc in service.methods:
            proto = descriptor_pb2.MethodDescriptorProto()
            rpc.CopyToProto(proto)
            described[f"{service.name}/{rpc.name}"] = (
                rpc.input_type.name,
                rpc.output_type.name,
                proto.client_streaming,
                proto.server_streaming,
            )
    table = {
        method.name: (
            method.request.DESCRIPTOR.name,
            method.response.DESCRIPTOR.name,
            method.client_streams,
            method.server_streams,
        )
        for method in METHODS
    }
    assert table == described
    assert len(table) == 42
    assert {method.path for method in METHODS} == {f"/etcdserverpb.{name}" for name in described}


def test_repeatable_is_what_clientv3_repeats() -> None:
    assert {method.name.partition("/")[2] for method in METHODS if method.repeatable} == {
        *("Range", "LeaseGrant", "LeaseRevoke", "LeaseTimeToLive", "LeaseLeases", "LeaseKeepAlive", "MemberList"),
        *("Alarm", "Status", "Hash", "HashKV", "Snapshot", "MoveLeader", "UserList", "UserGet", "RoleList", "RoleGet"),
    }


RANGE = rpc_pb2.RangeRequest(key=b"a", range_end=b"b", limit=1, count_only=True, max_create_revision=7)
COMPARE = rpc_pb2.Compare(range_end=b"z", result=rpc_pb2.Compare.NOT_EQUAL, target=rpc_pb2.Compare.LEASE, lease=5)
KEY_VALUE = mvcc_pb2.KeyValue(key=b"k", create_revision=2, mod_revision=3, version=4, value=b"v", lease=6)


@pytest.mark.parametrize(
    ("message", "wire"),
    [
        (KEY_VALUE, "0a016b1002180320042a01763006"),
        (mvcc_pb2.Event(type=mvcc_pb2.Event.DELETE, kv=mvcc_pb2.KeyValue(key=b"k")), "080112030a016b"),
        (RANGE, "0a0161120162180148016807"),
        (rpc_pb2.PutRequest(key=b"a", lease=-1, ignore_lease=True), "0a016118ffffffffffffffffff013001"),
        (COMPARE, "0803100440058204017a"),
        (rpc_pb2.WatchResponse(watch_id=1, events=[mvcc_pb2.Event()]), "10015a00"),
        (rpc_pb2.StatusResponse(storageVersion="3.7.0", dbSizeQuota=1), "5a05332e372e306001"),
        (auth_pb2.Permission(permType=auth_pb2.Permission.READWRITE, key=b"k"), "080212016b"),
    ],
)
def test_bytes_on_the_wire(message: Message, wire: str) -> None:
    assert message.SerializeToString(deterministic=True).hex() == wire
