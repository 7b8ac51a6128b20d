"""Reverse mode: each operation is recorded with its partials, and one sweep back gives all adjoints.

Law: an entry holds only operands that move and whose partial is not structurally nothing; the first contribution to an
adjoint is an assignment, each further one an addition; an adjoint that nothing contributes to contributes nothing.

An entry is one flat tuple, shortest for what is most frequent:

    leaf:  (step,)      sin(x):  (step, x's index, cos(x))      x * y:  (step, x's index, y, y's index, x)

Source: Griewank and Walther, "Evaluating Derivatives" (2008), chapter 3.2.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from lang.evaluate import rulecode
from lang.evaluate.active import Node, Value, below, plain
from lang.rules import Primitive, table
from lang.steps import form

if TYPE_CHECKING:
    from lang.evaluate.run import Run


class Tape:
    """One reverse derivative computation: the record, and the sweep."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.order = run.next_order()
        self.entries: list[tuple[Any, ...]] = []
        run.tapes.append(self.entries)

    def leaf(self, value: Value, step: form.Step | None = None) -> Node:
        """The value as a variable that derivatives are asked by."""
        self.entries.append((step,))
        return Node(self, value, len(self.entries) - 1)

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], step: form.Step | None) -> Value:
        """A primitive on arguments of which some are on this tape."""
        primals = tuple(below(value, self) for value in arguments)
        result = self.run.apply(primitive, primals, step)
        active = tuple(index for index, value in enumerate(arguments) if below(value, self) is not value)
        self.run.check_differentiable(primitive, active, step)
        edges: list[tuple[int, Value]] = []
        for index in active:
            code = rulecode.partial(primitive, index)
            factor = code and code(*primals, result)
            if factor is not None:
                edges.append((arguments[index].index, factor))  # type: ignore[union-attr]
        if step is not None:
            self._observe(primitive, arguments, primals, result, active, edges, step)
        return self.record(result, edges, step)

    def record(self, result: Value, edges: Iterable[tuple[int, Value]], step: form.Step | None) -> Value:
        """A result with its parents' indices and partials; the plain result where it has no parents."""
        entry = (step, *(part for edge in edges for part in edge))
        if len(entry) == 1:
            return result
        self.entries.append(entry)
        return Node(self, result, len(self.entries) - 1)

    def _observe(
        self, primitive: Primitive, arguments: tuple[Value, ...], primals: tuple[Value, ...], result: Value,
        active: tuple[int, ...], edges: list[tuple[int, Value]], step: form.Step,
    ) -> None:
        if primitive.kink is not None:
            self.run.note_kink(primitive, arguments, primals, result, active, step)
        for _, factor in edges:
            value = plain(factor)
            if value - value != 0.0:
                self.run.note_nonfinite(primitive, primals, result, step, value)

    def sweep(self, seeds: Iterable[tuple[Value, Value]], wanted: Iterable[int]) -> dict[int, Value]:
        """Adjoints, by one pass from the last entry to the first.

        Args:
            seeds: results and their adjoints; results that are not on this tape contribute nothing.
            wanted: indices whose adjoints to keep.

        Returns:
            The adjoint of each wanted index; indices that no seed depends on are absent.
        """
        entries = self.entries
        adjoints: list[Value | None] = [None] * len(entries)
        for result, seed in seeds:
            if isinstance(result, Node) and result.level is self:
                self._add(adjoints, result.index, seed)
        keep = set(wanted)
        kept: dict[int, Value] = {}
        for index in range(len(entries) - 1, -1, -1):
            adjoint = adjoints[index]
            if adjoint is None:
                continue
            adjoints[index] = None
            if index in keep:
                kept[index] = adjoint
            entry = entries[index]
            for at in range(1, len(entry), 2):
                self._contribute(adjoints, entry[at], adjoint, entry[at + 1], entry[0])
        return kept

    def _contribute(
        self, adjoints: list[Value | None], parent: int, adjoint: Value, factor: Value, step: form.Step | None
    ) -> None:
        if adjoint.__class__ is float and factor.__class__ is float:
            part: Value = adjoint * factor  # type: ignore[operator]
            if part - part != 0.0 and adjoint - adjoint == 0.0 == factor - factor:  # type: ignore[operator]
                self.run.note_overflow(step, part)  # type: ignore[arg-type]
        else:
            part = _times(adjoint, factor)
        self._add(adjoints, parent, part)

    def _add(self, adjoints: list[Value | None], index: int, part: Value) -> None:
        before = adjoints[index]
        if before is None:
            adjoints[index] = part
        elif before.__class__ is float and part.__class__ is float:
            adjoints[index] = before + part  # type: ignore[operator]
        else:
            adjoints[index] = _plus(before, part)


def _times(left: Value, right: Value) -> Value:
    return rulecode.apply(_operator("*"), (left, right))


def _plus(left: Value, right: Value) -> Value:
    return rulecode.apply(_operator("+"), (left, right))


def _operator(sign: str) -> Primitive:
    found = table().find(sign, 2)
    assert found is not None
    return found
