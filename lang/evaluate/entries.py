"""What a tape holds: an entry for each operation that was recorded, in order.

Law: it knows no rules, only what came of them. An entry is one flat tuple of indices and partials, and the step it came
from stands beside it in a list of its own: a tuple of numbers alone is nothing the garbage collector has to visit (a
third of the time for long tapes).

    leaf:  ()      sin(x):  (x's index, cos(x))      x * y:  (x's index, y, y's index, x)

A stretch of steps recorded at one stroke is one entry, the way back through it (`way`); its values stand in one flat
list, the indices of what came into it in another.
"""

from __future__ import annotations

from typing import Any

from lang.evaluate.active import Node, Value
from lang.evaluate.way import Way
from lang.steps import form

ENTRY_BYTES = 200
"""What an entry of its own costs: its tuple, its partials, the node that stands for it; in bytes."""
PLACE_BYTES = 8
"""What a place for an adjoint costs."""


class Entries:
    """A record that grows.

    Attributes:
        entries: tuples, and ways back through stretches.
        steps: the step of each; None for a stretch, and inside rules.
        values: those of all stretches.
        ends: for all stretches, the indices of what came in and moves.
        count: how many places for adjoints there are.
        told: numbers that are nan, of which a note says where that began: partials by them tell nothing new.
    """

    def __init__(self) -> None:
        self.entries: list[Any] = []
        self.steps: list[form.Step | None] = []
        self.values: list[float] = []
        self.ends: list[int] = []
        self.count = 0
        self.told: set[int] = set()
        self._stretches = self._inside = self._bytes = 0

    def size(self) -> int:
        """About how many bytes it takes, with the adjoints of a sweep."""
        alone = len(self.entries) - self._stretches
        return alone * ENTRY_BYTES + self._bytes + self.count * PLACE_BYTES

    def length(self) -> int:
        """How many operations and leaves are recorded."""
        return self.count + self._inside

    def leaf(self, value: Value, step: form.Step | None = None) -> Node:
        """The value as a variable that derivatives are asked by."""
        self.entries.append(())
        self.steps.append(step)
        self.count = count = self.count + 1
        return Node(self, value, count - 1)

    def node(self, entry: tuple[Any, ...], value: Value, step: form.Step | None) -> Node:
        """A number with an entry of its own: (index of a parent, partial by it, ...)."""
        self.entries.append(entry)
        self.steps.append(step)
        self.count = count = self.count + 1
        return Node(self, value, count - 1)

    def extend(self, way: Way, values: list[float], ends: list[int]) -> int:
        """Record a stretch: the way back, its values, the indices of what came in and moves. Gives its first index."""
        base = self.count
        if way.steps:
            places = len(way.places)
            self.entries.append(way)
            self.steps.append(None)
            self.values += values
            self.ends += ends
            self.count = base + places
            self._stretches += 1
            self._inside += len(way.steps) - places
            self._bytes += way.bytes
        return base
