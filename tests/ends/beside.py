"""We and another etcd client in one process; run by tools/ends.py.

    python tests/ends/beside.py THEIRS ours|theirs

THEIRS is the package that holds the other's generated modules, the last word says who is imported first. Both define
etcd's messages in protobuf's one pool of a process: with etcd's own package name the second import would fail, which
the last check shows, so that this test cannot pass for want of a clash.
"""

import sys
from importlib import import_module
from importlib.metadata import packages_distributions, version
from types import ModuleType

from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.message import Message


def both(theirs: str, first: str) -> tuple[ModuleType, ModuleType]:
    """Our module and theirs, imported in the order asked for."""
    names = ["etcdlearn._rpc.rpc_pb2", f"{theirs}.rpc_pb2"]
    for name in names if first == "ours" else reversed(names):
        import_module(name)
    return import_module(names[0]), import_module(names[1])


def exchange(sender: ModuleType, receiver: ModuleType) -> None:
    """What one writes the other reads."""
    request = sender.TxnRequest()
    compare = request.compare.add(key=b"k", result=sender.Compare.GREATER, target=sender.Compare.MOD, mod_revision=7)
    compare.range_end = b"l"
    request.success.add().request_put.CopyFrom(sender.PutRequest(key=b"k", value=b"\xff", lease=-1, prev_kv=True))
    request.failure.add().request_range.CopyFrom(sender.RangeRequest(key=b"k", limit=2, keys_only=True))
    read: Message = receiver.TxnRequest.FromString(request.SerializeToString(deterministic=True))
    assert type(read) is not type(request)
    assert read.SerializeToString(deterministic=True) == request.SerializeToString(deterministic=True)
    assert str(read) == str(request)


def clash() -> None:
    """A file of ours under etcd's package name would be refused."""
    file = descriptor_pb2.FileDescriptorProto(name="clash.proto", package="etcdserverpb", syntax="proto3")
    file.message_type.add(name="RangeRequest").field.add(name="key", number=2)
    refusal = ""
    try:
        descriptor_pool.Default().AddSerializedFile(file.SerializeToString())
    except TypeError as exc:
        refusal = str(exc)
    assert "RangeRequest" in refusal, "the other client is not in protobuf's common pool: this test shows nothing"


def main(theirs: str, first: str) -> None:
    ours, other = both(theirs, first)
    exchange(ours, other)
    exchange(other, ours)
    find = descriptor_pool.Default().FindMessageTypeByName
    assert find("etcdlearn.etcdserverpb.RangeRequest") is ours.RangeRequest.DESCRIPTOR
    assert find("etcdserverpb.RangeRequest") is other.RangeRequest.DESCRIPTOR
    clash()
    name = packages_distributions()[theirs.partition(".")[0]][0]
    print(f"{name} {version(name)} beside us, {first} first, protobuf {version('protobuf')}")


if __name__ == "__main__":
    main(*sys.argv[1:])
