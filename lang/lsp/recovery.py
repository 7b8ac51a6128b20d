"""A text with several mistakes -> all of them, a statement at a time.

Law: a statement that is wrong is told once, and the others are read as if it were right: in its place stands one that
gives its names a value and says nothing else, letter for letter as long, so that every place in the text stays.

    z = sine(x)         z = 0
    while q < 3:        while 0<1:
"""

from __future__ import annotations

import re

from lang.clock import within
from lang.entry import prepare
from lang.errors import AdError, LimitExceeded
from lang.limits import Limits
from lang.source import Source

MOST = 20
"""Mistakes that are told at once."""
PATIENCE = 2.0
"""Seconds after the first mistake in which others are looked for; each costs another reading of the text."""
TARGETS = re.compile(r"\s*([^\W\d]\w*(?:\s*,\s*[^\W\d]\w*)*)\s*(?:\*\*|[-+*/])?=(?!=)")
INPUT = re.compile(r"\s*[^\W\d]\w*\s*=\s*\?")
HEAD = re.compile(r"(\s*)(if|elif|while)\b.*:")
FUNCTION = re.compile(r"(\s*)([^\W\d]\w*)\s*\(([^()]*)\)\s*=(?!=)")


def problems(source: Source, limits: Limits, first: AdError) -> list[AdError]:
    """Everything that is wrong with a text before it runs, in the order of its places; what is found in time.

    Args:
        first: what stopped it.
    """
    with within(PATIENCE):
        return _problems(source, limits, first)


def _problems(source: Source, limits: Limits, first: AdError) -> list[AdError]:
    found: list[AdError] = []
    healed: set[int] = set()
    error: AdError | None = first
    while error is not None and len(found) < MOST:
        line = _line(source, error)
        if found and isinstance(error, LimitExceeded) and error.limit == "seconds":
            break
        if line in healed:
            break
        found.append(error)
        text = None if line is None else _without(source, line)
        if line is None or text is None:
            break
        healed.add(line)
        source = Source(text, source.name)
        error = _error(source, limits)
    return sorted(found, key=lambda each: each.span or (0, 0))


def _error(source: Source, limits: Limits) -> AdError | None:
    """The first thing that is wrong with a text."""
    try:
        prepare(source, limits)
    except AdError as error:
        return error
    return None


def _line(source: Source, error: AdError) -> int | None:
    """The line of a mistake, from 0; None where it has no place in this text."""
    if error.span is None or error.span[0] > len(source.text):
        return None
    return source.position(error.span[0])[0] - 1


def _without(source: Source, number: int) -> str | None:
    """The text with another statement in a line, as long as the one before; None where none fits."""
    lines = source.text.split("\n")
    line = lines[number]
    harmless = _harmless(line)
    if len(harmless) > len(line):
        return None
    lines[number] = harmless.ljust(len(line))
    return "\n".join(lines)


def _harmless(line: str) -> str:
    """A statement that gives the names of a line a value, where it names any."""
    indent = line[: len(line) - len(line.lstrip())]
    head = HEAD.match(line)
    if head:
        return f"{head[1]}{head[2]} 0<1:"
    function = FUNCTION.match(line)
    if function:
        return f"{function[1]}{function[2]}({function[3]})=0"
    if INPUT.match(line):
        return line.split("=")[0] + "=?"
    targets = TARGETS.match(line)
    if targets:
        names = [each.strip() for each in targets[1].split(",")]
        return f"{indent}{','.join(names)}={','.join('0' for _ in names)}"
    return f"{indent}0" if line.strip() else line


__all__ = ["problems"]
