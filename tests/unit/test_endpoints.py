"""Every form of endpoint in the contract is understood; every other one is refused with the forms named."""

import pytest

from etcdlearn.client import Client
from etcdlearn.client._endpoints import parse_endpoint, parse_endpoints


@pytest.mark.parametrize(
    ("name", "target", "secure"),
    [
        ("127.0.0.1:2379", "127.0.0.1:2379", False),
        ("localhost:1", "localhost:1", False),
        ("http://etcd.example:2379", "etcd.example:2379", False),
        ("https://etcd.example:2379", "etcd.example:2379", True),
        ("[::1]:2379", "[::1]:2379", False),
        ("http://[::1]:2379/path", "[::1]:2379", False),
        ("unix:///run/etcd.sock", "unix:/run/etcd.sock", False),
    ],
)
def test_forms(name: str, target: str, secure: bool) -> None:
    endpoint = parse_endpoint(name)
    assert (endpoint.name, endpoint.target, endpoint.secure) == (name, target, secure)


@pytest.mark.parametrize(
    "name",
    [
        *("", "localhost", "localhost:", ":2379", "http://", "http://h", "ftp://h:1"),
        *("h:0", "h:99999", "h:x", "::1:2379", "a b:1", "a@b:1", "a,b:1", "h\x00:1", "h\n:1"),
        *("unix://relative", "unix:///"),
    ],
)
def test_malformed(name: str) -> None:
    with pytest.raises(ValueError, match=r"host:port"):
        parse_endpoint(name)


def test_none_at_all() -> None:
    with pytest.raises(ValueError, match="no endpoint given"):
        parse_endpoints([])
    with pytest.raises(TypeError, match="an endpoint is text, not int"):
        parse_endpoints([2379])  # type: ignore[list-item]


def test_endpoints_are_readable_as_given_and_assignable() -> None:
    with Client(["http://127.0.0.1:1", "127.0.0.1:2"], dial_timeout=None) as client:
        assert client.endpoints == ("http://127.0.0.1:1", "127.0.0.1:2")
        client.endpoints = "127.0.0.1:3"
        assert client.endpoints == ("127.0.0.1:3",)
        with pytest.raises(ValueError, match="has no port"):
            client.endpoints = "localhost"
        assert client.endpoints == ("127.0.0.1:3",)
