// Prints what etcd's own descriptors say, a fact a line: what tests/ends/api.py prints of ours.
package main

import (
	"fmt"

	"go.etcd.io/etcd/api/v3/authpb"
	"go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"
	"google.golang.org/protobuf/reflect/protoreflect"
)

func main() {
	for _, file := range []protoreflect.FileDescriptor{
		mvccpb.File_kv_proto, authpb.File_auth_proto, etcdserverpb.File_rpc_proto,
	} {
		enums(file.Enums())
		messages(file.Messages())
		services(file.Services())
	}
}

func enums(list protoreflect.EnumDescriptors) {
	for i := range list.Len() {
		for j := range list.Get(i).Values().Len() {
			value := list.Get(i).Values().Get(j)
			fmt.Println("value", list.Get(i).FullName(), value.Name(), value.Number())
		}
	}
}

func messages(list protoreflect.MessageDescriptors) {
	for i := range list.Len() {
		message := list.Get(i)
		fmt.Println("message", message.FullName())
		for j := range message.Fields().Len() {
			field(message.Fields().Get(j))
		}
		enums(message.Enums())
		messages(message.Messages())
	}
}

func field(f protoreflect.FieldDescriptor) {
	refers, oneof := protoreflect.FullName("-"), protoreflect.Name("-")
	if f.Message() != nil {
		refers = f.Message().FullName()
	} else if f.Enum() != nil {
		refers = f.Enum().FullName()
	}
	if f.ContainingOneof() != nil {
		oneof = f.ContainingOneof().Name()
	}
	fmt.Println("field", f.FullName(), f.Number(), f.Cardinality(), f.Kind(), refers, oneof)
}

func services(list protoreflect.ServiceDescriptors) {
	for i := range list.Len() {
		for j := range list.Get(i).Methods().Len() {
			m := list.Get(i).Methods().Get(j)
			fmt.Println("rpc", m.FullName(), m.Input().FullName(), m.Output().FullName(),
				m.IsStreamingClient(), m.IsStreamingServer())
		}
	}
}
