"""From etcd's words to our error class: the message decides, the code does not (it changed between releases)."""

from __future__ import annotations

import re

from etcdlearn.errors import AuthOldRevisionError, DeadlineError, EtcdError, RequestTooLargeError, ServerError

# Inside a stream Go wraps the error of a call; before the sentence stands the part of etcd that speaks.
_WRAPPING = re.compile(r"^(rpc error: code = \w+ desc = )?((etcdserver|auth): )?")
# The only texts beside etcd's own list: gRPC's limit on a message, in either direction, and 3.5.1's other wording.
_TOO_LARGE = re.compile(r"^(grpc: )?(received message larger|trying to send message larger|Sent message larger)", re.I)
_ANYBODY = ("UNKNOWN", "INTERNAL", "DATA_LOSS")  # gRPC's own, too: of an answer that could not be read, for instance
_OLD_REVISION = "revision in header is old"


def says_etcd(details: str) -> bool:
    """True when a text comes from etcd and not from gRPC."""
    return _WRAPPING.sub("", details) != details or details in ServerError.by_sentence


def server_error(code: str, details: str, *, method: str = "etcd") -> EtcdError:
    """The error that etcd's answer means; a plain ``ServerError`` for a sentence that is not on its list."""
    sentence = _WRAPPING.sub("", details)
    if sentence == "context deadline exceeded":  # the server gave up first, on any code
        return DeadlineError(method, None)
    if _TOO_LARGE.match(sentence):
        return RequestTooLargeError(code, details)
    if sentence == _OLD_REVISION:
        return AuthOldRevisionError(code, details)
    error = ServerError.by_sentence.get(sentence, ServerError)(code, details)
    if type(error) is ServerError and code in _ANYBODY and not says_etcd(details):
        error.outcome_unknown = True
    return error
