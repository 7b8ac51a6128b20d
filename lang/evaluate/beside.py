"""A condition on equal values -> the derivatives on both of its sides, by running again as if it were decided so.

Law: nothing is assumed about a branch that was not taken; it is run. Programs are hermetic, so that is safe.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from lang.errors import AdError
from lang.evaluate.notes import CONDITION, Note, Sides, shown
from lang.evaluate.point import Point
from lang.steps import form

Again = Callable[[dict[form.Step, float]], Point]
"""The same question, asked with comparisons decided as if the left side were smaller (-1) or larger (1)."""

MOST = 3
"""How many conditions are looked into; each costs two more runs."""


def with_sides(point: Point, again: Again) -> Point:
    """The same answer, its notes on conditions with the derivatives of both sides."""
    conditions = [note for note in point.notes if note.kind == CONDITION and note.step is not None]
    if not conditions:
        return point
    looked = {id(note): _looked(point, note, again) for note in conditions[:MOST]}
    return point._replace(notes=tuple(looked.get(id(note), note) for note in point.notes))


def _looked(point: Point, note: Note, again: Again) -> Note:
    assert note.step is not None
    ends: list[dict[str, float]] = []
    for side in (-1.0, 1.0):
        try:
            ends.append(again({note.step: side}).derivatives)
        except AdError:
            ends.append(dict.fromkeys(point.derivatives, math.nan))
    sides = tuple(Sides(name, used, ends[0][name], ends[1][name]) for name, used in point.derivatives.items())
    return note.but(message=f"{note.message}; {_words(sides)}", sides=sides, step=note.step)


def _words(sides: tuple[Sides, ...]) -> str:
    apart = [side for side in sides if side.below != side.above]
    if not apart:
        return "both sides have the same derivative"
    each = ", ".join(
        f"{shown(side.below)} and {shown(side.above)}" + (f" ({side.by})" if len(sides) > 1 else "")
        for side in apart[:MOST]
    )
    return f"with its left side smaller and larger it is {each}"
