"""What an answer has to say of itself: the awkward points that a derivative passed.

Law: a note is a fact with a place. One is kept for each step and kind, however often the step meets it; its one-sided
derivatives are computed from the rule's own line a hair beside the point, not assumed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache
from itertools import product
from typing import NamedTuple

from lang.evaluate import rulecode
from lang.evaluate.active import Value, plain
from lang.fact import Telling
from lang.kernels import KERNELS
from lang.rules import Primitive
from lang.source import Source, Span
from lang.steps import form
from lang.syntax import tree
from lang.syntax.unparse import unparse

STEEP = 1e6
"""A slope, a hair beside a vertical tangent, that is on its way to infinity."""

GRID = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
"""Operands at which `jumps` looks."""

KINK, VERTICAL, NONFINITE, CONDITION = "kink", "vertical tangent", "not finite", "condition"


class Sides(NamedTuple):
    """A partial derivative at a kink: by which operand, what the convention gave, and what holds on either side."""

    by: str
    used: float
    below: float
    above: float

    @property
    def apart(self) -> bool:
        """Does the derivative depend on the side? Where there is none on either, it does not."""
        return self.below != self.above and not (self.below != self.below and self.above != self.above)


class Kink(NamedTuple):
    """What is said of a primitive at its kink: the words, both sides, and whether its value jumps there."""

    message: str
    sides: tuple[Sides, ...]
    jump: bool


class Note(Telling):
    """Something a derivative met on its way.

    Attributes:
        kind: `kink`, `vertical tangent`, `not finite`, or `condition` (a comparison of equal values).
        message: what was met and done, in words.
        span, source: the step's place.
        sides: at a kink, the one-sided derivatives by each operand that moves.
        count: how often the step met it.
        step: the step itself.
    """

    __match_args__ = ("kind", "message", "span", "source", "sides", "count")

    def __init__(
        self,
        kind: str,
        message: str,
        span: Span,
        source: Source,
        sides: tuple[Sides, ...] = (),
        count: int = 1,
        step: form.Step | None = None,
    ) -> None:
        self.kind, self.message, self.span = kind, message, span
        self.source, self.sides, self.count = source, sides, count
        self.step = step

    @property
    def line(self) -> int:
        """The line it happened on, from 1."""
        return self.source.position(self.span[0])[0]


def kink(
    primitive: Primitive, primals: tuple[Value, ...], moves: tuple[tuple[int, ...], ...]
) -> Kink | None:
    """Words and one-sided derivatives for a primitive at its kink; None where no move leaves the kink.

    Args:
        moves: the operands that move, those that can only move together in one group.
    """
    point = tuple(plain(value) for value in primals)
    at_kink = rulecode.condition(primitive, "kink")
    assert at_kink is not None
    found: list[Sides] = []
    jumps = False
    for move in moves:
        ends = [_moved(point, move, toward) for toward in (-1.0, 1.0)]
        values = [_value(primitive, end) for end in ends]
        if any(at_kink(*end, value) for end, value in zip(ends, values, strict=True)):
            continue
        slopes = [_slope(primitive, at, move) for at in (point, *ends)]
        found.append(Sides(", ".join(primitive.parameters[index] for index in move), *slopes))
        jumps = jumps or abs(values[1] - values[0]) > max(1e-6 * abs(values[1]), 1e-90)
    if not found:
        return None
    used = " and ".join(dict.fromkeys(shown(side.used) for side in found))
    sides = tuple(found)
    what = "jump" if jumps else "kink"
    return Kink(f"{place(primitive, point)} is a {what}: the derivative is {around(sides)}; used {used}", sides, jumps)


@cache
def jumps(primitive: Primitive) -> bool:
    """Does its value jump at a kink? That is asked of its kernel, on a grid with points at each kink of the table."""
    at_kink, inside = rulecode.condition(primitive, "kink"), rulecode.condition(primitive, "domain")
    if at_kink is None:
        return False
    moves = tuple((index,) for index in range(primitive.arity))
    for point in product(GRID, repeat=primitive.arity):
        if (inside is None or inside(*point, 0.0)) and at_kink(*point, _value(primitive, point)):
            found = kink(primitive, point, moves)
            if found is not None and found.jump:
                return True
    return False


def around(sides: tuple[Sides, ...]) -> str:
    """The derivatives on both sides, in words."""
    return ", ".join(dict.fromkeys(f"{shown(side.below)} below and {shown(side.above)} above" for side in sides))


def _moved(point: tuple[float, ...], move: tuple[int, ...], toward: float) -> tuple[float, ...]:
    """The point with some operands a hair to one side."""
    return tuple(
        value if index not in move else toward * 1e-100 if value == 0.0 else math.nextafter(value, toward * math.inf)
        for index, value in enumerate(point)
    )


def _value(primitive: Primitive, point: tuple[float, ...]) -> float:
    return KERNELS[primitive.name, primitive.arity](*point)


def _slope(primitive: Primitive, point: tuple[float, ...], move: tuple[int, ...]) -> float:
    """The derivative as some operands move together."""
    result = _value(primitive, point)
    codes = [rulecode.partial(primitive, index) for index in move]
    slopes = [None if code is None else code(*point, result) for code in codes]
    return sum(plain(slope) for slope in slopes if slope is not None)


def vertical(primitive: Primitive, primals: tuple[Value, ...]) -> str:
    """Words for a primitive where its tangent is vertical."""
    where = place(primitive, tuple(plain(value) for value in primals))
    return f"the tangent of {where} is vertical: the derivative is infinite"


def vertical_sides(primitive: Primitive, primals: tuple[Value, ...]) -> tuple[Sides, ...]:
    """The derivative on either side of a vertical tangent, by each operand it is infinite by.

    A hair beside the point the slope is huge but finite, so its sign tells towards which infinity it goes; where the
    primitive has no value beside the point it is nan.
    """
    point = tuple(plain(value) for value in primals)
    found = []
    for index, name in enumerate(primitive.parameters):
        used = _slope(primitive, point, (index,))
        if math.isfinite(used):
            continue
        ends = [_moved(point, (index,), toward) for toward in (-1.0, 1.0)]
        found.append(Sides(name, used, *(_towards(primitive, end, index) for end in ends)))
    return tuple(found)


def _towards(primitive: Primitive, end: tuple[float, ...], index: int) -> float:
    if not math.isfinite(_value(primitive, end)):
        return math.nan
    slope = _slope(primitive, end, (index,))
    return math.copysign(math.inf, slope) if abs(slope) > STEEP else slope


def shown(value: float) -> str:
    """A number as messages write it: whole numbers without a point."""
    if isinstance(value, bool):
        return "true" if value else "false"
    whole = math.isfinite(value) and value == int(value) and abs(value) < 1e15
    return str(int(value)) if whole else repr(value)


def place(primitive: Primitive, point: tuple[float, ...]) -> str:
    """A primitive on its arguments' values, as a program writes it: `sqrt(0)`, `(-8)**0.5`."""
    return _applied(primitive, [_literal(value) for value in point])


def head(primitive: Primitive) -> str:
    """A primitive on its operands, as its line writes it: `sqrt(a)`, `a ** b`."""
    return _applied(primitive, [tree.Name(name, (0, 0)) for name in primitive.parameters])


def _applied(primitive: Primitive, arguments: list[tree.Expression]) -> str:
    return unparse(tree.Apply(primitive.name, tuple(arguments), (0, 0), (0, 0)))


def _literal(value: float) -> tree.Expression:
    if not isinstance(value, bool) and value < 0:
        return tree.Apply("-", (_literal(-value),), (0, 0), (0, 0))
    return tree.Number(value, shown(value), (0, 0))


def merged(runs: Iterable[Iterable[Note]]) -> tuple[Note, ...]:
    """The notes of several runs of one program, each once; of the same note, one that tells of a difference."""
    found: dict[tuple[str, str, Span], Note] = {}
    for note in (note for notes in runs for note in notes):
        key = (note.kind, note.source.name, note.span)
        if key not in found or (_differs(note) and not _differs(found[key])):
            found[key] = note
    return tuple(found.values())


def _differs(note: Note) -> bool:
    """Does a derivative depend on the side? One run may know of a difference where the others see none."""
    return any(side.apart for side in note.sides)
