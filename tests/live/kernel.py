"""Stories of a server in a real IPython kernel, each run as a program: python -m tests.live.kernel STORY.

A process of its own, because jupyter_client leaves an event loop behind that no test may be blamed for.
"""

import subprocess
import sys
import threading
from time import monotonic
from typing import Any

from jupyter_client.manager import KernelManager

from tests.live.test_server_life import gone

START = "import etcdlearn\netcd = etcdlearn.server()\nclient = etcd.client()\nprint(etcd.pid)"


class Kernel:
    """A running kernel with an etcd in it."""

    def __init__(self) -> None:
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(stderr=subprocess.DEVNULL)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.etcd = int(self.run(START))

    def run(self, code: str) -> str:
        said: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            content = message["content"]
            said.append(content.get("text", "") or content.get("ename", ""))

        self.client.execute_interactive(code, output_hook=hear, timeout=60)
        return "".join(said).strip()


def interrupt(kernel: Kernel) -> None:
    threading.Timer(1.0, kernel.manager.interrupt_kernel).start()
    began = monotonic()
    said = kernel.run("with client.watch('k') as watch: watch.get()")
    assert "KeyboardInterrupt" in said, said
    assert monotonic() - began < 3
    said = kernel.run("print(client.put('k', 'v'))")
    assert "PutResponse" in said, said
    assert not gone(kernel.etcd, 0.1)
    kernel.manager.shutdown_kernel(now=True)


def error(kernel: Kernel) -> None:
    """A learner sees their own line and the sentence; none of ours in between."""
    said: list[str] = []
    for code in ("etcdlearn.lab().client.get('')", "client.get('k', limit=-1)"):
        kernel.client.execute_interactive(
            code,
            output_hook=lambda message: said.extend(message["content"].get("traceback", ())),
            timeout=60,
            stop_on_error=False,  # an older kernel would drop the second one
        )
    shown = "\n".join(said)
    assert "EmptyKeyError" in shown, shown
    assert "limit must be 0 or more" in shown, shown
    assert "_call.py" not in shown, shown
    assert "client/op.py" not in shown, shown
    kernel.manager.shutdown_kernel(now=True)


def restart(kernel: Kernel) -> None:
    kernel.manager.restart_kernel(now=False)
    kernel.client.wait_for_ready(timeout=60)
    assert gone(kernel.etcd)
    kernel.manager.shutdown_kernel(now=True)


def shutdown(kernel: Kernel) -> None:
    kernel.manager.shutdown_kernel(now=False)
    assert gone(kernel.etcd)


def kill(kernel: Kernel) -> None:
    kernel.manager.shutdown_kernel(now=True)
    assert gone(kernel.etcd)


if __name__ == "__main__":
    globals()[sys.argv[1]](Kernel())
    print(f"{sys.argv[1]}: ok")
