"""The lines of one LLVM function on lanes, as they are being written.

Law: lines are text, in order; every value has a fresh name. What is written as a line on numbers becomes the line on
lanes (`value`, `put`); what is not on lanes is written as it is (`plain`, `add`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from lang.backend.rows.line import on_lanes


def call(function: str, arguments: Sequence[str]) -> str:
    """A call with numbers."""
    return f"call double @{function}({', '.join(f'double {each}' for each in arguments)})"


class LaneWriter:
    """Writes the lines of one function on lanes."""

    def __init__(self, lanes: int) -> None:
        self.lanes = lanes
        self.entry: list[str] = []
        self.lines: list[str] = []
        self.numbers = count()
        self._known: dict[str, str] = {}

    def fresh(self) -> str:
        """A new value's name."""
        return f"%v{next(self.numbers)}"

    def label(self) -> str:
        """A new block's name."""
        return f"b{next(self.numbers)}"

    def add(self, line: str) -> None:
        """A line as it is."""
        self.lines.append(line)

    def plain(self, expression: str) -> str:
        """A line with a value that is not on lanes; its name."""
        name = self.fresh()
        self.lines.append(f"{name} = {expression}")
        return name

    def value(self, expression: str) -> str:
        """A line with a value on lanes; its name."""
        return self.plain(on_lanes(expression, self.lanes))

    def once(self, expression: str) -> str:
        """The same, written once where it is asked for twice."""
        if expression not in self._known:
            self._known[expression] = self.value(expression)
        return self._known[expression]

    def forget(self) -> None:
        """What was written is not certain to have run."""
        self._known.clear()

    def slot(self, kind: str) -> str:
        """Room for a value; where it is."""
        name = self.fresh()
        self.entry.append(f"{name} = alloca {kind}")
        return name

    def cell(self, kind: str, value: str) -> str:
        """Room for a value on lanes that loops change, with what is in it at first."""
        name = self.slot(on_lanes(kind, self.lanes))
        self.put(kind, value, name)
        return name

    def put(self, kind: str, value: str, cell: str) -> None:
        """A new value for a cell."""
        self.add(on_lanes(f"store {kind} {value}, ptr {cell}", self.lanes))

    def branch(self, condition: str, label: str) -> None:
        """Go elsewhere when a condition holds; else go on."""
        on = self.label()
        self.add(f"br i1 {condition}, label %{label}, label %{on}, !prof !0")
        self.add(f"{on}:")
