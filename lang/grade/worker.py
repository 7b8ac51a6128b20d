"""`python -m lang.grade.worker`: a process that marks submissions, each in a child of its own.

Law: a submission runs in a process that dies with it, under limits of the system (CPU seconds, memory, no files)
besides those of the language; what it can reach is the text it came with, nothing else; what comes back is one line
of JSON, made by this project's own code.

    stdin    the exercise, pickled by our own parent, in hexadecimal; then one JSON object a line: {"path", "student"}
    stdout   "ready", then one JSON object a line: a grade's facts

Where the system can fork, a child is forked for each submission, so that the exercise is read and worked out once. This
process has one thread, whatever the process that started it has (a web server, a notebook), so forking it is safe.
Where it cannot (`--once`), this process marks one submission and ends, and the parent has the next one warm already.
"""

from __future__ import annotations

import errno
import gc
import json
import os
import pickle
import select
import signal
import stat
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from lang.grade.exercise import Exercise
from lang.grade.facts import STOPPED, Finding, Item
from lang.grade.grade import Grade
from lang.grade.marking import Marker, faulty

FORKS = hasattr(os, "fork")
CPU_SECONDS, WALL_SECONDS = 30, 45
MOST_MARKERS = 64
"""Variants of an exercise that are kept ready."""
MEMORY = 1 << 30
"""Address space of a child, in bytes, beyond what its parent already has."""
MOST_BYTES = 8 << 20
"""Of a submission that are read, and of an answer that is taken."""
STOPPED_WORDS = "the submission was stopped: it used more time or memory than a submission has"


def as_json(grade: Grade) -> dict[str, Any]:
    """A grade as data that goes through a pipe."""
    return asdict(grade)


def from_json(facts: dict[str, Any]) -> Grade:
    """The grade that `as_json` wrote."""
    facts = dict(facts)
    facts["items"] = tuple(Item(**each) for each in facts["items"])
    facts["findings"] = tuple(
        Finding(**{**each, "reads": tuple(each["reads"]), "detail": tuple((a, b) for a, b in each["detail"])})
        for each in facts["findings"]
    )
    return Grade(**facts)


def main(once: bool = not FORKS) -> int:
    """Read jobs from stdin until it ends.

    Args:
        once: mark one submission in this process and end, where no child can be forked.
    """
    jobs, answers = sys.stdin.buffer, sys.stdout.buffer
    exercise: Exercise = pickle.loads(bytes.fromhex(jobs.readline().decode().strip()))  # noqa: S301  # from our own parent
    markers = Markers(exercise)
    if not exercise.variants.choices:
        markers.of("")
    gc.collect()
    gc.freeze()
    answers.write(b"ready\n")
    answers.flush()
    for line in jobs:
        job = json.loads(line)
        made = _marked(markers, job["path"], job["student"], once)
        answers.write(json.dumps(as_json(made)).encode() + b"\n")
        answers.flush()
        if once:
            break
    return 0


class Markers:
    """The markers of an exercise's variants, each made once.

    Args:
        exercise: the exercise.
    """

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.made: dict[tuple[str, str], Marker] = {}

    def of(self, student: str) -> Marker:
        """The marker for a student."""
        variant = self.exercise.variant(student)
        key = variant.program, variant.template
        if key not in self.made:
            while len(self.made) >= MOST_MARKERS:
                self.made.pop(next(iter(self.made)))
            self.made[key] = Marker(variant)
            self.made[key].standard.warm()
        return self.made[key]


def _marked(markers: Markers, path: str, student: str, once: bool) -> Grade:
    try:
        data = contents(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return faulty(markers.exercise, path, student, f"cannot read the file: {reason}")
    marker = markers.of(student)
    if once:
        _restrict()
        return _grade(marker, data, path, student)
    return _in_a_child(marker, data, path, student)


def contents(path: str) -> bytes:
    """The first bytes of a file that is one: no link to somebody else's, no pipe, no device.

    Raises:
        OSError: it is none, or cannot be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if os.path.islink(path):
        raise OSError(errno.ELOOP, "it is a link to another file")
    file = os.open(path, flags)
    with os.fdopen(file, "rb") as stream:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError(errno.EINVAL, "it is no ordinary file")
        return stream.read(MOST_BYTES)


def _in_a_child(marker: Marker, data: bytes, path: str, student: str) -> Grade:
    """Mark a submission in a child; kill it when its time is over."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _be_a_child(marker, data, path, student, reading, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as answers:
        answer = _until(answers, time.monotonic() + WALL_SECONDS)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    try:
        return from_json(json.loads(answer))
    except (ValueError, TypeError, KeyError):
        return faulty(marker.exercise, path, student, STOPPED_WORDS, STOPPED)


def _until(answers: BinaryIO, deadline: float) -> bytes:
    """What comes through a pipe until it ends, or its time or size is over."""
    found = b""
    while len(found) <= MOST_BYTES:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([answers], [], [], left)[0]:
            return b""
        piece = os.read(answers.fileno(), 1 << 16)
        if not piece:
            return found
        found += piece
    return b""


def _be_a_child(marker: Marker, data: bytes, path: str, student: str, reading: int, writing: int) -> None:
    """Mark one submission, say so, and end without any of the parent's farewells."""
    code = 1
    try:
        os.close(reading)
        void = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(void, stream)
        _restrict()
        answer = json.dumps(as_json(_grade(marker, data, path, student))).encode()
        while answer:
            answer = answer[os.write(writing, answer) :]
        code = 0
    finally:
        os._exit(code)


def _grade(marker: Marker, data: bytes, path: str, student: str) -> Grade:
    """The grade; a fault of the grader is said to be one."""
    try:
        return marker.grade(data, path, student)
    except MemoryError:
        return faulty(marker.exercise, path, student, STOPPED_WORDS, STOPPED)
    except Exception as error:
        return faulty(marker.exercise, path, student, f"the grader has a fault ({type(error).__name__})")


def _restrict() -> None:
    """Limits of the system for this process; a system without one goes without it."""
    try:
        import resource
    except ImportError:
        return

    used = 0
    with suppress(OSError, ValueError, IndexError):
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    for kind, bound in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, used + MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (bound, bound))


if __name__ == "__main__":
    sys.exit(main("--once" in sys.argv or not FORKS))
