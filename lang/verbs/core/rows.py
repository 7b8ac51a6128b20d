"""Several runs -> one table: their numbers as an array, their notes without repeats."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lang.evaluate.active import Value, plain
from lang.evaluate.notes import CONDITION, Note, merged
from lang.evaluate.point import Point
from lang.evaluate.recipe import Recipe
from lang.steps import form


class Lazy:
    """Rows of numbers that become a NumPy array when a Python caller takes them; NumPy is not imported before."""

    def __init__(self, rows: Iterable[Iterable[float]]) -> None:
        self.rows = tuple(tuple(row) for row in rows)

    def array(self) -> Any:
        """The rows as an array of shape (rows, columns)."""
        import numpy

        return numpy.array(self.rows, dtype=float)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """What NumPy takes it for; it is a new array each time."""
        return self.array() if dtype is None else self.array().astype(dtype)

    def __repr__(self) -> str:
        return repr(self.array())


def array(rows: Iterable[Iterable[float]]) -> Lazy:
    """Rows that become an array when asked."""
    return Lazy(rows)


def merged_notes(points: Iterable[Point]) -> tuple[Note, ...]:
    """The notes of several runs of one program, each once."""
    return merged(point.notes for point in points)


def with_conditions(notes: tuple[Note, ...], whole: Callable[[], Iterable[Point]]) -> tuple[Note, ...]:
    """The notes of runs by one name each, those on conditions by all names at once, which decide them together.

    Args:
        whole: the points of the same question, asked by all names.
    """
    if not any(note.kind == CONDITION for note in notes):
        return notes
    told = {note.span: note for note in merged_notes(whole()) if note.kind == CONDITION}
    return tuple(told.get(note.span, note) if note.kind == CONDITION else note for note in notes)


def at_point(recipe: Recipe) -> dict[str, float]:
    """The values of the inputs: one run."""
    point: dict[str, float] = {}

    def keep(name: str) -> Callable[[Value, form.Step], Value]:
        def kept(value: Value, step: form.Step) -> Value:
            point[name] = plain(value)
            return value

        return kept

    recipe.start(lambda run: {name: keep(name) for name in recipe.inputs()})
    return point
