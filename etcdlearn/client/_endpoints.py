"""The forms in which an endpoint may be written, and what gRPC wants to hear of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

FORMS = "write host:port, http://host:port, https://host:port, [v6]:port or unix:///path"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address.

    Attributes:
        name: as the user wrote it.
        target: as gRPC wants it.
        secure: True for https.
    """

    name: str
    target: str
    secure: bool = False


def parse_endpoints(given: str | Iterable[str]) -> tuple[Endpoint, ...]:
    """Every endpoint of ``given``. ``ValueError`` for none or a malformed one, ``TypeError`` for no text."""
    names = (given,) if isinstance(given, str) else tuple(given)
    if not names:
        raise ValueError(f"no endpoint given: {FORMS}")
    return tuple(parse_endpoint(name) for name in names)


def parse_endpoint(name: str) -> Endpoint:
    """One endpoint. The port is required: guessing 2379 hides typing errors."""
    if not isinstance(name, str):
        raise TypeError(f"an endpoint is text, not {type(name).__name__}: {FORMS}")
    if name.startswith("unix://"):
        return _unix(name)
    scheme, _, rest = name.rpartition("://")
    if scheme not in ("", "http", "https"):
        raise ValueError(f"endpoint {name!r}: unknown scheme {scheme!r}; {FORMS}")
    return Endpoint(name, _host_and_port(name, rest), secure=scheme == "https")


def _unix(name: str) -> Endpoint:
    path = name.removeprefix("unix://")
    if not path.startswith("/") or path == "/":
        raise ValueError(f"endpoint {name!r}: a unix socket needs an absolute path; {FORMS}")
    return Endpoint(name, f"unix:{path}")


def _host_and_port(name: str, address: str) -> str:
    if not address.isprintable() or any(sign in address for sign in " @,"):
        raise ValueError(f"endpoint {name!r} is malformed; {FORMS}")
    try:
        parts = urlsplit(f"//{address}")
        host, port = parts.hostname, parts.port
    except ValueError as exc:
        raise ValueError(f"endpoint {name!r} is malformed ({exc}); {FORMS}") from None
    if not host or not port:
        raise ValueError(f"endpoint {name!r} has no {'port' if host else 'host'}; {FORMS}")
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
