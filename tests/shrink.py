"""A program that fails -> the smallest one that still fails: whole statements are left out while the failure stays.

Law: blocks go as a whole or are replaced by what stands inside them, so every trial is a text that could be written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator


def shrunk(text: str, fails: Callable[[str], bool]) -> str:
    """The smallest program of the failure.

    Args:
        text: a program that fails.
        fails: does a text still fail? Errors of the trial itself count as not failing.
    """
    lines = text.splitlines()
    smaller: list[str] | None = lines
    while smaller is not None:
        lines = smaller
        smaller = next((each for each in _trials(lines) if _fails(fails, each)), None)
    return "\n".join(lines) + "\n"


def _fails(fails: Callable[[str], bool], lines: list[str]) -> bool:
    try:
        return fails("\n".join(lines) + "\n")
    except Exception:  # a trial may be no program at all
        return False


def _trials(lines: list[str]) -> Iterator[list[str]]:
    """The program without each of its statements, and with each block in place of its head; the last ones first."""
    for start in range(len(lines) - 1, -1, -1):
        end = start + 1
        while end < len(lines) and _indent(lines[end]) > _indent(lines[start]):
            end += 1
        yield lines[:start] + lines[end:]
        if end > start + 1:
            less = _indent(lines[start + 1]) - _indent(lines[start])
            yield lines[:start] + [each[less:] for each in lines[start + 1 : end]] + lines[end:]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
