"""Ten thousand events of a watch, and watches being created, beside a raw grpcio stub: python benchmarks/watch.py

Both read the same history in turn, in one process; the raw stub touches each event, we hand out typed values. Last:
what it costs to keep 1,000 leases alive on one stream.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from statistics import median
from time import perf_counter, process_time

import grpc

import etcdlearn as etcd
from etcdlearn._rpc import rpc_pb2

UNLIMITED = (("grpc.max_receive_message_length", -1),)


class Raw:
    """The least that grpcio needs for a watch."""

    def __init__(self, endpoint: str) -> None:
        self.channel = grpc.insecure_channel(endpoint, UNLIMITED)
        self.requests: SimpleQueue[rpc_pb2.WatchRequest | None] = SimpleQueue()
        stream = self.channel.stream_stream(
            "/etcdserverpb.Watch/Watch", rpc_pb2.WatchRequest.SerializeToString, rpc_pb2.WatchResponse.FromString
        )
        self.answers: Iterator[rpc_pb2.WatchResponse] = stream(iter(self.requests.get, None))

    def create(self, start: int = 0) -> None:
        request = rpc_pb2.WatchCreateRequest(key=b"\0", range_end=b"\0", start_revision=start)
        self.requests.put(rpc_pb2.WatchRequest(create_request=request))
        assert next(self.answers).created

    def read(self, events: int) -> None:
        self.create(2)
        seen = 0
        while seen < events:
            for event in next(self.answers).events:
                seen += bool(event.kv.key and event.kv.mod_revision)

    def close(self) -> None:
        self.requests.put(None)
        self.channel.close()


def seconds(what: Callable[[], object]) -> float:
    began = perf_counter()
    what()
    return perf_counter() - began


def read_ours(client: etcd.Client, events: int) -> None:
    with client.watch("", prefix=True, start_revision=2) as watch:
        seen = 0
        while seen < events:
            for event in watch.get().events:
                seen += bool(event.kv.key and event.kv.mod_revision)


def read_raw(endpoint: str, events: int) -> None:
    raw = Raw(endpoint)
    raw.read(events)
    raw.close()


def create_ours(client: etcd.Client) -> None:
    client.watch("", prefix=True, start_revision=1 << 60).close()


def cpu(what: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock, and of this process: etcd hands out history a thousand revisions every 0.1 s."""
    used = process_time()
    return seconds(what), process_time() - used


def history(endpoint: str, events: int, rounds: int) -> None:
    ours, raw = [], []
    for _ in range(rounds):
        with etcd.Client(endpoint) as client:
            ours.append(cpu(lambda: read_ours(client, events)))
        raw.append(cpu(lambda: read_raw(endpoint, events)))
    for place, what in enumerate(("on the clock", "of CPU")):
        mine, theirs = median(run[place] for run in ours), median(run[place] for run in raw)
        told = f"etcdlearn {mine * 1e3:.1f} ms, raw {theirs * 1e3:.1f} ms, ratio {mine / theirs:.2f}"
        print(f"{events:,} events, {what}: {told}")


def creation(client: etcd.Client, endpoint: str) -> None:
    raw = Raw(endpoint)
    ours = [seconds(lambda: create_ours(client)) for _ in range(500)]
    from_now = [seconds(lambda: client.watch("k").close()) for _ in range(500)]
    theirs = [seconds(lambda: raw.create(1 << 60)) for _ in range(500)]
    raw.close()
    print(
        f"a watch created: etcdlearn {median(ours) * 1e3:.2f} ms, from now {median(from_now) * 1e3:.2f} ms, "
        f"raw {median(theirs) * 1e3:.2f} ms"
    )


def renewing(client: etcd.Client, leases: int, span: float) -> None:
    holders = [client.keep_alive(client.grant(60)) for _ in range(leases)]
    for holder in holders:
        next(holder)
    began, used = perf_counter(), process_time()
    holders[0].wait_lost(span)
    share = (process_time() - used) / (perf_counter() - began)
    print(f"{leases:,} leases of 60 s kept alive: {share:.1%} of one core")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--events", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--span", type=float, default=20.0, help="seconds for which leases are kept alive")
    chosen = options.parse_args()
    with etcd.server() as server, server.client() as client:
        for n in range(chosen.events):
            client.put(f"/bench/{n % 100}", "value")
        history(server.endpoints[0], chosen.events, chosen.rounds)
        creation(client, server.endpoints[0])
        renewing(client, 1000, chosen.span)


if __name__ == "__main__":
    main()
