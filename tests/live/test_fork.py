"""After fork() the child is told at once and hangs nowhere; the parent goes on as if nothing had been.

In processes of their own: forking a test run, which has many threads, is what Python warns of.
"""

import subprocess
import sys
import textwrap

import pytest

from etcdlearn import LocalServer

PARENT = """
import os, sys, threading, time, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # "use of fork() may lead to deadlocks in the child"
from etcdlearn import Client

client = Client(sys.argv[1])
client.put("k", "parent")
watch, other = client.watch("k"), client.watch("other")
lease = client.grant(60)
alive = client.keep_alive(lease)
stop = threading.Event()

def load():  # the child is forked while locks are held by other threads
    while not stop.is_set():
        client.put("other", "x")
        client.watch("k").close()

threads = [threading.Thread(target=load) for _ in range(3)]
for thread in threads:
    thread.start()
for _ in range(20):
    child = os.fork()
    if child == 0:
        break
    deadline = time.monotonic() + 10
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0):
        if time.monotonic() > deadline:
            os.kill(child, 9)
            os.waitpid(child, 0)
            sys.exit("the child hung")
        time.sleep(0.002)
    if ended[1]:
        sys.exit(f"the child ended with {ended[1]}")
else:
    stop.set()
    for thread in threads:
        thread.join()
    client.put("k", "after")
    assert watch.get(timeout=5).events[0].kv.value == b"after"
    assert alive.alive
    client.close()
    print("well")
    sys.exit()

# The child.
def told(call):
    began = time.monotonic()
    try:
        call()
    except RuntimeError as error:
        assert "before fork()" in str(error), error
        assert time.monotonic() - began < 0.5
    else:
        raise AssertionError("no error")
"""
CHILD = """
told(lambda: client.put("k", "child"))
told(lambda: client.get("k"))
told(lambda: next(client.kv.pages("k")))
told(lambda: client.watch("k"))
told(lambda: client.watch("k", start_revision=1))
told(lambda: client.watcher.watch_store(1))
told(lambda: watch.get())
told(lambda: next(watch))
told(lambda: next(watch.events()))
told(watch.request_progress)
told(lambda: setattr(client, "endpoints", sys.argv[1]))
told(lambda: client.grant(60))
told(lambda: client.keep_alive(lease))
told(lambda: next(alive))
told(alive.wait_lost)
alive.close()
client.lease.close()
told(lambda: Client(sys.argv[1]))
told(lambda: Client(sys.argv[1], dial_timeout=None))
watch.close()
assert list(watch) == []
client.close()
client.close()
"""


@pytest.mark.parametrize(
    "end",
    ["os._exit(0)", "sys.exit(0)", "del client, watch, other; sys.exit(0)"],
    ids=["at once", "in order", "with all forgotten"],
)
def test_a_child_of_fork_is_told_and_ends(etcd: LocalServer, end: str) -> None:
    code = textwrap.dedent(PARENT) + CHILD + end
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *etcd.endpoints], capture_output=True, text=True, timeout=100
    )
    assert (ran.stdout, ran.stderr, ran.returncode) == ("well\n", "", 0)


def test_a_process_that_only_imported_us_can_fork_and_use_us(etcd: LocalServer) -> None:
    code = """
import os, sys
import etcdlearn.client
child = os.fork()
if child:
    sys.exit(os.waitpid(child, 0)[1])
with etcdlearn.client.Client(sys.argv[1]) as own, own.watch("mine") as mine:
    own.put("mine", "child")
    assert mine.get(timeout=5).events[0].kv.value == b"child"
    """
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *etcd.endpoints], capture_output=True, text=True, timeout=60
    )
    assert (ran.stdout, ran.stderr, ran.returncode) == ("", "", 0)
