"""Every error that these calls can meet, met: on a real etcd, on a dead port, on a port that is silent, in mid-call."""

import _thread
import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from time import monotonic

import pytest

from etcdlearn import (
    Client,
    ClientClosedError,
    CompactedError,
    DeadlineError,
    EmptyKeyError,
    EtcdError,
    FutureRevisionError,
    KeyNotFoundError,
    LeaseNotFoundError,
    LeaseProvidedError,
    LocalServer,
    NoSpaceError,
    Op,
    RequestTooLargeError,
    ServerError,
    UnavailableError,
    ValueProvidedError,
    server,
)

CALLS: list[Callable[[Client], object]] = [
    lambda client: client.put("k", "v"),
    lambda client: client.get("k"),
    lambda client: client.delete("k"),
    lambda client: client.compact(1),
    lambda client: client.do(Op.put("k", "v")),
]


@pytest.fixture
def dead_port() -> Iterator[int]:
    """A port that refuses: bound, so that nobody else gets it, and not listening."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.mark.parametrize(
    ("call", "error", "code"),
    [
        (lambda c: c.put("", "v"), EmptyKeyError, "INVALID_ARGUMENT"),
        (lambda c: c.get(""), EmptyKeyError, "INVALID_ARGUMENT"),
        (lambda c: c.delete(""), EmptyKeyError, "INVALID_ARGUMENT"),
        (lambda c: c.put("k", "v", lease=7), LeaseNotFoundError, "NOT_FOUND"),
        (lambda c: c.put("missing", "", ignore_value=True), KeyNotFoundError, "INVALID_ARGUMENT"),
        (lambda c: c.put("missing", "v", ignore_lease=True), KeyNotFoundError, "INVALID_ARGUMENT"),
        (lambda c: c.put("k", "v", ignore_value=True), ValueProvidedError, "INVALID_ARGUMENT"),
        (lambda c: c.put("k", "v", lease=7, ignore_lease=True), LeaseProvidedError, "INVALID_ARGUMENT"),
        (lambda c: c.get("k", revision=10**6), FutureRevisionError, "OUT_OF_RANGE"),
        (lambda c: c.compact(10**6), FutureRevisionError, "OUT_OF_RANGE"),
        (lambda c: c.put("k", b"x" * 1_600_000), RequestTooLargeError, "INVALID_ARGUMENT"),
        (lambda c: c.put("k", b"x" * 2_200_000), RequestTooLargeError, "RESOURCE_EXHAUSTED"),
    ],
)
def test_refusals(client: Client, call: Callable[[Client], object], error: type[ServerError], code: str) -> None:
    with pytest.raises(error) as caught:
        call(client)
    assert type(caught.value) is error
    assert caught.value.code == code
    assert caught.value.outcome_unknown is False
    assert caught.value.rpc_error is not None
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_the_compacted_past(client: Client) -> None:
    revision = client.put("k", "1").header.revision
    client.put("k", "2")
    client.compact(revision + 1)
    for call in (lambda: client.get("k", revision=revision), lambda: client.compact(revision + 1)):
        with pytest.raises(CompactedError, match="required revision has been compacted"):
            call()


def test_a_full_database() -> None:
    def fill(client: Client) -> None:
        for n in range(1000):
            client.put(f"k{n}", b"x" * 10_000)

    with server(quota_backend_bytes=64 * 1024, args=("--backend-batch-limit=1",)) as small, small.client() as client:
        with pytest.raises(NoSpaceError, match="database space exceeded"):
            fill(client)
        assert client.get("k0").count == 1  # reading goes on


def test_bad_arguments_cost_no_call(client: Client) -> None:
    seen: list[object] = []
    client._caller.observers = (seen.append,)
    try:
        for bad in ({"sort_target": 9}, {"limit": -1}, {"revision": -1}, {"prefix": True, "from_key": True}):
            with pytest.raises(ValueError, match=r"must be|choose one"):
                client.get("k", **bad)
        assert seen == []
        client.get("k")
        assert len(seen) == 1
    finally:
        client._caller.observers = ()


@pytest.mark.parametrize("call", CALLS)
def test_a_dead_port_is_told_within_about_a_second(dead_port: int, call: Callable[[Client], object]) -> None:
    with Client(f"127.0.0.1:{dead_port}", dial_timeout=None) as client:
        began = monotonic()
        with pytest.raises(UnavailableError, match=r"nothing was sent.*Connection refused") as caught:
            call(client)
        assert monotonic() - began < 2
        assert caught.value.outcome_unknown is False


def test_the_constructor_waits_no_longer_than_dial_timeout(dead_port: int, silent_port: int) -> None:
    for port in (dead_port, silent_port):
        began = monotonic()
        with pytest.raises(UnavailableError, match="nothing was sent"):
            Client(f"127.0.0.1:{port}", dial_timeout=0.5)
        assert monotonic() - began < 1.5


def test_a_port_that_never_answers_got_nothing(silent_port: int) -> None:
    with (
        Client(f"127.0.0.1:{silent_port}", dial_timeout=None) as client,
        pytest.raises(UnavailableError, match="nothing was sent") as caught,
    ):
        client.put("k", "v", timeout=0.3)
    assert caught.value.outcome_unknown is False


def test_one_endpoint_that_answers_is_enough(etcd: LocalServer, dead_port: int) -> None:
    with Client([f"127.0.0.1:{dead_port}", *etcd.endpoints]) as client:
        for n in range(4):
            client.put("k", str(n))


@contextlib.contextmanager
def frozen(etcd: LocalServer) -> Iterator[None]:
    """The server as it looks to a client when its machine hangs."""
    pid = etcd.pid
    os.kill(pid, signal.SIGSTOP)
    os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOWAIT)  # the signal acts late: a "frozen" server may still answer
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):  # it may have been killed meanwhile
            os.kill(pid, signal.SIGCONT)


def test_a_deadline_leaves_the_outcome_unknown() -> None:
    with server() as etcd, etcd.client() as client:
        client.put("k", "before")
        with frozen(etcd), pytest.raises(DeadlineError, match=r"KV/Put: no answer within 0.3 s") as caught:
            client.put("k", "after", timeout=0.3)
        assert caught.value.outcome_unknown
        assert client.get("k").kvs[0].value in (b"before", b"after")


@pytest.mark.parametrize("call", CALLS)
def test_a_server_killed_in_mid_call(call: Callable[[Client], object]) -> None:
    with server() as etcd, etcd.client() as client:
        client.put("k", "v")
        with frozen(etcd):
            killer = threading.Timer(0.2, etcd.kill)
            killer.start()
            with pytest.raises(UnavailableError) as caught:
                call(client)
            killer.join()
        assert caught.value.outcome_unknown
        assert "outcome is unknown" in str(caught.value)
        etcd.restart()
        assert client.get("k").kvs[0].value == b"v"


def test_a_restarted_server_is_found_again() -> None:
    with server() as etcd, etcd.client() as client:
        client.put("k", "v")
        etcd.restart()
        assert client.get("k").kvs[0].value == b"v"
        client.put("k", "w")


def test_an_interrupt_ends_the_call_and_nothing_else() -> None:
    with server() as etcd, etcd.client() as client:
        client.put("k", "v")
        with frozen(etcd):
            threading.Timer(0.2, _thread.interrupt_main).start()
            began = monotonic()
            with pytest.raises(KeyboardInterrupt):
                client.get("k")
            assert monotonic() - began < 1.2
        assert client.get("k").kvs[0].value == b"v"


def test_a_closed_client(etcd: LocalServer) -> None:
    client = etcd.client()
    client.close()
    client.close()
    for call in CALLS:
        with pytest.raises(ClientClosedError):
            call(client)
    assert repr(client).endswith(", closed)")


def test_a_forgotten_client_warns(etcd: LocalServer) -> None:
    forgotten: Client | None = etcd.client()
    assert forgotten is not None
    with pytest.warns(ResourceWarning, match=r"a client of 127.0.0.1:\d+ was never closed"):
        forgotten = None


def test_closing_ends_a_call_that_waits() -> None:
    with server() as etcd:
        client = etcd.client()
        with frozen(etcd):
            threading.Timer(0.2, client.close).start()
            with pytest.raises(ClientClosedError):
                client.get("k")


def test_nothing_of_grpc_escapes(silent_port: int, dead_port: int) -> None:
    for port in (silent_port, dead_port):
        with Client(f"127.0.0.1:{port}", dial_timeout=None, timeout=0.2) as client:
            for call in CALLS:
                with pytest.raises(EtcdError):
                    call(client)


def test_threads_share_a_client(client: Client) -> None:
    failures: list[BaseException] = []

    def work(name: int) -> None:
        try:
            for n in range(50):
                client.put(f"t{name}", str(n))
                assert client.get(f"t{name}").kvs[0].text == str(n)
        except BaseException as exc:
            failures.append(exc)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
