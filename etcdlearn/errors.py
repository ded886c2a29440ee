"""Every error that this package raises on purpose, as one tree; it imports nothing of ours.

    EtcdError                            the base of all
    ├── UnavailableError                 also a ConnectionError: no endpoint reached, or the connection broke
    ├── DeadlineError                    also a TimeoutError: the request left, no answer came in time
    ├── ClientClosedError                a call on a client or watch that was closed
    ├── RevisionWentBackError            the server lost data
    ├── ServerStartError                 a local etcd did not start
    ├── SnapshotCorruptError             a snapshot's digest does not match
    ├── SessionExpiredError  LockReleasedError  ElectionNoLeaderError  ElectionNotLeaderError
    └── ServerError                      etcd answered, and refused
        ├── EmptyKeyError, CompactedError, NoSpaceError ...    one class for each error of etcd's own list
        └── RequestTimeoutError
            └── TimeoutDueToLeaderFailError, ...

Bad arguments are no part of it: they are ``ValueError`` or ``TypeError``, raised before anything is sent.

A class below ``ServerError`` states the sentence by which etcd's answer is told from others; the classes *are* the
table (``ServerError.by_sentence``). Messages decide and codes do not: etcd has changed the codes of some errors from
one release to the next (source: ``api/v3rpc/rpctypes/error.go``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class EtcdError(Exception):
    """Base of every error that etcdlearn raises on purpose.

    Attributes:
        outcome_unknown: True where a write may or may not have happened: the request left and no answer said so.
    """

    outcome_unknown: bool = False
    rpc_error: BaseException | None = None

    def __str__(self) -> str:
        """Its text; what a terminal would obey in the words of a server or a log is escaped."""
        return "".join(
            char if char.isprintable() or char in "\n\t" else ascii(char)[1:-1] for char in super().__str__()
        )


class UnavailableError(EtcdError, ConnectionError):
    """No endpoint could be reached, or the connection broke after the request had left.

    Attributes:
        reasons: the last reason of each endpoint, by endpoint.
        outcome_unknown: False: nothing was sent. True: the request had left when the connection broke.
    """

    def __init__(self, reasons: Mapping[str, str], *, sent: bool = False, fact: str = "") -> None:
        self.reasons = dict(reasons)
        self.outcome_unknown = sent
        told = "; ".join(f"{endpoint}: {reason}" for endpoint, reason in self.reasons.items())
        if not fact and sent:
            fact = "the connection broke after the request had left, so its outcome is unknown"
        if fact:
            super().__init__(f"{fact} ({told})")
        else:
            hint = "Is the server running at this address?"
            super().__init__(f"no etcd could be reached, nothing was sent ({told}). {hint}")


class DeadlineError(EtcdError, TimeoutError):
    """The request left and no answer came in time: whether a write happened is unknown.

    Attributes:
        seconds: how long was waited; None when the server's own deadline ended the call.
    """

    outcome_unknown = True

    def __init__(self, what: str, seconds: float | None, *, hint: str = "") -> None:
        self.seconds = seconds
        span = "in time" if seconds is None else f"within {seconds:g} s"
        super().__init__(f"{what}: no answer {span}. {hint or 'If it was a write, it may have happened or not.'}")


class ClientClosedError(EtcdError):
    """A call on a client, or on a watch, that was closed before."""


class RevisionWentBackError(EtcdError):
    """The server's revision or cluster id went back: what was seen before was lost, or replaced by something else.

    Attributes:
        known: the store's revision as it was seen before.
        now: its revision now.
    """

    def __init__(self, known: int, now: int, *, other: bool = False) -> None:
        self.known = known
        self.now = now
        fact = "another cluster answers" if other else "data were lost"
        super().__init__(
            f"{fact}: the store was at revision {known}, and is at {now}. Read anew, and watch from there."
        )


class ServerStartError(EtcdError):
    """A local etcd did not start.

    Attributes:
        fact: what went wrong, without the advice.
        log: the end of what the server wrote, "" when it wrote nothing.
    """

    def __init__(self, fact: str, *, hint: str = "", log: str = "") -> None:
        self.fact = fact
        self.log = log
        super().__init__(f"{fact.rstrip('.')}. {hint}" if hint else fact)


class SnapshotCorruptError(EtcdError):
    """A snapshot did not arrive whole: its digest is not the one that etcd appended."""


class SessionExpiredError(EtcdError):
    """The session's lease is gone."""


class LockReleasedError(EtcdError):
    """The lock is not held: it was released, or its lease is gone."""


class ElectionNoLeaderError(EtcdError):
    """Nobody leads this election now."""


class ElectionNotLeaderError(EtcdError):
    """This candidate does not lead."""


class ServerError(EtcdError):
    """etcd answered and refused. A sentence that has no class of its own stays a plain ``ServerError``.

    Attributes:
        code: the gRPC status name, as in "INVALID_ARGUMENT".
        message: the server's words, as sent.
        rpc_error: gRPC's own error, for the curious; None when the refusal came inside a stream.
    """

    sentence: ClassVar[str] = ""
    hint: ClassVar[str] = ""
    by_sentence: ClassVar[dict[str, type[ServerError]]] = {}

    def __init_subclass__(cls) -> None:
        ServerError.by_sentence[cls.sentence] = cls

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"{message}. {self.hint}" if self.hint else message)


class EmptyKeyError(ServerError):
    """An empty key without ``prefix`` or ``from_key``."""

    sentence = "key is not provided"
    hint = 'For all keys give prefix=True with the key ""'


class KeyNotFoundError(ServerError):
    """``ignore_value`` or ``ignore_lease`` on a key that does not exist, or an empty operation in a transaction."""

    sentence = "key not found"


class ValueProvidedError(ServerError):
    """``ignore_value`` together with a value."""

    sentence = "value is provided"
    hint = 'With ignore_value=True the value must be ""'


class LeaseProvidedError(ServerError):
    """``ignore_lease`` together with a lease."""

    sentence = "lease is provided"
    hint = "With ignore_lease=True leave the lease out"


class TooManyOpsError(ServerError):
    """More operations or compares in one transaction than ``--max-txn-ops`` (128)."""

    sentence = "too many operations in txn request"


class DuplicateKeyError(ServerError):
    """One transaction would write the same key twice."""

    sentence = "duplicate key given in txn request"


class InvalidClientAPIVersionError(ServerError):
    """The metadata ``client-api-version`` cannot be read."""

    sentence = "invalid client api version"


class InvalidSortOptionError(ServerError):
    """A sort target or order that etcd does not have."""

    sentence = "invalid sort option"


class CompactedError(ServerError):
    """The revision asked for is older than the compaction.

    Attributes:
        compact_revision: the oldest revision that can still be read; 0 where etcd did not say (only watches say it).
    """

    sentence = "mvcc: required revision has been compacted"
    compact_revision: int = 0


class FutureRevisionError(ServerError):
    """The revision asked for has not happened yet."""

    sentence = "mvcc: required revision is a future revision"


class NoSpaceError(ServerError):
    """The database reached its quota: writes are refused until it is compacted, defragmented and disarmed."""

    sentence = "mvcc: database space exceeded"


class RequestTooLargeError(ServerError):
    """The request is larger than ``--max-request-bytes`` (1.5 MiB), or than gRPC's limit above it."""

    sentence = "request is too large"


class TooManyRequestsError(ServerError):
    """The server is behind with applying what it has accepted."""

    sentence = "too many requests"


class LeaseNotFoundError(ServerError):
    """No such lease: never granted, revoked or expired."""

    sentence = "requested lease not found"


class LeaseExistsError(ServerError):
    """A lease with this id exists."""

    sentence = "lease already exists"


class LeaseTTLTooLargeError(ServerError):
    """A TTL above 9,000,000,000 seconds."""

    sentence = "too large lease TTL"


class WatchCanceledError(ServerError):
    """The server ended a watch without a reason of its own list."""

    sentence = "watch canceled"


class MemberNotFoundError(ServerError):
    """No member has this id."""

    sentence = "member not found"


class MemberExistsError(ServerError):
    """A member has this id already."""

    sentence = "member ID already exist"


class PeerURLExistsError(ServerError):
    """A member has this peer URL already."""

    sentence = "Peer URLs already exists"


class MemberNotEnoughStartedError(ServerError):
    """The change would leave too few started members for a quorum."""

    sentence = "re-configuration failed due to not enough started members"


class MemberBadURLsError(ServerError):
    """A peer URL that cannot be used."""

    sentence = "given member URLs are invalid"


class MemberLearnerNotReadyError(ServerError):
    """The learner has not caught up with the leader yet."""

    sentence = "can only promote a learner member which is in sync with leader"


class MemberNotLearnerError(ServerError):
    """Only a learner can be promoted."""

    sentence = "can only promote a learner member"


class TooManyLearnersError(ServerError):
    """The cluster has as many learners as it may have."""

    sentence = "too many learner members in cluster"


class ClusterIdMismatchError(ServerError):
    """The request is meant for another cluster."""

    sentence = "cluster ID mismatch"


class RootUserNotExistError(ServerError):
    """Auth needs a user ``root`` before it can be enabled."""

    sentence = "root user does not exist"


class RootRoleNotExistError(ServerError):
    """Auth needs the role ``root`` on the user ``root``."""

    sentence = "root user does not have root role"


class UserAlreadyExistError(ServerError):
    """A user has this name already."""

    sentence = "user name already exists"


class UserEmptyError(ServerError):
    """No user was named, while auth is on."""

    sentence = "user name is empty"


class UserNotFoundError(ServerError):
    """No user has this name."""

    sentence = "user name not found"


class RoleAlreadyExistError(ServerError):
    """A role has this name already."""

    sentence = "role name already exists"


class RoleNotFoundError(ServerError):
    """No role has this name."""

    sentence = "role name not found"


class RoleEmptyError(ServerError):
    """A role needs a name."""

    sentence = "role name is empty"


class AuthFailedError(ServerError):
    """Wrong user or wrong password; etcd does not say which."""

    sentence = "authentication failed, invalid user ID or password"


class PermissionDeniedError(ServerError):
    """The user has no role that allows this."""

    sentence = "permission denied"


class PermissionNotGivenError(ServerError):
    """A grant without a permission."""

    sentence = "permission not given"


class RoleNotGrantedError(ServerError):
    """The user does not have this role."""

    sentence = "role is not granted to the user"


class PermissionNotGrantedError(ServerError):
    """The role does not have this permission."""

    sentence = "permission is not granted to the role"


class AuthNotEnabledError(ServerError):
    """Auth is off."""

    sentence = "authentication is not enabled"


class InvalidAuthTokenError(ServerError):
    """The token is unknown or has expired."""

    sentence = "invalid auth token"


class InvalidAuthMgmtError(ServerError):
    """A change that would lock everybody out, such as deleting root while auth is on."""

    sentence = "invalid auth management"


class AuthOldRevisionError(ServerError):
    """Users or roles changed since the token was given."""

    sentence = "revision of auth store is old"


class NoLeaderError(ServerError):
    """The cluster has no leader now."""

    sentence = "no leader"


class NotLeaderError(ServerError):
    """The member that was asked does not lead."""

    sentence = "not leader"


class LeaderChangedError(ServerError):
    """The leader changed while the request was under way."""

    sentence = "leader changed"


class NotCapableError(ServerError):
    """The cluster's version does not have this feature yet."""

    sentence = "not capable"


class StoppedError(ServerError):
    """The server stopped while the request was under way."""

    sentence = "server stopped"
    outcome_unknown = True  # etcd says it also to a proposal that it had already handed to Raft


class RequestCanceledError(ServerError):
    """The request was canceled."""

    sentence = "request canceled"


class RequestTimeoutError(ServerError):
    """The cluster did not agree in time; a write may or may not have happened."""

    sentence = "request timed out"
    outcome_unknown = True


class TimeoutDueToLeaderFailError(RequestTimeoutError):
    """As above, probably because the leader failed."""

    sentence = "request timed out, possibly due to previous leader failure"


class TimeoutDueToConnectionLostError(RequestTimeoutError):
    """As above, probably because members lost each other."""

    sentence = "request timed out, possibly due to connection lost"


class TimeoutWaitAppliedIndexError(RequestTimeoutError):
    """As above: the member is behind with applying the log."""

    sentence = "request timed out, waiting for the applied index took too long"


class UnhealthyClusterError(ServerError):
    """Too few members are healthy for this change."""

    sentence = "unhealthy cluster"


class CorruptError(ServerError):
    """Members disagree about the data."""

    sentence = "corrupt cluster"


class BadLeaderTransfereeError(ServerError):
    """Leadership cannot move to this member."""

    sentence = "bad leader transferee"


class NotSupportedForLearnerError(ServerError):
    """A learner does not answer this call."""

    sentence = "rpc not supported for learner"


class WrongDowngradeVersionFormatError(ServerError):
    """The target version cannot be read."""

    sentence = "wrong downgrade target version format"


class InvalidDowngradeTargetVersionError(ServerError):
    """The target version is not one minor version lower."""

    sentence = "invalid downgrade target version"


class ClusterVersionUnavailableError(ServerError):
    """The cluster's version is not known yet."""

    sentence = "cluster version not found during downgrade"


class DowngradeInProcessError(ServerError):
    """A downgrade is under way already."""

    sentence = "cluster has a downgrade job in progress"


class NoInflightDowngradeError(ServerError):
    """No downgrade is under way."""

    sentence = "no inflight downgrade job"
