"""Reverse mode: each operation is recorded with its partials, and one sweep back gives all adjoints.

Law: an entry holds only operands that move and whose partial is not structurally nothing; the first contribution to an
adjoint is an assignment, each further one an addition; an adjoint that nothing contributes to contributes nothing.

Source: Griewank and Walther, "Evaluating Derivatives" (2008), chapter 3.2.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from lang.evaluate import rulecode
from lang.evaluate.active import Node, Value, is_nan, sound
from lang.evaluate.derivation import Derivation
from lang.evaluate.entries import Entries
from lang.evaluate.rulecode import Fused
from lang.evaluate.sweep import Sweep
from lang.rules import Primitive
from lang.steps import form

if TYPE_CHECKING:
    from lang.evaluate.run import Run


class Tape(Derivation, Entries):
    """One reverse derivative computation: the record, and the sweep."""

    def __init__(self, run: Run) -> None:
        Derivation.__init__(self, run)
        Entries.__init__(self)
        run.recorder = None if run.tapes else self
        run.tapes.append(self.size)

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], step: form.Step | None) -> Value:
        """A primitive on arguments of which some are on this tape."""
        primals, result, active = self.beneath(primitive, arguments, step)
        edges: list[tuple[int, Value]] = []
        for index in active:
            code = rulecode.partial(primitive, index)
            factor = None if code is None else code(*primals, result)
            operand = arguments[index]
            if factor is not None and isinstance(operand, Node):
                edges.append((operand.index, factor))
        told = any(index in self.told for index, _ in edges)
        if step is not None and not told:
            for _, factor in edges:
                if not sound(factor):
                    became = "nan" if is_nan(factor) else "infinite"
                    self.run.note_nonfinite(primitive, primals, result, step, became)
                    told = True
        found = self.record(result, edges, step)
        if told and is_nan(result) and isinstance(found, Node):
            self.told.add(found.index)
        return found

    def unary(self, code: Fused, operand: Node, step: form.Step) -> Value:
        """A primitive on one operand of this tape, quickly where nothing is out of the ordinary."""
        primal = operand.primal
        if primal.__class__ is float:
            try:
                result, factor = code.first(primal)
                if factor is not None and result - result == 0.0 == factor - factor:
                    return self.node((operand.index, factor), result, step)
            except (ArithmeticError, ValueError):
                pass
        return self.run.apply(code.primitive, (operand,), step)

    def binary(self, code: Fused, one: Value, other: Value, step: form.Step) -> Value:
        """A primitive on two operands of which one is of some level, quickly where it is this one and all is plain."""
        try:
            if one.__class__ is float:
                if other.primal.__class__ is float:  # type: ignore[union-attr]
                    result, factor = code.second(one, other.primal)  # type: ignore[union-attr]
                    if factor is not None and result - result == 0.0 == factor - factor:
                        return self.node((other.index, factor), result, step)  # type: ignore[union-attr]
            elif one.primal.__class__ is float:  # type: ignore[union-attr]
                if other.__class__ is float:
                    result, factor = code.first(one.primal, other)  # type: ignore[union-attr]
                    if factor is not None and result - result == 0.0 == factor - factor:
                        return self.node((one.index, factor), result, step)  # type: ignore[union-attr]
                elif one.level is other.level and other.primal.__class__ is float:  # type: ignore[union-attr]
                    result, factor, second = code.both(one.primal, other.primal)  # type: ignore[union-attr]
                    if (
                        factor is not None
                        and second is not None
                        and result - result == 0.0 == factor - factor == second - second
                    ):
                        return self.node((one.index, factor, other.index, second), result, step)  # type: ignore[union-attr]
        except (ArithmeticError, ValueError):
            pass
        return self.run.apply(code.primitive, (one, other), step)

    def record(self, result: Value, edges: Iterable[tuple[int, Value]], step: form.Step | None) -> Value:
        """A result with its parents' indices and partials; the plain result where it has no parents."""
        entry = tuple(part for edge in edges for part in edge)
        if not entry:
            return result
        return self.node(entry, result, step or self.run.current)

    def sweep(self, seeds: Iterable[tuple[Value, Value]], wanted: Iterable[int]) -> dict[int, Any]:
        """Adjoints, by one pass from the last entry to the first.

        Args:
            seeds: results and their adjoints; results that are not on this tape contribute nothing.
            wanted: indices whose adjoints to keep.

        Returns:
            The adjoint of each wanted index; indices that no seed depends on are absent.
        """
        sweep = Sweep(self, self.run, wanted)
        for result, seed in seeds:
            sweep.seed(result, seed)
        return sweep.back()
