"""The proxy of etcdlearn.testing fails as it is told, and carries everything else unchanged."""

import socket
import threading
from collections.abc import Iterator
from time import monotonic

import pytest

from etcdlearn.testing import Proxy, Stranger


@pytest.fixture
def echo() -> Iterator[str]:
    """A server that sends back what it hears, one connection after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def talk() -> None:
            while True:
                try:
                    peer, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(peer,), daemon=True).start()

        def answer(peer: socket.socket) -> None:
            with peer:
                try:
                    while data := peer.recv(65536):
                        peer.sendall(data)
                except OSError:
                    return

        threading.Thread(target=talk, daemon=True).start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)  # wakes accept


def dial(proxy: Proxy) -> socket.socket:
    host, port = proxy.endpoint.split(":")
    return socket.create_connection((host, int(port)), timeout=5)


def says(peer: socket.socket, data: bytes) -> bytes:
    peer.sendall(data)
    heard = b""
    while len(heard) < len(data):
        more = peer.recv(65536)
        assert more, "the connection was closed"
        heard += more
    return heard


def silent(peer: socket.socket) -> bool:
    peer.settimeout(0.1)
    try:
        return peer.recv(1) == b"?"
    except TimeoutError:
        return True
    finally:
        peer.settimeout(5)


def test_it_carries_everything_unchanged_and_counts(echo: str) -> None:
    data = bytes(range(256)) * 4000
    with Proxy(echo) as proxy, dial(proxy) as one, dial(proxy) as other:
        assert says(one, data) == data
        assert says(other, b"hello") == b"hello"
        assert proxy.bytes_seen == len(data) + 5
        assert proxy.connections == 2
        assert repr(proxy) == f"Proxy({proxy.endpoint} to {echo})"


def test_cut_is_an_end_and_reset_a_reset(echo: str) -> None:
    with Proxy(echo) as proxy:
        with dial(proxy) as peer:
            says(peer, b"x")
            proxy.cut()
            assert proxy.connections == 0
            assert peer.recv(1) == b""
        with dial(proxy) as peer:
            says(peer, b"x")
            proxy.reset()
            with pytest.raises(ConnectionResetError):
                peer.recv(1)
        with dial(proxy) as peer:
            assert says(peer, b"again") == b"again"


def test_refuse_holds_the_port(echo: str) -> None:
    with Proxy(echo) as proxy:
        with dial(proxy) as peer:
            says(peer, b"x")
            for _ in range(2):
                proxy.refuse()
                with pytest.raises(ConnectionRefusedError):
                    dial(proxy)
            assert peer.recv(1) == b""
        for _ in range(2):
            proxy.heal()
            with dial(proxy) as peer:
                assert says(peer, b"again") == b"again"


def test_a_black_hole_swallows_and_gives_back(echo: str) -> None:
    with Proxy(echo) as proxy, dial(proxy) as old:
        says(old, b"x")
        assert not proxy.wait_held(0.01)
        proxy.black_hole()
        with dial(proxy) as new:
            old.sendall(b"one")
            new.sendall(b"two")
            assert proxy.wait_held()
            assert silent(old)
            assert silent(new)
            proxy.heal()
            assert (old.recv(9), new.recv(9)) == (b"one", b"two")
        assert not proxy.wait_held(0.01)


def test_a_black_hole_has_directions(echo: str) -> None:
    with Proxy(echo) as proxy, dial(proxy) as peer:
        for direction in ("requests", "answers"):
            proxy.black_hole(direction)
            peer.sendall(b"x")
            assert proxy.wait_held()
            proxy.cut() if direction == "answers" else proxy.heal()
        with pytest.raises(ValueError, match="both, requests or answers"):
            proxy.black_hole("up")  # type: ignore[arg-type]


def test_a_delay_and_noise_end_with_heal(echo: str) -> None:
    with Proxy(echo) as proxy, dial(proxy) as peer:
        proxy.delay(0.1)
        began = monotonic()
        assert says(peer, b"x") == b"x"
        assert monotonic() - began > 0.19
        proxy.heal()
        proxy.garble()
        assert says(peer, b"noise") == b"\xff" * 5
        proxy.heal()
        assert says(peer, b"clear") == b"clear"
        with pytest.raises(ValueError, match="0 seconds or more"):
            proxy.delay(-1)


def test_nothing_is_left_of_a_closed_proxy(echo: str) -> None:
    proxy = Proxy(echo)
    with dial(proxy) as peer:
        says(peer, b"x")
        proxy.black_hole()
        peer.sendall(b"held")
        proxy.wait_held()
        proxy.close()
        proxy.close()
        assert peer.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        dial(proxy)
    assert not any(thread.name == "etcdlearn-proxy" for thread in threading.enumerate())


def test_a_target_that_is_not_there_or_cannot_be(echo: str) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        with Proxy(f"127.0.0.1:{bound.getsockname()[1]}") as proxy, dial(proxy) as peer:
            assert peer.recv(1) == b""
    with pytest.raises(ValueError, match="no port"):
        Proxy("127.0.0.1")
    with pytest.raises(ValueError, match="a proxy carries TCP"):
        Proxy("unix:///run/etcd.sock")


def test_a_stranger_says_the_same_to_everybody() -> None:
    for hang_up in (False, True):
        with Stranger(b"go away", hang_up=hang_up) as stranger:
            assert not stranger.heard.is_set()
            host, port = stranger.endpoint.split(":")
            with socket.create_connection((host, int(port)), timeout=5) as peer:
                assert says(peer, b"etcd?!!") == b"go away"
                assert stranger.heard.is_set()
                if hang_up:
                    assert peer.recv(1) == b""
            assert repr(stranger) == f"Stranger({stranger.endpoint})"
