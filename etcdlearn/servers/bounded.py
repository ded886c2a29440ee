"""Another program, run to its end within bounds: it ends with us, or when it takes too long."""

from __future__ import annotations

import os
import select
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic

from etcdlearn.servers.report import InstallError

KEPT = 200  # lines of output that are remembered for the error


def run(
    argv: Sequence[str | Path],
    *,
    cwd: Path,
    env: Mapping[str, str],
    limit: float,
    silence: Callable[[], float],
    heard: Callable[[str], None] = lambda line: None,
) -> str:
    """Run ``argv`` and return the end of what it wrote.

    Args:
        limit: seconds for the whole.
        silence: gives the seconds for which it may write nothing at this stage.
        heard: takes each line as it comes.

    Raises:
        InstallError: it cannot be run, failed, or took too long; then all of its processes were killed.
    """
    name = Path(argv[0]).name
    try:
        # A session of its own: whatever it starts can be ended with it.
        process = subprocess.Popen(
            argv,
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as exc:
        raise InstallError(f"{name} cannot be run: {exc.strerror}") from exc
    assert process.stdout is not None
    said: deque[str] = deque(maxlen=KEPT)
    with process.stdout as output:
        try:
            for line in _lines(output.fileno(), name, limit, silence):
                said.append(line)
                heard(line)
            status = process.wait(silence())
        except subprocess.TimeoutExpired as exc:
            raise InstallError(f"{name} did not end") from exc
        finally:
            if process.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    if status:
        reason = complaint(said) or f"status {status}"
        raise InstallError(f"{name} failed: {reason}", final="no space left" in reason.lower())
    return "\n".join(said)


def _lines(descriptor: int, name: str, limit: float, silence: Callable[[], float]) -> Iterator[str]:
    """Its output, line by line until it closes it."""
    until = monotonic() + limit
    rest = b""
    while True:
        left = until - monotonic()
        if left <= 0:
            raise InstallError(f"{name} took longer than {limit:g} s")
        patience = silence()
        if not select.select([descriptor], [], [], min(left, patience))[0]:
            if left > patience:
                raise InstallError(f"{name} said nothing for {patience:g} s")
            continue
        read = os.read(descriptor, 65536)
        *whole, rest = (rest + read).split(b"\n")
        yield from (line.decode(errors="replace") for line in whole)
        if not read:
            if rest:
                yield rest.decode(errors="replace")
            return


def complaint(said: Sequence[str]) -> str:
    """The last line that looks like a reason; Go's compiler names packages, pip its progress, in between."""
    lines = [line.strip() for line in said if line.strip()]
    reasons = [line for line in lines if ": " in line and not line.startswith("go: downloading")]
    return (reasons or lines or [""])[-1][:300]
