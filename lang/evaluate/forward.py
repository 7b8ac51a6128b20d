"""Forward mode: each number travels with its tangent (dual numbers).

Law: a tangent is the rule's line with only the moving operands' differentials left. A number that does not move is
a plain number of the level below, never a dual number with tangent 0.

Source: Griewank and Walther, "Evaluating Derivatives" (2008), chapter 3.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lang.evaluate import rulecode
from lang.evaluate.active import Dual, Value, below, plain
from lang.rules import Primitive
from lang.steps import form

if TYPE_CHECKING:
    from lang.evaluate.run import Run


class Forward:
    """One forward derivative computation."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.order = run.next_order()

    def seed(self, value: Value, tangent: Value = 1.0) -> Dual:
        """The value, moving with this tangent."""
        return Dual(self, value, tangent)

    def tangent(self, value: Value) -> Value:
        """How a value moves in this computation; 0 where it does not."""
        return value.tangent if isinstance(value, Dual) and value.level is self else 0.0

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], step: form.Step | None) -> Value:
        """A primitive on arguments of which some move at this level."""
        primals = tuple(below(value, self) for value in arguments)
        result = self.run.apply(primitive, primals, step)
        active = tuple(index for index, value in enumerate(arguments) if below(value, self) is not value)
        self.run.check_differentiable(primitive, active, step)
        code = rulecode.differential(primitive, active)
        tangents = [value.tangent for value in arguments if isinstance(value, Dual) and value.level is self]
        tangent = code and code(*primals, result, *tangents)
        if step is not None:
            self._observe(primitive, arguments, primals, result, active, tangents, tangent, step)
        return result if tangent is None else Dual(self, result, tangent)

    def _observe(
        self, primitive: Primitive, arguments: tuple[Value, ...], primals: tuple[Value, ...], result: Value,
        active: tuple[int, ...], tangents: list[Value], tangent: Value | None, step: form.Step,
    ) -> None:
        if primitive.kink is not None:
            self.run.note_kink(primitive, arguments, primals, result, active, step)
        if tangent is None:
            return
        value = plain(tangent)
        if value - value != 0.0 and all(plain(each) - plain(each) == 0.0 for each in tangents):
            self.run.note_nonfinite(primitive, primals, result, step, value)

    def combine(
        self, procedure_result: Value, tangent: Value | None
    ) -> Value:
        """The result of a ruled function and its tangent as one number."""
        return procedure_result if tangent is None else Dual(self, procedure_result, tangent)
