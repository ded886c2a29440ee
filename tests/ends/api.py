"""What our descriptors say, a fact a line, in the words of tests/ends/etcd_api, which asks etcd's own.

Run as a program it prints them. Our package names lose their first part, so that equal APIs give equal lines.
"""

from collections.abc import Iterator

from google.protobuf import descriptor_pb2 as described

from etcdlearn._rpc import auth_pb2, mvcc_pb2, rpc_pb2

Field = described.FieldDescriptorProto


def facts() -> list[str]:
    """All lines, sorted."""
    lines: list[str] = []
    for module in (mvcc_pb2, auth_pb2, rpc_pb2):
        file = described.FileDescriptorProto()
        module.DESCRIPTOR.CopyToProto(file)
        lines += _enums(file.enum_type, file.package)
        lines += _messages(file.message_type, file.package)
        lines += _services(file)
    return sorted(line.replace("etcdlearn.", "") for line in lines)


def _enums(enums: object, scope: str) -> Iterator[str]:
    for enum in enums:  # type: ignore[attr-defined]
        for value in enum.value:
            yield f"value {scope}.{enum.name} {value.name} {value.number}"


def _messages(messages: object, scope: str) -> Iterator[str]:
    for message in messages:  # type: ignore[attr-defined]
        name = f"{scope}.{message.name}"
        yield f"message {name}"
        for field in message.field:
            oneof = message.oneof_decl[field.oneof_index].name if field.HasField("oneof_index") else "-"
            kind = f"{_word(Field.Label.Name(field.label))} {_word(Field.Type.Name(field.type))}"
            yield f"field {name}.{field.name} {field.number} {kind} {field.type_name.lstrip('.') or '-'} {oneof}"
        yield from _enums(message.enum_type, name)
        yield from _messages(message.nested_type, name)


def _services(file: described.FileDescriptorProto) -> Iterator[str]:
    for service in file.service:
        for rpc in service.method:
            types = f"{rpc.input_type.lstrip('.')} {rpc.output_type.lstrip('.')}"
            streams = f"{rpc.client_streaming} {rpc.server_streaming}".lower()
            yield f"rpc {file.package}.{service.name}.{rpc.name} {types} {streams}"


def _word(name: str) -> str:
    """TYPE_INT64 -> int64."""
    return name.partition("_")[2].lower()


if __name__ == "__main__":
    print("\n".join(facts()))
