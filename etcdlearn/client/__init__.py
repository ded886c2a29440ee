"""The typed client: one file for each service, values for what goes in and out, plumbing behind an underscore."""

from etcdlearn.client._ranges import prefix_range_end
from etcdlearn.client.client import Client
from etcdlearn.client.keepalive import KeepAlive
from etcdlearn.client.op import Op
from etcdlearn.client.types import (
    CompactResponse,
    DeleteResponse,
    Event,
    GetResponse,
    Header,
    KeyValue,
    LeaseGrantResponse,
    LeaseKeepAliveResponse,
    LeaseLeasesResponse,
    LeaseRevokeResponse,
    LeaseTimeToLiveResponse,
    OpResponse,
    PutResponse,
    WatchResponse,
)
from etcdlearn.client.watch import Watch

__all__ = [
    "Client",
    "CompactResponse",
    "DeleteResponse",
    "Event",
    "GetResponse",
    "Header",
    "KeepAlive",
    "KeyValue",
    "LeaseGrantResponse",
    "LeaseKeepAliveResponse",
    "LeaseLeasesResponse",
    "LeaseRevokeResponse",
    "LeaseTimeToLiveResponse",
    "Op",
    "OpResponse",
    "PutResponse",
    "Watch",
    "WatchResponse",
    "prefix_range_end",
]
