"""A question about a program -> its answer, whose notes are about what it needs, with both sides of its conditions.

Law: nothing is assumed about a branch that was not taken; it is run. Programs are hermetic, so that is safe. What a
side may use is bounded by what the answer took, and is never taken from what the program may use: a loop whose
condition is decided the other way may never end, and the answer stands all the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any, NamedTuple, Protocol, Self, TypeVar

from lang.errors import AdError, DerivativeError, LimitExceeded
from lang.evaluate.needed import narrow, same
from lang.evaluate.notes import CONDITION, Note, Sides, shown
from lang.evaluate.point import Point
from lang.evaluate.run import Run
from lang.evaluate.spending import Spent
from lang.steps import form

Again = Callable[[dict[form.Step, float]], Point]
"""The same question, asked with comparisons decided as if the left side were smaller (-1) or larger (1)."""

MOST = 3
"""How many conditions are looked into; each costs two more runs."""
FACTOR, AT_LEAST = 2, 20_000
"""A side may take so many times the steps of the answer, and so many in any case."""


class End(NamedTuple):
    """What the derivatives are on one side of a condition, or why there are none."""

    derivatives: dict[str, float]
    why: str = ""


def aside(run: Run) -> dict[str, Any]:
    """How to run again beside a run that has ended: the settings, and a count of its own.

    Half of the time that is left stays with the program.
    """
    limits = run.settings.limits
    spent = monotonic() - run.started
    allowed = limits._replace(
        steps=min(limits.steps, FACTOR * run.used + AT_LEAST), seconds=(spent + limits.seconds) / 2
    )
    return {"settings": run.settings.but(limits=allowed), "spent": Spent(0, run.started)}


class Program(Protocol):
    """What can be asked again, changed a little: a recipe."""

    @property
    def parts(self) -> tuple[form.Procedure, ...]: ...
    @property
    def forced(self) -> Mapping[form.Step, float]: ...
    def split(self, names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]: ...
    def but(self, **changes: Any) -> Self: ...


R = TypeVar("R", bound=Program)


def answered(program: R, of: Iterable[str], by: Sequence[str], ask: Callable[[R], tuple[Point, Run]]) -> Point:
    """An answer whose notes are about what it needs, with both sides of the conditions on its way.

    An awkward point that the answer does not need is none of it; only where one was met is the program run again
    without what is not needed.

    Args:
        program: the program with its inputs.
        of: names of results.
        by: names that derivatives are asked by. The inputs among them always stay.
        ask: the question, asked of a program; the point, and the run that it was found in.
    """
    program = program.but(wanted=frozenset(of))
    try:
        point, run = ask(program)
    except DerivativeError:
        parts = narrow(program.parts, {*of, *program.split(by)[1]})
        if same(parts, program.parts):
            raise
        return answered(program.but(parts=parts, codes={}, marked={}), of, by, ask)
    if program.forced or not point.notes:
        return point
    parts = narrow(program.parts, {*of, *program.split(by)[1]})
    if not same(parts, program.parts):
        with suppress(LimitExceeded):
            other = program.but(parts=parts, codes={}, marked={}, **aside(run))
            return point._replace(notes=answered(other, of, by, ask).notes)
    return with_sides(point, lambda forced: ask(program.but(forced=forced, **aside(run)))[0])


def with_sides(point: Point, again: Again) -> Point:
    """The same answer, its notes on conditions with the derivatives of both sides."""
    conditions = [note for note in point.notes if note.kind == CONDITION and note.step is not None]
    if not conditions:
        return point
    looked = {id(note): _looked(point, note, again) for note in conditions[:MOST]}
    return point._replace(notes=tuple(looked.get(id(note), note) for note in point.notes))


def _looked(point: Point, note: Note, again: Again) -> Note:
    assert note.step is not None
    ends = [_end(point, note.step, side, again) for side in (-1.0, 1.0)]
    sides = tuple(
        Sides(name, used, ends[0].derivatives[name], ends[1].derivatives[name])
        for name, used in point.derivatives.items()
    )
    return note.but(message=f"{note.message}; {_words(sides, ends)}", sides=sides, step=note.step)


def _end(point: Point, step: form.Step, side: float, again: Again) -> End:
    try:
        return End(again({step: side}).derivatives)
    except AdError as error:
        what = "not end" if isinstance(error, LimitExceeded) else "stop with an error"
        return End(dict.fromkeys(point.derivatives, math.nan), f"the program would {what}")


def _words(sides: tuple[Sides, ...], ends: list[End]) -> str:
    if ends[0].why and ends[0].why == ends[1].why:
        return f"with its left side smaller or larger {ends[0].why}"
    if ends[0].why or ends[1].why:
        smaller, larger = (end.why or f"it is {_one(sides, at)}" for at, end in enumerate(ends))
        return f"with its left side smaller {smaller}, larger {larger}"
    apart = [side for side in sides if side.apart]
    if not apart:
        return "both sides have the same derivative"
    each = ", ".join(f"{shown(side.below)} and {shown(side.above)}{_by(side, sides)}" for side in apart[:MOST])
    return f"with its left side smaller and larger it is {each}"


def _one(sides: tuple[Sides, ...], at: int) -> str:
    """The derivatives on the side that has any."""
    return ", ".join(f"{shown(side.above if at else side.below)}{_by(side, sides)}" for side in sides[:MOST])


def _by(side: Sides, sides: tuple[Sides, ...]) -> str:
    return f" by {side.by}" if len(sides) > 1 else ""
