"""One derivative computation, forward or reverse: what both do with an operation on numbers of theirs.

Law: the value of an operation is that of the level below; a derivative changes no value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lang.evaluate.active import Value, below
from lang.rules import Primitive
from lang.steps import form

if TYPE_CHECKING:
    from lang.evaluate.run import Run


class Derivation:
    """A derivative computation of a run."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.order = run.next_order()

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], step: form.Step | None) -> Value:
        """As `active.Level` has it."""
        raise NotImplementedError

    def beneath(
        self, primitive: Primitive, arguments: tuple[Value, ...], step: form.Step | None
    ) -> tuple[tuple[Value, ...], Value, tuple[int, ...]]:
        """An operation on the level below: its operands there, its result, and which of the operands move here.

        Raises:
            DerivativeError: one that moves has no derivative, or the operation is at a kink and the policy is `error`.
        """
        run = self.run
        if step is not None:
            run.current = step
        run.spend()
        primals = tuple(below(value, self) for value in arguments)
        result = run.apply(primitive, primals, step)
        active = tuple(index for index, value in enumerate(arguments) if below(value, self) is not value)
        run.check_differentiable(primitive, active, step)
        if step is not None and primitive.kink is not None:
            run.note_kink(primitive, arguments, primals, result, active, step)
        return primals, result, active
