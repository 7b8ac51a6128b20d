"""How much a run may use before it is stopped: the bounds every engine keeps.

Law: a bound is on by default and is never larger than a person would wait for.
"""

from __future__ import annotations

from typing import NamedTuple

MEBIBYTE = 1 << 20
SAVED_BYTES = 40
"""What a value that a program saves counts against `tape_bytes`, on every engine."""

FURTHER = 64
"""How many times the limit of steps derivatives may take, inside a run or as a program of their own, whose program
keeps within it."""


class Limits(NamedTuple):
    """Bounds of one run.

    Args:
        steps: primitive operations executed; those that derivatives take besides are not counted.
        seconds: wall-clock time.
        depth: nested calls of the program's own functions.
        tape_bytes: memory of a reverse sweep's record, in bytes (an estimate, checked while recording).
        source_chars: length of the program's text, in characters.
        nesting: how deep parentheses, calls and blocks may stand inside each other.
    """

    steps: int = 100_000_000
    seconds: float = 30.0
    depth: int = 1_000
    tape_bytes: int = 2048 * MEBIBYTE
    source_chars: int = 50_000_000
    nesting: int = 100_000

    @staticmethod
    def untrusted() -> Limits:
        """The tighter bounds for other people's programs, as a course's grader runs them."""
        return Limits(
            steps=1_000_000,
            seconds=5.0,
            depth=100,
            tape_bytes=512 * MEBIBYTE,
            source_chars=100_000,
            nesting=100,
        )


def further(limits: Limits) -> Limits:
    """The same for a derivative program whose program keeps within them."""
    return limits._replace(steps=FURTHER * limits.steps)
