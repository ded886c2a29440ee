"""The one place that calls: what is repeated, what is not, and what is said about an outcome; played by scripts."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from google.protobuf.message import Message

from etcdlearn._rpc import rpc_pb2
from etcdlearn.client import _methods as methods
from etcdlearn.client._call import Call, Caller
from etcdlearn.client._channel import Metadata, Stream, TransportError
from etcdlearn.client._endpoints import Endpoint
from etcdlearn.client._methods import Method
from etcdlearn.client._retry import MAX_ATTEMPTS
from etcdlearn.errors import (
    ClientClosedError,
    DeadlineError,
    EmptyKeyError,
    EtcdError,
    NoLeaderError,
    ServerError,
    UnavailableError,
)

REFUSED = TransportError(
    "UNAVAILABLE",
    "failed to connect to all addresses; last error: UNKNOWN: ipv4:h:1: connect: Connection refused (111)",
)
BROKEN = TransportError("UNAVAILABLE", "recvmsg:Connection reset by peer (104)")
NO_LEADER = TransportError("UNAVAILABLE", "etcdserver: no leader")
SILENCE = TransportError("DEADLINE_EXCEEDED", "Deadline Exceeded")
ANSWER = rpc_pb2.PutResponse()


class Script:
    """A transport that plays what it is given; the last line is played for ever."""

    def __init__(self, *lines: Message | TransportError, probes: tuple[TransportError | None, ...] = (None,)) -> None:
        self.lines, self.probes = list(lines), list(probes)
        self.calls = self.probed = 0
        self.closed = False

    def unary(self, method: Method, request: Message, timeout: float | None) -> Message:
        self.calls += 1
        line = self.lines.pop(0) if len(self.lines) > 1 else self.lines[0]
        if isinstance(line, TransportError):
            raise line
        return line

    def first(self, method: Method, request: Message, timeout: float | None) -> Message:
        raise AssertionError("no stream in this script")

    def probe(self, timeout: float | None) -> None:
        self.probed += 1
        line = self.probes.pop(0) if len(self.probes) > 1 else self.probes[0]
        if line is not None:
            raise line

    def stream(self, method: Method, metadata: Metadata = ()) -> Stream:
        raise AssertionError("no stream in this script")

    def close(self) -> None:
        self.closed = True


def caller(*scripts: Script, timeout: float | None = 10.0, more: list[Script] | None = None) -> Caller:
    """On endpoints that play ``scripts``; those that are connected later play ``more``."""
    waiting: Iterator[Script] = iter([*scripts, *(more or [])])
    endpoints = tuple(Endpoint(f"h:{n}", f"h:{n}") for n, _ in enumerate(scripts, 1))
    return Caller(endpoints, timeout, lambda _endpoint: next(waiting))


def put(made: Caller, **options: Any) -> Message:
    return made.unary(methods.PUT, rpc_pb2.PutRequest(), **options)


def get(made: Caller, **options: Any) -> Message:
    return made.unary(methods.RANGE, rpc_pb2.RangeRequest(), **options)


def test_an_answer_is_handed_over_and_one_probe_is_enough() -> None:
    script = Script(ANSWER)
    made = caller(script)
    assert put(made) is ANSWER
    assert put(made) is ANSWER
    assert (script.calls, script.probed) == (2, 1)


def test_a_write_is_not_sent_again_when_the_connection_breaks() -> None:
    script = Script(BROKEN, ANSWER)
    with pytest.raises(UnavailableError, match="Connection reset by peer") as caught:
        put(caller(script))
    assert caught.value.outcome_unknown
    assert script.calls == 1


def test_a_read_is_sent_again_when_the_connection_breaks() -> None:
    script = Script(BROKEN, BROKEN, ANSWER)
    made = caller(script)
    assert get(made) is ANSWER
    assert script.calls == 3
    assert script.probed == 3  # a broken connection has to prove itself again


@pytest.mark.parametrize("call", [put, get])
def test_what_was_never_sent_is_sent_when_somebody_is_there_again(call: Callable[[Caller], Message]) -> None:
    script = Script(REFUSED, ANSWER, probes=(REFUSED, REFUSED, None))
    assert call(caller(script)) is ANSWER
    assert script.calls == 2


@pytest.mark.parametrize("call", [put, get])
def test_after_about_a_second_of_refusals_nothing_was_sent(call: Callable[[Caller], Message]) -> None:
    one, other = Script(ANSWER, probes=(REFUSED,)), Script(ANSWER, probes=(SILENCE,))
    with pytest.raises(UnavailableError, match="nothing was sent") as caught:
        call(caller(one, other))
    assert caught.value.outcome_unknown is False
    assert caught.value.reasons == {"h:1": "Connection refused", "h:2": "no answer to the first contact in time"}
    assert one.calls == other.calls == 0
    assert one.probed == pytest.approx(40, abs=20)  # a round every 25 ms


def test_a_read_that_left_once_does_not_claim_that_nothing_was_sent() -> None:
    script = Script(BROKEN, REFUSED, probes=(None, REFUSED))
    with pytest.raises(UnavailableError) as caught:
        get(caller(script))
    assert caught.value.outcome_unknown


def test_the_next_endpoint_is_asked_when_one_does_not_answer() -> None:
    dead, alive = Script(ANSWER, probes=(REFUSED,)), Script(ANSWER)
    made = caller(dead, alive)
    assert [put(made) for _ in range(4)] == [ANSWER] * 4
    assert alive.calls == 4


def test_a_read_moves_to_the_next_endpoint_and_a_write_does_not() -> None:
    reading, next_ = Script(BROKEN), Script(ANSWER)
    assert get(caller(reading, next_)) is ANSWER
    assert (reading.calls, next_.calls) == (1, 1)
    writing, next_ = Script(BROKEN), Script(ANSWER)
    with pytest.raises(UnavailableError):
        put(caller(writing, next_))
    assert (writing.calls, next_.calls) == (1, 0)


def test_new_endpoints_count_at_once_and_those_that_stay_keep_their_connection() -> None:
    class Moving(Script):
        def unary(self, method: Method, request: Message, timeout: float | None) -> Message:
            made.connect((Endpoint("h:2", "h:2"), Endpoint("h:3", "h:3")))
            return super().unary(method, request, timeout)

    scripts = [Moving(BROKEN), Script(ANSWER), Script(ANSWER)]
    made = caller(*scripts[:2], more=scripts[2:])
    assert get(made) is ANSWER  # under way when the first endpoint was taken away
    assert [script.closed for script in scripts] == [True, False, False]
    assert [connection.transport for connection in made._connections] == scripts[1:]
    made.close()
    with pytest.raises(ClientClosedError):
        made.connect((Endpoint("h:4", "h:4"),))


def test_a_deadline_is_an_unknown_outcome() -> None:
    with pytest.raises(DeadlineError, match=r"KV/Put: no answer within 0.5 s") as caught:
        put(caller(Script(SILENCE)), timeout=0.5)
    assert caught.value.outcome_unknown


def test_no_contact_before_the_deadline_means_nothing_was_sent() -> None:
    with pytest.raises(UnavailableError, match="no answer to the first contact") as caught:
        put(caller(Script(ANSWER, probes=(SILENCE,))), timeout=0.05)
    assert not caught.value.outcome_unknown


def test_etcd_s_own_unavailable_is_repeated_for_reads_only() -> None:
    script = Script(NO_LEADER, NO_LEADER, ANSWER)
    assert get(caller(script)) is ANSWER
    script = Script(NO_LEADER, ANSWER)
    with pytest.raises(NoLeaderError):
        put(caller(script))
    assert script.calls == 1


def test_reads_are_repeated_a_hundred_times_at_most() -> None:
    script = Script(NO_LEADER)
    with pytest.raises(NoLeaderError):
        get(caller(script, timeout=None))
    assert script.calls == MAX_ATTEMPTS


def test_a_refusal_is_final_and_keeps_grpc_s_error_without_showing_it() -> None:
    cause = RuntimeError("gRPC's own")
    script = Script(TransportError("INVALID_ARGUMENT", "etcdserver: key is not provided", cause))
    with pytest.raises(EmptyKeyError) as caught:
        get(caller(script))
    assert script.calls == 1
    assert caught.value.rpc_error is cause
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_an_unknown_sentence_is_a_plain_server_error() -> None:
    with pytest.raises(ServerError, match="hello") as caught:
        get(caller(Script(TransportError("INTERNAL", "hello"))))
    assert (type(caught.value), caught.value.code) == (ServerError, "INTERNAL")


def test_a_closed_client_calls_nobody() -> None:
    script = Script(ANSWER)
    made = caller(script)
    made.close()
    made.close()
    with pytest.raises(ClientClosedError):
        put(made)
    assert (script.calls, script.closed) == (0, True)


def test_a_call_under_way_when_the_client_is_closed_says_so() -> None:
    made: Caller

    class Closing(Script):
        def unary(self, method: Method, request: Message, timeout: float | None) -> Message:
            made.close()
            raise TransportError("CANCELLED", "Channel closed!")

    made = caller(Closing(ANSWER))
    with pytest.raises(ClientClosedError, match="during the call"):
        put(made)


@pytest.mark.parametrize(("timeout", "error"), [(0, ValueError), (-1, ValueError), (float("nan"), ValueError)])
@pytest.mark.parametrize("call", [put, get])
def test_a_timeout_is_above_zero(call: Callable[..., Message], timeout: float, error: type[Exception]) -> None:
    script = Script(ANSWER)
    with pytest.raises(error, match="above 0 seconds"):
        call(caller(script), timeout=timeout)
    assert script.calls == 0


@pytest.mark.parametrize("timeout", ["1", True, [1]])
def test_a_timeout_is_a_number(timeout: Any) -> None:
    with pytest.raises(TypeError, match="number of seconds or None"):
        put(caller(Script(ANSWER)), timeout=timeout)


def test_observers_see_every_attempt() -> None:
    seen: list[Call] = []
    made = caller(Script(BROKEN, ANSWER))
    made.observers = (seen.append,)
    get(made)
    assert [(call.method, call.endpoint, call.error) for call in seen] == [
        (methods.RANGE, "h:1", BROKEN),
        (methods.RANGE, "h:1", None),
    ]
    assert seen[1].response is ANSWER
    assert seen[1].seconds >= 0


def test_a_child_of_fork_is_told() -> None:
    made = caller(Script(ANSWER))
    made._process = os.getpid() + 1  # as a child sees it: forking a threaded test run is what this error warns of
    with pytest.raises(RuntimeError, match=r"this client was made before fork\(\)"):
        put(made)


NOISE = TransportError("UNKNOWN", "Stream removed (Failed parsing HTTP/2 (Frame size 16777215 is larger than max))")


def test_a_connection_that_ended_in_noise_is_broken() -> None:
    reading, writing = Script(NOISE, ANSWER), Script(NOISE, ANSWER)
    assert get(caller(reading)) is ANSWER
    assert (reading.calls, reading.probed) == (2, 2)
    with pytest.raises(UnavailableError, match="outcome is unknown") as caught:
        put(caller(writing))
    assert caught.value.outcome_unknown
    assert writing.calls == 1


@pytest.mark.parametrize("code", ["UNKNOWN", "INTERNAL", "DATA_LOSS"])
def test_an_error_that_may_be_grpc_s_own_leaves_the_outcome_unknown(code: str) -> None:
    with pytest.raises(ServerError) as caught:
        put(caller(Script(TransportError(code, "Exception deserializing response!"))))
    assert caught.value.outcome_unknown
    with pytest.raises(ServerError) as caught:
        put(caller(Script(TransportError(code, "etcdserver: a sentence of tomorrow"))))
    assert not caught.value.outcome_unknown


def test_a_channel_that_was_closed_before_the_call_sent_nothing() -> None:
    closed = TransportError("CANCELLED", "Cannot invoke RPC on closed channel!")
    script = Script(closed, ANSWER)
    assert put(caller(script)) is ANSWER
    assert script.calls == 2


def test_every_error_is_one_of_ours() -> None:
    for code in ("UNKNOWN", "INTERNAL", "UNIMPLEMENTED", "DATA_LOSS", "ABORTED", "CANCELLED", "UNAUTHENTICATED"):
        with pytest.raises(EtcdError):
            put(caller(Script(TransportError(code, ""))))
