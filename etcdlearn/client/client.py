"""The client: one object that holds the connection and answers the everyday verbs itself, as Go's does."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Self

from etcdlearn.client._call import Caller, checked_timeout
from etcdlearn.client._endpoints import parse_endpoints
from etcdlearn.client._ranges import as_bytes
from etcdlearn.client._text import show
from etcdlearn.client.kv import KV
from etcdlearn.client.lease import Lease
from etcdlearn.client.watcher import Watcher


class Client:
    """A connection to an etcd, or to the members of a cluster.

    Threads may share a client. Interrupting a blocking call ends that call; the client goes on. In a child of
    ``fork()`` every call raises ``RuntimeError``, and so does making a client where the parent had one: gRPC does not
    survive a fork.

    Args:
        endpoints: one address or several: ``host:port`` (the port is required), ``http://``, ``https://``,
            ``[v6]:port``, ``unix:///path``. With several, calls go round and pass over those that do not answer.
        dial_timeout: seconds to wait until one endpoint answers; ``None`` does not wait, as Go's ``New``.
        timeout: deadline of every call in seconds, unless the call says otherwise; ``None`` for no deadline.
        namespace: every key that this client reads, writes or watches lives under this prefix, invisibly: nobody else's
            key is seen or touched. Revisions and compactions stay those of the whole store. Empty or ``None`` for none.

    Attributes:
        kv: put, get, delete, compact, do.
        watcher: watch.
        lease: grant, revoke, time_to_live, leases, keep_alive, keep_alive_once.

    Raises:
        ValueError, TypeError: no endpoint, a malformed one, or a time that is not above 0.
        UnavailableError: nobody answered within ``dial_timeout``.
        RuntimeError: in a child of ``fork()``, see above.
    """

    def __init__(
        self,
        endpoints: str | Iterable[str] = "127.0.0.1:2379",
        *,
        dial_timeout: float | None = 5.0,
        timeout: float | None = 10.0,
        namespace: str | bytes | None = None,
    ) -> None:
        dial = checked_timeout(dial_timeout)
        parsed = parse_endpoints(endpoints)
        self._endpoints = tuple(each.name for each in parsed)
        inside = b"" if namespace is None else as_bytes(namespace, "namespace")
        self._caller = Caller(parsed, checked_timeout(timeout), namespace=inside)
        self.kv = KV(self._caller)
        self.watcher = Watcher(self._caller, self.kv)
        self.lease = Lease(self._caller, dial)
        self.put, self.get, self.delete = self.kv.put, self.kv.get, self.kv.delete
        self.compact, self.do = self.kv.compact, self.kv.do
        self.watch = self.watcher.watch
        self.grant, self.revoke, self.keep_alive = self.lease.grant, self.lease.revoke, self.lease.keep_alive
        if dial is not None:
            self._dial(dial)

    def _dial(self, seconds: float) -> None:
        try:
            self._caller.ready(seconds)
        except BaseException:
            self.close()
            raise

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The endpoints as they were given. Assign the same forms to use others from the next call on.

        What goes on at an endpoint that stays goes on; a call at one that goes ends as if the connection had broken.
        """
        return self._endpoints

    @endpoints.setter
    def endpoints(self, endpoints: str | Iterable[str]) -> None:
        parsed = parse_endpoints(endpoints)
        self._caller.connect(parsed)
        self._endpoints = tuple(each.name for each in parsed)

    def close(self) -> None:
        """End every watch and the connection; a waiting call raises ``ClientClosedError``. Harmless when repeated."""
        self._caller.closed = True
        if self._caller.forked:  # the rest is the parent's
            return
        self.watcher.close()
        self.lease._abandon()
        self._caller.close()
        self.watcher.join()
        self.lease.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        namespace = self._caller.namespace.prefix
        inside = f", namespace {show(namespace)}" if namespace else ""
        state = ", closed" if self._caller.closed else ""
        return f"Client({', '.join(self._endpoints)}{inside}{state})"
