"""Forward mode: each number travels with its tangent (dual numbers).

Law: a tangent is the rule's line with only the moving operands' differentials left. A number that does not move is
a plain number of the level below, never a dual number with tangent 0.

Source: Griewank and Walther, "Evaluating Derivatives" (2008), chapter 3.1.
"""

from __future__ import annotations

from lang.evaluate import rulecode
from lang.evaluate.active import Dual, Value, sound, worse
from lang.evaluate.derivation import Derivation
from lang.evaluate.rulecode import Fused
from lang.rules import Primitive
from lang.steps import form


class Forward(Derivation):
    """One forward derivative computation."""

    def seed(self, value: Value, tangent: Value = 1.0) -> Dual:
        """The value, moving with this tangent."""
        return Dual(self, value, tangent)

    def tangent(self, value: Value) -> Value:
        """How a value moves in this computation; 0 where it does not."""
        return value.tangent if isinstance(value, Dual) and value.level is self else 0.0

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], step: form.Step | None) -> Value:
        """A primitive on arguments of which some move at this level."""
        primals, result, active = self.beneath(primitive, arguments, step)
        code = rulecode.differential(primitive, active)
        tangents = [value.tangent for value in arguments if isinstance(value, Dual) and value.level is self]
        tangent = None if code is None else code(*primals, result, *tangents)
        if step is not None and tangent is not None and not sound(tangent):
            self.run.note_nonfinite(primitive, primals, result, step, worse(tangent, tangents))
        return result if tangent is None else Dual(self, result, tangent)

    def unary(self, code: Fused, operand: Dual, step: form.Step) -> Value:
        """A primitive on one operand of this level, quickly where nothing is out of the ordinary."""
        primal, tangent = operand.primal, operand.tangent
        if primal.__class__ is float and tangent.__class__ is float:
            try:
                result, moved = code.tangent_first(primal, tangent)
                if moved is not None and result - result == 0.0 == moved - moved:
                    return Dual(self, result, moved)
            except (ArithmeticError, ValueError):
                pass
        return self.run.apply(code.primitive, (operand,), step)

    def binary(self, code: Fused, one: Value, other: Value, step: form.Step) -> Value:
        """A primitive on two operands of which one is of some level, quickly where it is this one and all is plain."""
        try:
            if one.__class__ is float:
                result, moved = code.tangent_second(one, other.primal, other.tangent)  # type: ignore[union-attr]
            elif other.__class__ is float:
                result, moved = code.tangent_first(one.primal, other, one.tangent)  # type: ignore[union-attr]
            elif one.level is other.level:  # type: ignore[union-attr]
                result, moved = code.tangent_both(one.primal, other.primal, one.tangent, other.tangent)  # type: ignore[union-attr]
            else:
                return self.run.apply(code.primitive, (one, other), step)
            if moved is not None and result - result == 0.0 == moved - moved:
                return Dual(self, result, moved)
        except (ArithmeticError, ValueError, TypeError):
            pass
        return self.run.apply(code.primitive, (one, other), step)

    def combine(self, procedure_result: Value, tangent: Value | None) -> Value:
        """The result of a ruled function and its tangent as one number."""
        return procedure_result if tangent is None else Dual(self, procedure_result, tangent)
