"""A derivative, and what came with it."""

from __future__ import annotations

from typing import NamedTuple

from lang.evaluate.notes import Note


class Point(NamedTuple):
    """Where a derivative was taken and what came of it.

    Attributes:
        values: the results, by name.
        derivatives: what was asked: tangents by result, or adjoints by input.
        notes: the awkward points on the way.
    """

    values: dict[str, float]
    derivatives: dict[str, float]
    notes: tuple[Note, ...]
