"""Reverse mode: each operation is recorded with its partials, and one sweep back gives all adjoints.

Law: an entry holds only operands that move and whose partial is not structurally nothing; the first contribution to an
adjoint is an assignment, each further one an addition; an adjoint that nothing contributes to contributes nothing.

An entry is one flat tuple of indices and partials, and the step it came from stands beside it in a list of its own: a
tuple of numbers alone is nothing the garbage collector has to visit (a third of the time for long tapes).

    leaf:  ()      sin(x):  (x's index, cos(x))      x * y:  (x's index, y, y's index, x)

Source: Griewank and Walther, "Evaluating Derivatives" (2008), chapter 3.2.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from lang.evaluate import rulecode
from lang.evaluate.active import Node, Value, below, is_nan, sound, worse
from lang.evaluate.rulecode import Fused
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
        self.steps: list[form.Step | None] = []
        run.recorder = None if run.tapes else self
        run.tapes.append(self.entries)

    def leaf(self, value: Value, step: form.Step | None = None) -> Node:
        """The value as a variable that derivatives are asked by."""
        self.entries.append(())
        self.steps.append(step)
        return Node(self, value, len(self.entries) - 1)

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], step: form.Step | None) -> Value:
        """A primitive on arguments of which some are on this tape."""
        if step is not None:
            self.run.current = step
        self.run.spend()
        primals = tuple(below(value, self) for value in arguments)
        result = self.run.apply(primitive, primals, step)
        active = tuple(index for index, value in enumerate(arguments) if below(value, self) is not value)
        self.run.check_differentiable(primitive, active, step)
        edges: list[tuple[int, Value]] = []
        for index in active:
            code = rulecode.partial(primitive, index)
            factor = None if code is None else code(*primals, result)
            operand = arguments[index]
            if factor is not None and isinstance(operand, Node):
                edges.append((operand.index, factor))
        if step is not None:
            self._observe(primitive, arguments, primals, result, active, edges, step)
        return self.record(result, edges, step)

    def unary(self, code: Fused, operand: Node, step: form.Step) -> Value:
        """A primitive on one operand of this tape, quickly where nothing is out of the ordinary."""
        primal = operand.primal
        if primal.__class__ is float:
            try:
                result, factor = code.first(primal)
                if factor is not None and result - result == 0.0 == factor - factor:
                    entries = self.entries
                    entries.append((operand.index, factor))
                    self.steps.append(step)
                    return Node(self, result, len(entries) - 1)
            except (ArithmeticError, ValueError):
                pass
        return self.run.apply(code.primitive, (operand,), step)

    def binary(self, code: Fused, one: Value, other: Value, step: form.Step) -> Value:
        """A primitive on two operands of which one is of some level, quickly where it is this one and all is plain."""
        entries = self.entries
        try:
            if one.__class__ is float:
                if other.primal.__class__ is float:  # type: ignore[union-attr]
                    result, factor = code.second(one, other.primal)  # type: ignore[union-attr]
                    if factor is not None and result - result == 0.0 == factor - factor:
                        entries.append((other.index, factor))  # type: ignore[union-attr]
                        self.steps.append(step)
                        return Node(self, result, len(entries) - 1)
            elif one.primal.__class__ is float:  # type: ignore[union-attr]
                if other.__class__ is float:
                    result, factor = code.first(one.primal, other)  # type: ignore[union-attr]
                    if factor is not None and result - result == 0.0 == factor - factor:
                        entries.append((one.index, factor))  # type: ignore[union-attr]
                        self.steps.append(step)
                        return Node(self, result, len(entries) - 1)
                elif one.level is other.level and other.primal.__class__ is float:  # type: ignore[union-attr]
                    result, factor, second = code.both(one.primal, other.primal)  # type: ignore[union-attr]
                    if (
                        factor is not None
                        and second is not None
                        and result - result == 0.0 == factor - factor == second - second
                    ):
                        entries.append((one.index, factor, other.index, second))  # type: ignore[union-attr]
                        self.steps.append(step)
                        return Node(self, result, len(entries) - 1)
        except (ArithmeticError, ValueError):
            pass
        return self.run.apply(code.primitive, (one, other), step)

    def record(self, result: Value, edges: Iterable[tuple[int, Value]], step: form.Step | None) -> Value:
        """A result with its parents' indices and partials; the plain result where it has no parents."""
        entry = tuple(part for edge in edges for part in edge)
        if not entry:
            return result
        self.entries.append(entry)
        self.steps.append(step or self.run.current)
        return Node(self, result, len(self.entries) - 1)

    def _observe(
        self,
        primitive: Primitive,
        arguments: tuple[Value, ...],
        primals: tuple[Value, ...],
        result: Value,
        active: tuple[int, ...],
        edges: list[tuple[int, Value]],
        step: form.Step,
    ) -> None:
        if primitive.kink is not None:
            self.run.note_kink(primitive, arguments, primals, result, active, step)
        for _, factor in edges:
            if not sound(factor):
                self.run.note_nonfinite(primitive, primals, result, step, "nan" if is_nan(factor) else "infinite")

    def sweep(self, seeds: Iterable[tuple[Value, Value]], wanted: Iterable[int]) -> dict[int, Value]:
        """Adjoints, by one pass from the last entry to the first.

        Args:
            seeds: results and their adjoints; results that are not on this tape contribute nothing.
            wanted: indices whose adjoints to keep.

        Returns:
            The adjoint of each wanted index; indices that no seed depends on are absent.
        """
        adjoints: list[Any] = [None] * len(self.entries)
        for result, seed in seeds:
            if isinstance(result, Node) and result.level is self:
                self._add(adjoints, result.index, seed)
        keep = set(wanted)
        kept: dict[int, Value] = {}
        index = len(adjoints)
        for entry in reversed(self.entries):
            index -= 1
            adjoint = adjoints[index]
            if adjoint is None:
                continue
            adjoints[index] = None
            if not entry:
                if index in keep:
                    kept[index] = adjoint
                continue
            if index in keep:
                kept[index] = adjoint
            try:
                # nearly every entry: one or two parents, all finite floats; numbers of other levels are a TypeError
                parent = entry[0]
                part = adjoint * entry[1]
                before = adjoints[parent]
                total = part if before is None else before + part
                if len(entry) == 2:
                    if total - total == 0.0 == part - part:
                        adjoints[parent] = total
                        continue
                elif len(entry) == 4 and entry[2] != parent:
                    other, more = entry[2], adjoint * entry[3]
                    before = adjoints[other]
                    whole = more if before is None else before + more
                    if total - total == 0.0 == part - part == whole - whole == more - more:
                        adjoints[parent] = total
                        adjoints[other] = whole
                        continue
            except TypeError:
                pass
            self._spread(adjoints, entry, adjoint, index)
        return kept

    def _spread(self, adjoints: list[Any], entry: tuple[Any, ...], adjoint: Value, index: int) -> None:
        """The contributions of one entry."""
        for at in range(0, len(entry), 2):
            self._contribute(adjoints, entry[at], adjoint, entry[at + 1], index)

    def _contribute(self, adjoints: list[Any], parent: int, adjoint: Value, factor: Value, index: int) -> None:
        if adjoint.__class__ is float and factor.__class__ is float:
            part: Any = adjoint * factor
            if part - part != 0.0:
                self._note(part, (adjoint, factor), index)
        else:
            part = _times(adjoint, factor)
            self._note(part, (adjoint, factor), index)
        before = adjoints[parent]
        if before is None:
            adjoints[parent] = part
            return
        if before.__class__ is float and part.__class__ is float:
            total: Any = before + part
            if total - total != 0.0:
                self._note(total, (before, part), index)
        else:
            total = _plus(before, part)
            self._note(total, (before, part), index)
        adjoints[parent] = total

    def _note(self, value: Value, parts: tuple[Value, ...], index: int) -> None:
        became = worse(value, parts)
        if became:
            self.run.note_became(self.steps[index], became)
        elif not sound(value) and sound(parts[0]) and not self.run.has_note(self.steps[index]):
            self.run.note_became(self.steps[index], worse(value, parts[:1]))

    def _add(self, adjoints: list[Any], index: int, part: Value) -> None:
        before = adjoints[index]
        adjoints[index] = part if before is None else _plus(before, part)


def _times(left: Value, right: Value) -> Value:
    return rulecode.apply(_operator("*"), (left, right))


def _plus(left: Value, right: Value) -> Value:
    return rulecode.apply(_operator("+"), (left, right))


def _operator(sign: str) -> Primitive:
    found = table().find(sign, 2)
    assert found is not None
    return found
