"""A run -> its steps with the partials that a tape has of them, or with the tangents of dual numbers.

Law: partials and tangents are those of the domain that runs; a call whose inside is not told gets the products along
what the tape kept of it, summed over its paths.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

from lang.evaluate.active import Active, Dual, Level, Node, Value, plain
from lang.evaluate.course import Context
from lang.evaluate.run import Run
from lang.evaluate.tape import Tape
from lang.evaluate.watching import Operand, Seen, Watching
from lang.source import Source
from lang.steps import form

MADE_BYTES = 800
"""What a step that was made costs, in bytes, with the facts that are made of it when the run is over (measured)."""


@dataclass(slots=True)
class Made:
    """One step that was made; the fields are those of `record.Node`."""

    name: str
    kind: str
    step: form.Step
    value: float | bool
    operands: tuple[int | None, ...]
    edges: tuple[tuple[int, float], ...]
    active: bool
    context: Context | None
    source: Source
    text: str
    reads: tuple[int, ...]


class Recording(Watching):
    """Keeps each step with its operands and partials, as a tape has them.

    Args:
        run: the run.
        tape: the tape that inputs are put on.
        most: how many steps may be made; None for no bound.
    """

    def __init__(self, run: Run, tape: Tape, most: int | None = None) -> None:
        super().__init__(run, most)
        self.tape = tape
        self.made: list[Made] = []
        self.origin: dict[int, int] = {}
        run.tapes.append(lambda: len(self.made) * MADE_BYTES)

    def keep(self, seen: Seen) -> None:
        """Keep a step."""
        value = seen.value
        edges = self._edges(seen.kind, seen.operands, value) if isinstance(value, Node) else ()
        if isinstance(value, Node):
            self.origin.setdefault(value.index, self.count)
        number = value if isinstance(value, bool) else plain(value)
        nodes = tuple(node for node, _ in seen.operands)
        self.made.append(
            Made(
                seen.name,
                seen.kind,
                seen.step,
                number,
                nodes,
                edges,
                isinstance(value, Active),
                seen.context,
                self.run.source,
                seen.text,
                seen.reads,
            )
        )

    def changed(self, node: int, value: Value) -> None:
        """A value became one that derivatives are asked by."""
        if isinstance(value, Node):
            self.origin.setdefault(value.index, node)
            self.made[node].active = True

    def _edges(self, kind: str, operands: tuple[Operand, ...], value: Node) -> tuple[tuple[int, float], ...]:
        if kind == "input":
            return ()
        if kind == "operation":
            return _matched(self.tape.entries[value.index], operands)
        if kind == "call":
            return self._collapsed(value.index, operands)
        node = operands[0][0]
        return () if node is None else ((node, 1.0),)

    def _collapsed(self, index: int, operands: tuple[Operand, ...]) -> tuple[tuple[int, float], ...]:
        """The partials of a call by the nodes before it: products along what the tape kept of its inside, summed."""
        adjoints: dict[int, Any] = {index: 1.0}
        pending = [-index]
        found: dict[int, float] = {}
        while pending:
            at = -heappop(pending)
            adjoint = adjoints.pop(at)
            if at in self.origin:
                found[self.origin[at]] = adjoint
                continue
            entry = self.tape.entries[at]
            for place in range(0, len(entry), 2):
                parent, part = entry[place], adjoint * entry[place + 1]
                if parent not in adjoints:
                    heappush(pending, -parent)
                adjoints[parent] = adjoints[parent] + part if parent in adjoints else part
        named = {
            value.index: node for node, value in operands if isinstance(value, Node) and node is not None
        }
        renamed = {self.origin[place]: node for place, node in named.items()}
        return tuple(sorted((renamed.get(node, node), partial) for node, partial in found.items()))


class Moving(Watching):
    """Keeps each step's tangent, as dual numbers of one level have it."""

    def __init__(self, run: Run, level: Level, most: int | None = None) -> None:
        super().__init__(run, most)
        self.level = level
        self.tangents: list[float | None] = []

    def keep(self, seen: Seen) -> None:
        """Keep a step's tangent."""
        self.tangents.append(self._tangent(seen.value))

    def changed(self, node: int, value: Value) -> None:
        """A value became one that moves."""
        self.tangents[node] = self._tangent(value)

    def _tangent(self, value: Value) -> float | None:
        moves = isinstance(value, Dual) and value.level is self.level
        return plain(value.tangent) if moves else None  # type: ignore[union-attr]


def _matched(entry: tuple[Any, ...], operands: tuple[Operand, ...]) -> tuple[tuple[int, float], ...]:
    """The partials of an operation by the nodes of its operands; the tape has them in the operands' order."""
    found: list[tuple[int, float]] = []
    place = 0
    for node, value in operands:
        if place < len(entry) and isinstance(value, Node) and value.index == entry[place]:
            assert node is not None
            found.append((node, plain(entry[place + 1])))
            place += 2
    return tuple(found)
