"""The error tree is complete, is found by etcd's sentences, and says where a write may have happened."""

import inspect

import pytest

import etcdlearn
from etcdlearn import errors
from etcdlearn.client._server_errors import server_error
from etcdlearn.errors import DeadlineError, EtcdError, RequestTimeoutError, ServerError, UnavailableError

CLASSES = [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, EtcdError)]


def test_every_error_is_public_and_documented() -> None:
    for cls in CLASSES:
        assert getattr(etcdlearn, cls.__name__) is cls
        assert cls.__name__ in etcdlearn.__all__
        assert cls.__doc__


def test_every_server_error_has_a_sentence_of_its_own_and_is_found_by_it() -> None:
    server = [cls for cls in CLASSES if issubclass(cls, ServerError) and cls is not ServerError]
    assert len({cls.sentence for cls in server}) == len(server) == len(ServerError.by_sentence)
    for cls in server:
        error = server_error("UNKNOWN", f"etcdserver: {cls.sentence}")
        assert type(error) is cls
        assert isinstance(error, ServerError)
        assert (error.code, error.message) == ("UNKNOWN", f"etcdserver: {cls.sentence}")


@pytest.mark.parametrize(
    ("details", "name"),
    [
        ("rpc error: code = PermissionDenied desc = etcdserver: permission denied", "PermissionDeniedError"),
        ("auth: invalid auth token", "InvalidAuthTokenError"),
        ("auth: revision in header is old", "AuthOldRevisionError"),
        ("grpc: received message larger than max (2097153 vs. 2097152)", "RequestTooLargeError"),
        ("trying to send message larger than max (3000000 vs. 2097152)", "RequestTooLargeError"),
        ("etcdserver: something new in 3.9", "ServerError"),
        ("context deadline exceeded", "DeadlineError"),
    ],
)
def test_other_wordings(details: str, name: str) -> None:
    assert type(server_error("UNKNOWN", details)).__name__ == name


def test_unavailable_and_deadline_are_also_python_s_own() -> None:
    assert issubclass(UnavailableError, ConnectionError)
    assert issubclass(DeadlineError, TimeoutError)


def test_outcome_unknown() -> None:
    assert UnavailableError({"h:1": "Connection refused"}).outcome_unknown is False
    assert UnavailableError({"h:1": "Socket closed"}, sent=True).outcome_unknown is True
    assert DeadlineError("KV/Put", 1.0).outcome_unknown is True
    unknown = {cls.__name__ for cls in CLASSES if issubclass(cls, ServerError) and cls.outcome_unknown}
    timeouts = {cls.__name__ for cls in CLASSES if issubclass(cls, RequestTimeoutError)}
    assert unknown == timeouts | {"StoppedError"}


def test_messages_say_what_happened_to_the_request() -> None:
    assert "nothing was sent" in str(UnavailableError({"h:1": "Connection refused"}))
    assert "h:1: Connection refused" in str(UnavailableError({"h:1": "Connection refused"}))
    assert "outcome is unknown" in str(UnavailableError({"h:1": "Socket closed"}, sent=True))
    assert (
        str(DeadlineError("KV/Put", 0.5))
        == "KV/Put: no answer within 0.5 s. If it was a write, it may have happened or not."
    )
