"""Numbers -> the words and cells of Markdown tables.

Law: a figure has three digits, no more than its rounds agree on.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.bench.clock import Timing

NONE = "–"
UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))


def duration(seconds: float) -> str:
    """A time in three digits and a unit."""
    name, size = next((each for each in UNITS if seconds >= 0.9995 * each[1]), UNITS[-1])
    return f"{digits(seconds / size)} {name}"


def digits(number: float) -> str:
    """Three digits, never with an exponent."""
    return f"{number:.0f}" if number >= 99.95 else f"{number:#.3g}".rstrip(".")


def span(timing: Timing) -> str:
    """From the quickest round to the slowest, in one unit."""
    least, most = min(timing.times), max(timing.times)
    name, size = next((each for each in UNITS if most >= 0.9995 * each[1]), UNITS[-1])
    return f"{digits(least / size)} to {digits(most / size)} {name}"


def ratio(one: Timing | None, other: Timing | None) -> str:
    """How many times as long; see `Timing.over`."""
    if one is None or other is None:
        return NONE
    found = one.over(other)
    return f"{found:.2f}" if found < 9.95 else f"{found:,.0f}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown, all columns but the first with numbers on the right."""
    lines = [head, [":---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
