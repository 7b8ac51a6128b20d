"""Counts, lists and heads as people read them.

Law: the words are name, value, number, result, line, function; nothing a person must have studied.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lang.source import Source, Span

LONGEST_QUOTE = 40


def count(number: int, word: str) -> str:
    """`no values`, `1 value`, `2 values`."""
    return f"{number} {word}" if number == 1 else f"{number or 'no'} {word}s"


def either(items: Sequence[str], last: str = "or") -> str:
    """`a`, `a or b`, `a, b or c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"


def quoted(names: Iterable[str]) -> list[str]:
    """Each name between backquotes."""
    return [f"`{name}`" for name in names]


def excerpt(source: Source, span: Span) -> str:
    """What the user wrote there, `...` where it is long or more than a line."""
    text = source.slice((span[0], min(span[1], span[0] + LONGEST_QUOTE + 1)))
    return "..." if len(text) > LONGEST_QUOTE or "\n" in text else text


def placeholders(number: int) -> str:
    """Names to take several results with: `p, q`."""
    names = ["p", "q", "r", "s"] if number <= 4 else [f"p{each}" for each in range(1, number + 1)]
    return ", ".join(names[:number])
