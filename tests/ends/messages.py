"""Every message of ours, filled in every field, comes back from the wire as it was; run by tools/ends.py.

It needs protobuf alone, so that it also runs where grpcio is of another age.
"""

import sys
from importlib.metadata import version

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.internal import api_implementation
from google.protobuf.message import Message

from etcdlearn._rpc import auth_pb2, mvcc_pb2, rpc_pb2

SAMPLES: dict[int, object] = {
    FieldDescriptor.TYPE_BOOL: True,
    FieldDescriptor.TYPE_BYTES: b"\x00\xff\xe5\xb9\xb2",
    FieldDescriptor.TYPE_STRING: "干扰",
    FieldDescriptor.TYPE_ENUM: 1,
    FieldDescriptor.TYPE_INT64: -(2**63),
    FieldDescriptor.TYPE_UINT32: 2**32 - 1,
    FieldDescriptor.TYPE_UINT64: 2**64 - 1,
}


def fill(message: Message, depth: int = 3) -> None:
    """Set every field; of a oneof the last one stays."""
    for field in message.DESCRIPTOR.fields:
        place = getattr(message, field.name)
        if field.type != FieldDescriptor.TYPE_MESSAGE:
            sample = SAMPLES[field.type]
            if hasattr(place, "append"):
                place.extend([sample, sample])
            else:
                setattr(message, field.name, sample)
        elif depth:
            fill(place.add() if hasattr(place, "add") else place, depth - 1)
            if not hasattr(place, "add"):
                place.SetInParent()  # an empty message is sent, too


def main() -> int:
    number = 0
    for module in (mvcc_pb2, auth_pb2, rpc_pb2):
        for name in module.DESCRIPTOR.message_types_by_name:
            sent = getattr(module, name)()
            fill(sent)
            assert bool(sent.ByteSize()) == bool(sent.DESCRIPTOR.fields), name
            assert type(sent).FromString(sent.SerializeToString()) == sent, name
            number += 1
    runtime = f"protobuf {version('protobuf')} {api_implementation.Type()}"
    print(f"{number} messages, Python {sys.version.split()[0]}, {runtime}")
    return number != 104


if __name__ == "__main__":
    sys.exit(main())
