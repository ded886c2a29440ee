"""All leases that a client renews, on one stream: one thread sends when it is time, one opens the stream and reads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import Literal, cast

from etcdlearn._rpc import rpc_pb2
from etcdlearn.client import _methods as methods
from etcdlearn.client import _wire as wire
from etcdlearn.client._call import Caller
from etcdlearn.client._channel import Stream, TransportError
from etcdlearn.client._keepalive import Schedule
from etcdlearn.client._lease_news import LeaseNews, Listener
from etcdlearn.client._resume import is_final
from etcdlearn.client._retry import reason
from etcdlearn.client._server_errors import server_error
from etcdlearn.client._text import show_id
from etcdlearn.client.keepalive import KeepAlive
from etcdlearn.client.types import LeaseKeepAliveResponse
from etcdlearn.errors import ClientClosedError, EtcdError, LeaseNotFoundError, UnavailableError

PAUSE = 0.1  # seconds between two attempts to reach anybody; clientv3 waits 0.5


class Renewals:
    """The leases that are being renewed. ``patience``: seconds for the first answer to a lease."""

    def __init__(self, caller: Caller, patience: float, tell: Listener, clock: Callable[[], float] = monotonic) -> None:
        self._caller = caller
        self._patience = patience
        self._tell = tell  # never called with the lock held
        self._clock = clock
        self._changed = threading.Condition()  # over all that follows
        self._schedule = Schedule()
        self._holders: dict[int, list[KeepAlive]] = {}
        self._stream: Stream | None = None
        self._threads: tuple[threading.Thread, ...] = ()
        self._reasons: dict[str, str] = {}
        self._wakes: float | None = None  # when the thread that sends looks again; None: when it is told
        self._closed = False

    def add(self, lease: int) -> KeepAlive:
        """Renew a lease from now on."""
        self._caller.check_process()
        holder = KeepAlive(lease, self.forget, self._caller)
        with self._changed:
            if self._closed:
                raise ClientClosedError("this client renews leases no more: it, or client.lease, was closed")
            first = lease not in self._holders
            self._holders.setdefault(lease, []).append(holder)
            if lease not in self._schedule:
                self._schedule.add(lease, self._clock(), self._patience)
            self._start()
            self._changed.notify_all()
        if first:
            self._happened("kept", lease)
        return holder

    def renews(self, lease: int) -> bool:
        """Whether it is being renewed now."""
        with self._changed:
            return lease in self._holders

    def _start(self) -> None:
        if self._threads:
            return
        self._threads = tuple(
            threading.Thread(target=run, name=f"etcdlearn-lease-{name}", daemon=True)
            for name, run in (("beats", self._send), ("stream", self._read))
        )
        for thread in self._threads:
            thread.start()

    def forget(self, holder: KeepAlive) -> None:
        """One holder no longer cares; with the last one the lease is renewed no more."""
        with self._changed:
            holders = self._holders.get(holder.id, [])
            last = holders == [holder]
            if holder in holders:
                holders.remove(holder)
            if not holders:
                self._holders.pop(holder.id, None)
                self._schedule.remove(holder.id)
        if last:
            self._happened("closed", holder.id)

    def close(self) -> None:
        """Stop renewing; the leases stay until their TTL is over. Harmless when repeated."""
        if self._caller.forked:  # the parent renews; its locks may be held by threads that are not here
            return
        with self._changed:
            self._closed = True
            stream, held = self._stream, dict(self._holders)
            self._holders.clear()
            self._changed.notify_all()
        for lease, holders in held.items():
            for holder in holders:
                holder._end(None)
            self._happened("closed", lease)
        if stream is not None:
            stream.close()

    def join(self) -> None:
        """Wait a moment for the threads to end, once the stream is closed."""
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(1)

    # The thread that sends.

    def _send(self) -> None:
        while True:
            with self._changed:
                if self._closed:
                    return
                now = self._clock()
                lost = []
                for beat, is_lost in self._schedule.take(now, connected=self._stream is not None):
                    if is_lost:
                        lost.append((beat.id, self._silence(beat.id, beat.answered)))
                    elif self._stream is not None:
                        self._stream.send(wire.encode_keep_alive(beat.id))
                self._wakes = following = self._schedule.next()
                if not lost:
                    self._changed.wait(None if following is None else max(following - now, 0))
            for lease, why in lost:
                self._lose(lease, why)

    def _silence(self, lease: int, answered: bool) -> EtcdError:
        span = "its TTL" if answered else f"{self._patience:g} s"
        fact = f"lease {show_id(lease)} was not renewed: no answer for {span}"
        return UnavailableError(self._reasons or dict.fromkeys(self._caller.names, "no answer"), fact=fact)

    def _lose(self, lease: int, why: EtcdError) -> None:
        with self._changed:
            self._schedule.remove(lease)
            holders = self._holders.pop(lease, [])
        for holder in holders:
            holder._end(why)
        if holders:
            self._happened("lost", lease)

    # The thread that opens the stream and reads.

    def _read(self) -> None:
        while not self._closed:
            try:
                connection, stream = self._caller.stream(methods.LEASE_KEEP_ALIVE, None)
            except UnavailableError as exc:
                self._reasons = exc.reasons
            except EtcdError:
                pass
            else:
                failure = self._serve(stream)
                connection.proven = False
                self._reasons = {connection.endpoint.name: reason(failure)}
                if not self._closed and is_final(failure, require_leader=False):
                    self._lose_all(server_error(failure.code, failure.details, method="Lease/LeaseKeepAlive"))
            with self._changed:
                self._changed.wait_for(lambda: self._closed, PAUSE)

    def _serve(self, stream: Stream) -> TransportError:
        """Hand on what comes until the stream ends; why it ended."""
        with self._changed:
            self._stream = stream
            self._schedule.reconnected(self._clock())
            self._changed.notify_all()
            if self._closed:
                stream.close()
        try:
            for message in stream:
                self._heard(wire.decode_keep_alive(cast(rpc_pb2.LeaseKeepAliveResponse, message)))
        except TransportError as broken:
            return broken
        finally:
            with self._changed:
                self._stream = None
            stream.close()
        return TransportError("UNAVAILABLE", "the server ended the stream")

    def _heard(self, response: LeaseKeepAliveResponse) -> None:
        if response.ttl <= 0:
            self._lose(response.id, lease_not_found())
            return
        now = self._clock()
        with self._changed:
            left = self._schedule.heard(response.id, now, response.ttl)
            following = self._schedule.next()
            if following is not None and self._wakes is not None and following < self._wakes:
                self._changed.notify_all()  # a third of a TTL of 1 s comes before the beat would be sent again
            holders = tuple(self._holders.get(response.id, ()))
        since = now - response.ttl if left is None else left  # of a lease that is renewed no more: surely not before
        self._tell(LeaseNews("beat", response.id, since, now, response.ttl))
        for holder in holders:
            holder._deliver(response)

    def _happened(self, what: Literal["kept", "closed", "lost"], lease: int) -> None:
        now = self._clock()
        self._tell(LeaseNews(what, lease, now, now))

    def _lose_all(self, why: EtcdError) -> None:
        for lease in list(self._holders):
            self._lose(lease, why)


def lease_not_found() -> LeaseNotFoundError:
    """What etcd says by a TTL of 0: the lease was never there, was revoked or has expired."""
    return LeaseNotFoundError("NOT_FOUND", f"etcdserver: {LeaseNotFoundError.sentence}")
