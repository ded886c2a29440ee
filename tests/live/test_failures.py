"""Every method in every trouble: always an error of ours, true about the outcome, and in time; never one of gRPC's."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import NamedTuple

import pytest

from etcdlearn import (
    Client,
    ClientClosedError,
    DeadlineError,
    EtcdError,
    LeaseNotFoundError,
    LocalServer,
    Op,
    RequestTooLargeError,
    UnavailableError,
    server,
)
from etcdlearn.testing import Proxy, Stranger

Call = Callable[[Client], object]


class Named(NamedTuple):
    """A method, and whether it may be sent again when the connection breaks."""

    call: Call
    repeatable: bool


METHODS = {
    "put": Named(lambda client: client.put("k", "v"), False),
    "get": Named(lambda client: client.get("k"), True),
    "delete": Named(lambda client: client.delete("k"), False),
    "compact": Named(lambda client: client.compact(1), False),
    "do put": Named(lambda client: client.do(Op.put("k", "v")), False),
    "do get": Named(lambda client: client.do(Op.get("k")), True),
    "do delete": Named(lambda client: client.do(Op.delete("k")), False),
    "pages": Named(lambda client: list(client.kv.pages("", prefix=True)), True),
    "grant": Named(lambda client: client.grant(60), True),
    "revoke": Named(lambda client: client.revoke(12345), True),
    "time_to_live": Named(lambda client: client.lease.time_to_live(12345), True),
    "leases": Named(lambda client: client.lease.leases(), True),
    "keep_alive_once": Named(lambda client: client.lease.keep_alive_once(12345), True),
    "watch": Named(lambda client: client.watch("k").close(), True),
}
# A watch from a known revision asks nothing first: what fails is the stream.
A_WATCH = Named(lambda client: client.watch("k", start_revision=1).close(), False)
ALL = {**METHODS, "watch the past": A_WATCH}
every_method = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)


def fails(call: Callable[[], object], within: float) -> EtcdError:
    """The error of a call, which must be one of ours and come in time."""
    began = monotonic()
    with pytest.raises(EtcdError) as caught:
        call()
    assert monotonic() - began < within
    return caught.value


@contextlib.contextmanager
def refusing() -> Iterator[str]:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{bound.getsockname()[1]}"


@contextlib.contextmanager
def speaking_tls() -> Iterator[str]:
    """A TLS server. It has no certificate: a client that speaks plain text never gets so far as to miss it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def talk() -> None:
            while True:
                try:
                    peer, _ = listening.accept()
                    context.wrap_socket(peer, server_side=True)
                except ssl.SSLError:
                    peer.close()
                except OSError:
                    return

        thread = threading.Thread(target=talk)
        thread.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)  # wakes accept
        thread.join()


@contextlib.contextmanager
def stranger(answer: bytes, hang_up: bool = False) -> Iterator[str]:
    with Stranger(answer, hang_up=hang_up) as opened:
        yield opened.endpoint


@contextlib.contextmanager
def etcd_that_speaks_no_tls() -> Iterator[str]:
    with server() as etcd:
        yield f"https://{etcd.endpoints[0]}"


NO_ETCD = {
    "a port that refuses": refusing,
    "a port that is silent": lambda: stranger(b""),
    "garbage": lambda: stranger(Stranger.GARBAGE),
    "garbage and the end": lambda: stranger(Stranger.GARBAGE, hang_up=True),
    "HTTP/1": lambda: stranger(Stranger.HTTP1, hang_up=True),
    "TLS": speaking_tls,
    "an etcd without TLS": etcd_that_speaks_no_tls,
}


@pytest.mark.parametrize("place", NO_ETCD.values(), ids=NO_ETCD)
def test_where_no_etcd_answers_nothing_was_sent(place: Callable[[], contextlib.AbstractContextManager[str]]) -> None:
    def dial(endpoint: str) -> EtcdError:
        return fails(lambda: Client(endpoint, dial_timeout=0.5), within=2.5)

    def call(endpoint: str, method: Named) -> EtcdError:
        with Client(endpoint, dial_timeout=None, timeout=0.5) as client:
            return fails(lambda: method.call(client), within=2.5)

    with place() as endpoint, ThreadPoolExecutor() as threads:
        told = [threads.submit(dial, endpoint)]
        told += [threads.submit(call, endpoint, method) for method in METHODS.values()]
        watching = threads.submit(call, endpoint, A_WATCH)
        assert isinstance(watching.result(), UnavailableError | DeadlineError)  # it sends no write in any case
        for error in [each.result() for each in told]:
            assert isinstance(error, UnavailableError)
            assert not error.outcome_unknown
            assert "nothing was sent" in str(error)
            assert list(error.reasons) == [endpoint]


@pytest.mark.parametrize("method", ALL.values(), ids=ALL)
def test_a_closed_client(etcd: LocalServer, method: Named) -> None:
    client = etcd.client()
    client.close()
    assert type(fails(lambda: method.call(client), within=0.5)) is ClientClosedError


def test_where_no_etcd_answers_no_lease_is_kept_alive() -> None:
    """``keep_alive`` itself raises nothing: it returns at once, and ``lost`` says why. All places at the same time."""
    with contextlib.ExitStack() as stack:
        endpoints = [stack.enter_context(place()) for place in NO_ETCD.values()]
        clients = [stack.enter_context(Client(endpoint, dial_timeout=None)) for endpoint in endpoints]
        began = monotonic()
        renewing = [client.keep_alive(12345) for client in clients]
        assert monotonic() - began < 1
        for endpoint, each in zip(endpoints, renewing, strict=True):
            lost = each.wait_lost(8)
            assert 4 < monotonic() - began < 8  # the time for a first answer
            assert isinstance(lost, UnavailableError)
            assert each.lost is lost
            assert "lease 3039 was not renewed: no answer for 5 s" in str(lost)
            assert list(lost.reasons) == [endpoint]
            assert list(each) == []


@pytest.fixture
def proxy(etcd: LocalServer) -> Iterator[Proxy]:
    with Proxy(etcd.endpoints[0]) as opened:
        yield opened


@pytest.fixture
def far(proxy: Proxy) -> Iterator[Client]:
    """A client behind the proxy that has spoken with its etcd."""
    with Client(proxy.endpoint, timeout=5) as client:
        client.get("k")
        yield client


@pytest.mark.parametrize("method", ALL.values(), ids=ALL)
def test_a_black_hole_ends_at_the_deadline(proxy: Proxy, method: Named) -> None:
    with Client(proxy.endpoint, timeout=0.4) as client:
        proxy.black_hole()
        error = fails(lambda: method.call(client), within=1.5)
        assert isinstance(error, DeadlineError)
        assert error.outcome_unknown
        proxy.heal()


def test_a_black_hole_loses_a_lease_when_its_ttl_is_over(proxy: Proxy, far: Client) -> None:
    with far.keep_alive(far.grant(2)) as renewing:
        next(renewing)
        proxy.black_hole()
        began = monotonic()
        lost = renewing.wait_lost(8)
        assert 1 < monotonic() - began < 4
        assert isinstance(lost, UnavailableError)
        assert "was not renewed: no answer for its TTL" in str(lost)
        proxy.heal()
    with far.keep_alive(far.grant(2)) as again:  # the client goes on
        assert next(again).ttl == 2


@pytest.mark.parametrize("trouble", [Proxy.cut, Proxy.reset, Proxy.garble])
def test_a_lease_outlives_a_connection_that_breaks(proxy: Proxy, far: Client, trouble: Callable[[Proxy], None]) -> None:
    with far.keep_alive(far.grant(5)) as renewing:
        next(renewing)
        trouble(proxy)
        if trouble is Proxy.garble:
            fails(lambda: far.get("k"), within=4)  # its answer is noise, which ends the connection
        proxy.heal()
        assert next(renewing).ttl == 5
        assert renewing.alive


class Running:
    """A call in a thread, up to where its answer is held back."""

    def __init__(self, proxy: Proxy, client: Client, method: Named) -> None:
        self._caught: list[EtcdError] = []
        self._thread = threading.Thread(target=self._run, args=(client, method))
        proxy.black_hole("answers")
        self._thread.start()
        assert proxy.wait_held()

    def _run(self, client: Client, method: Named) -> None:
        try:
            method.call(client)
        except EtcdError as error:
            self._caught.append(error)

    def end(self) -> EtcdError | None:
        """What the call raised, None when it succeeded."""
        self._thread.join(4)
        assert not self._thread.is_alive()
        return self._caught[0] if self._caught else None


@every_method
@pytest.mark.parametrize("trouble", [Proxy.cut, Proxy.reset])
def test_a_connection_lost_in_mid_call(
    proxy: Proxy, far: Client, method: Named, trouble: Callable[[Proxy], None]
) -> None:
    running = Running(proxy, far, method)
    trouble(proxy)
    proxy.heal()
    error = running.end()
    if method.repeatable:  # it was sent again: no such lease is an answer
        assert error is None or isinstance(error, LeaseNotFoundError)
    else:
        assert isinstance(error, UnavailableError)
        assert error.outcome_unknown
        assert "its outcome is unknown" in str(error)
    far.get("k")  # the client goes on


@every_method
def test_a_server_that_is_gone_after_the_request_left(proxy: Proxy, far: Client, method: Named) -> None:
    running = Running(proxy, far, method)
    proxy.refuse()
    error = running.end()
    assert isinstance(error, UnavailableError)
    assert error.outcome_unknown


@every_method
def test_noise_in_mid_call(proxy: Proxy, far: Client, method: Named) -> None:
    proxy.garble()
    error = fails(lambda: method.call(far), within=4)
    assert error.outcome_unknown
    proxy.heal()
    proxy.cut()
    far.get("k")


@pytest.mark.parametrize("trouble", [Proxy.cut, Proxy.reset, Proxy.refuse, Proxy.garble])
def test_a_watch_whose_stream_breaks_before_it_is_confirmed(
    proxy: Proxy, far: Client, trouble: Callable[[Proxy], None]
) -> None:
    running = Running(proxy, far, A_WATCH)
    trouble(proxy)
    if trouble is Proxy.garble:
        proxy.cut()
    if trouble is Proxy.refuse:
        error = running.end()
        assert isinstance(error, UnavailableError)
        assert not error.outcome_unknown  # no write
    proxy.heal()
    assert running.end() is None or trouble is Proxy.refuse  # it is created on the next stream
    with far.watch("k", start_revision=1):  # the client goes on
        pass


def test_a_write_whose_answer_was_lost_may_have_happened(etcd: LocalServer, proxy: Proxy, far: Client) -> None:
    with etcd.client() as near, near.watch("written") as watch:
        running = Running(proxy, far, Named(lambda client: client.put("written", "once"), False))
        assert watch.get(timeout=5).events[0].kv.value == b"once"
        proxy.reset()
        proxy.heal()
        error = running.end()
        assert isinstance(error, UnavailableError)
        assert error.outcome_unknown
        assert near.get("written").kvs[0].version == 1  # and it is not sent again


@every_method
def test_a_server_killed_in_mid_call(method: Named) -> None:
    with server() as etcd, Proxy(etcd.endpoints[0]) as proxy, Client(proxy.endpoint) as client:
        client.put("k", "v")
        running = Running(proxy, client, method)
        etcd.kill()
        proxy.cut()
        proxy.heal()
        error = running.end()
        assert isinstance(error, UnavailableError)
        assert error.outcome_unknown
        etcd.restart()
        assert client.get("k").count in (0, 1)


@pytest.mark.parametrize("size", [1_600_000, 3_000_000])
@pytest.mark.parametrize("call", [lambda c, v: c.put("k", v), lambda c, v: c.do(Op.put("k", v))], ids=["put", "do"])
def test_a_message_that_is_too_large(client: Client, call: Callable[[Client, bytes], object], size: int) -> None:
    error = fails(lambda: call(client, b"x" * size), within=5)
    assert type(error) is RequestTooLargeError
    assert not error.outcome_unknown
