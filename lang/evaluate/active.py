"""Numbers that carry a derivative: what the interpreter computes with besides floats.

Law: a number belongs to exactly one derivative computation, its level. Each derivative call opens a new level with a
higher order, so of two numbers that meet, the inner derivative's is the one of higher order, and nobody's d is ever
taken for another's:

    d/dx (x * d/dy (x + y))     x: Dual(level 1)      y: Dual(level 2)      x + y: Dual(level 2, primal Dual(level 1))

Source: Siskind and Pearlmutter, "Nesting forward-mode AD in a functional framework" (2008).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from lang.rules import Primitive
from lang.steps import form


class Level(Protocol):
    """One derivative computation."""

    order: int

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], step: form.Step | None) -> Value:
        """A primitive on numbers of which at least one belongs to this level, and none to a higher one.

        `step` is the user's operation; None inside a rule, where arithmetic is IEEE and nothing is noted.
        """
        ...


class Active:
    """A number that belongs to a level; `primal` is the number of lower level it stands for."""

    __slots__ = ("level", "primal")

    def __init__(self, level: Any, primal: Value) -> None:
        self.level = level
        self.primal = primal


class Dual(Active):
    """A primal and the tangent that travels with it."""

    __slots__ = ("tangent",)

    def __init__(self, level: Level, primal: Value, tangent: Value) -> None:
        self.level = level
        self.primal = primal
        self.tangent = tangent


class Node(Active):
    """A primal and its place on a tape, its level."""

    __slots__ = ("index",)

    def __init__(self, level: Any, primal: Value, index: int) -> None:
        self.level = level
        self.primal = primal
        self.index = index


Value = float | bool | Active


def plain(value: Value) -> float:
    """The float below all levels."""
    while isinstance(value, Active):
        value = value.primal
    return value


def levels_of(value: Value) -> int:
    """How many derivative computations a number belongs to, one inside the other."""
    count = 0
    while isinstance(value, Active):
        value, count = value.primal, count + 1
    return count


def highest(values: tuple[Value, ...]) -> Level | None:
    """The innermost derivative computation that any of the values belongs to."""
    top: Any = None
    for value in values:
        if isinstance(value, Active) and (top is None or value.level.order > top.order):
            top = value.level
    found: Level | None = top
    return found


def below(value: Value, level: Level) -> Value:
    """The value as seen from the level below: its primal where it belongs to `level`."""
    return value.primal if isinstance(value, Active) and value.level is level else value


def sound(value: Value) -> bool:
    """Is the number finite, and everything it carries?"""
    pending: list[Any] = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, Active):
            pending.append(each.primal)
            if isinstance(each, Dual):
                pending.append(each.tangent)
        elif each - each != 0.0:
            return False
    return True


def is_nan(value: Value) -> bool:
    """Is the number, or anything it carries, not a number at all?"""
    pending: list[Any] = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, Active):
            pending.append(each.primal)
            if isinstance(each, Dual):
                pending.append(each.tangent)
        elif each != each:
            return True
    return False


def worse(value: Value, parts: Iterable[Value]) -> str:
    """What a number became that none of its parts was: `nan`, `infinite`, or nothing."""
    if sound(value):
        return ""
    found = list(parts)
    if is_nan(value):
        return "" if any(is_nan(part) for part in found) else "nan"
    return "infinite" if all(sound(part) for part in found) else ""
