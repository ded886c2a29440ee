"""Seconds from etcdlearn.server() to the first answered get, and import etcdlearn beside import grpc.

python benchmarks/start.py [--starts 20]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from statistics import median
from time import perf_counter

import etcdlearn as etcd


def first_get() -> float:
    began = perf_counter()
    with etcd.server() as server, server.client() as client:
        client.get("k")
        return perf_counter() - began


def importing(module: str) -> float:
    """A whole Python process that imports ``module``."""
    began = perf_counter()
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
    return perf_counter() - began


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--starts", type=int, default=20, help="how many servers to start (default 20)")
    starts = options.parse_args().starts
    spent = sorted(first_get() for _ in range(starts))
    print(f"server to first get, {starts} starts: median {median(spent):.3f} s, worst {spent[-1]:.3f} s")
    modules = ("etcdlearn", "grpc", "etcdlearn.client")
    seconds = {module: median(importing(module) for _ in range(9)) for module in modules}
    ratio = seconds["etcdlearn"] / seconds["grpc"]
    print(
        ", ".join(f"import {module} {spent * 1000:.0f} ms" for module, spent in seconds.items()), f"ratio {ratio:.2f}"
    )


if __name__ == "__main__":
    main()
