"""How far a store is compacted: etcd has no call that tells, so it is asked by what it refuses."""

from __future__ import annotations

from etcdlearn.client.client import Client
from etcdlearn.errors import CompactedError

PATIENCE = 5.0  # seconds for each answer


def find_compaction(client: Client, oldest: int = 1, timeout: float = PATIENCE) -> int:
    """The compact revision if it is above ``oldest``, else 0: a refused read tells of one, a watch tells where.

    Raises:
        UnavailableError, DeadlineError, ServerError: the server did not answer, or refused.
    """
    try:
        client.get(b"\0", revision=oldest, count_only=True, timeout=timeout)
    except CompactedError:
        with client.watch(b"\0", start_revision=oldest, timeout=timeout) as watch:
            try:
                watch.get(timeout=timeout)
            except CompactedError as exc:
                return exc.compact_revision
    return 0
