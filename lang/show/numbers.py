"""A value -> its digits: the shortest that read back as the same number, whole numbers without a point.

Law: what is shown can be written into a program again, so the formatter's spelling is used.
"""

from __future__ import annotations

from collections.abc import Iterable

from lang.steps.wording import rounded
from lang.syntax.unparse import number as spelled


def number(value: float | bool, digits: int | None = None) -> str:
    """A value as people read it: `6`, `0.5`, `1e300`, `true`, `nan`; to so many digits, or all."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if digits is not None:
        value = rounded(float(value), digits)
    return spelled(float(value))


def numbers(values: Iterable[float | bool]) -> str:
    """Several values, with commas."""
    return ", ".join(map(number, values))


def halves(digits: str) -> tuple[str, str]:
    """A number's text before its point, and the rest: what decimal alignment lines up."""
    whole, point, rest = digits.partition(".")
    if point:
        return whole, point + rest
    whole, mark, rest = digits.partition("e")
    return (whole, mark + rest) if mark and rest[-1:].isdigit() else (digits, "")
