"""Put and get of etcdlearn beside a raw grpcio stub, alternating in one process: python benchmarks/client.py

Alternating is what makes the ratio hold when the machine's speed drifts; medians are what a shared machine allows.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from statistics import median
from time import perf_counter

import grpc

import etcdlearn as etcd
from etcdlearn._rpc import rpc_pb2


def raw_calls(endpoint: str) -> tuple[Callable[[], object], Callable[[], object]]:
    """The least that grpcio needs: a channel, two callables, a message for each call."""
    channel = grpc.insecure_channel(endpoint)
    put = channel.unary_unary(
        "/etcdserverpb.KV/Put", rpc_pb2.PutRequest.SerializeToString, rpc_pb2.PutResponse.FromString
    )
    get = channel.unary_unary(
        "/etcdserverpb.KV/Range", rpc_pb2.RangeRequest.SerializeToString, rpc_pb2.RangeResponse.FromString
    )
    return (
        lambda: put(rpc_pb2.PutRequest(key=b"/bench", value=b"value"), timeout=10),
        lambda: get(rpc_pb2.RangeRequest(key=b"/bench"), timeout=10),
    )


def compare(ours: Callable[[], object], raw: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median seconds of each, called in turn."""
    spent: dict[Callable[[], object], list[float]] = {ours: [], raw: []}
    for n in range(rounds):
        for call in (ours, raw) if n % 2 else (raw, ours):
            began = perf_counter()
            call()
            spent[call].append(perf_counter() - began)
    return median(spent[ours]), median(spent[raw])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=3000, help="calls of each kind (default 3000)")
    rounds = options.parse_args().rounds
    with etcd.server() as server, server.client() as client:
        raw_put, raw_get = raw_calls(server.endpoints[0])
        compare(lambda: client.get("/bench"), raw_get, 200)  # warm up
        for name, ours, raw in (
            ("put", lambda: client.put("/bench", "value"), raw_put),
            ("get", lambda: client.get("/bench"), raw_get),
        ):
            mine, theirs = compare(ours, raw, rounds)
            print(f"{name}: etcdlearn {mine * 1e6:.0f} us, raw grpcio {theirs * 1e6:.0f} us, ratio {mine / theirs:.3f}")


if __name__ == "__main__":
    main()
