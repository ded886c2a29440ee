"""What may end a call and what may share a client: Ctrl-C, threads, and a client closed under them."""

import signal
import threading
from collections.abc import Callable
from time import monotonic

import pytest

from etcdlearn import Client, ClientClosedError, LocalServer
from etcdlearn.testing import Proxy, Stranger

WAITING: dict[str, Callable[[Client], object]] = {
    "get": lambda client: client.get("k"),
    "put": lambda client: client.put("k", "v"),
    "pages": lambda client: list(client.kv.pages("", prefix=True)),
    "watch": lambda client: client.watch("k"),
    "watch the past": lambda client: client.watch("k", start_revision=1),
}


def interrupted(call: Callable[[], object], held: Callable[[], object]) -> None:
    """Run ``call``, interrupt the main thread once ``held`` has returned, and see it end in time."""
    at: list[float] = []
    main = threading.main_thread().ident
    assert main is not None

    def interrupt() -> None:
        held()
        at.append(monotonic())
        signal.pthread_kill(main, signal.SIGINT)  # a real one: interrupt_main() wakes nobody who waits for a lock

    thread = threading.Thread(target=interrupt)
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - it may come before the call
        thread.start()
        call()
    assert monotonic() - at[0] < 1
    thread.join()


@pytest.mark.parametrize("call", WAITING.values(), ids=WAITING)
def test_an_interrupt_ends_a_call_in_a_black_hole_and_nothing_else(
    etcd: LocalServer, call: Callable[[Client], object]
) -> None:
    with (
        Proxy(etcd.endpoints[0]) as proxy,
        Client(proxy.endpoint, timeout=None) as client,
        client.watch("other") as watch,
    ):
        proxy.black_hole()
        interrupted(lambda: call(client), proxy.wait_held)
        proxy.heal()
        client.put("other", "after")
        assert watch.get(timeout=5).events[0].kv.value == b"after"


def test_an_interrupt_at_any_moment_of_a_call_leaves_the_watches_alone(etcd: LocalServer) -> None:
    """Inside gRPC's own Python code it would leave a lock taken; so it is held back there."""
    with etcd.client() as client, client.watch("other") as watch:
        for n in range(200):
            thread = threading.Timer(n / 100_000, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT))
            with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - it may come before the call, or after it
                thread.start()
                while True:
                    client.get("k")
            thread.join()
        client.put("other", "after")
        assert watch.get(timeout=5).events[0].kv.value == b"after"


@pytest.mark.parametrize("read", [lambda watch: watch.get(), next, list], ids=["get", "next", "iteration"])
def test_an_interrupt_ends_waiting_for_a_watch_and_not_the_watch(
    client: Client, read: Callable[[object], object]
) -> None:
    with client.watch("k") as watch:
        waiting = threading.Event()
        threading.Timer(0.2, waiting.set).start()  # any moment will do, the later the likelier in the wait
        interrupted(lambda: read(watch), waiting.wait)
        client.put("k", "after")
        assert watch.get(timeout=5).events[0].kv.value == b"after"


def test_an_interrupt_ends_the_constructor() -> None:
    with Stranger(b"") as silent:
        interrupted(lambda: Client(silent.endpoint, dial_timeout=30), silent.heard.wait)
    assert not any(thread.name.startswith("etcdlearn-watch") for thread in threading.enumerate())


def work(client: Client, name: int, rounds: int) -> None:
    """Calls of all kinds on keys of its own, each answer checked."""
    key = f"t{name}/"
    for n in range(rounds):
        with client.watch(key, prefix=True) as watch:
            put = client.put(f"{key}{n}", str(n))
            (event,) = watch.get(timeout=10).events
            assert (event.kv.text, event.kv.mod_revision) == (str(n), put.header.revision)
        assert client.get(key, prefix=True, count_only=True).count == 1
        assert [len(page.kvs) for page in client.kv.pages(key, prefix=True, page_size=2)] == [1]
        assert client.delete(key, prefix=True).deleted == 1


def in_threads(number: int, run: Callable[[int], None]) -> list[BaseException]:
    """What the threads raised."""
    raised: list[BaseException] = []

    def guarded(name: int) -> None:
        try:
            run(name)
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=guarded, args=(name,)) for name in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return raised


def test_eight_threads_share_a_client(client: Client) -> None:
    assert in_threads(8, lambda name: work(client, name, 25)) == []
    assert sum(thread.name == "etcdlearn-watch" for thread in threading.enumerate()) == 1


def test_a_client_closed_under_eight_threads_tells_each_of_them(etcd: LocalServer) -> None:
    with etcd.client() as client:

        def run(name: int) -> None:
            if name == 0:
                work(client, name, 5)
                client.close()
            work(client, name, 10_000)

        began = monotonic()
        raised = in_threads(8, run)
        assert [type(error) for error in raised] == [ClientClosedError] * 8
        assert monotonic() - began < 30
