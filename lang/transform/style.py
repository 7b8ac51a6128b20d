"""How derivative programs are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lang.rules import Primitive, restrict
from lang.syntax import tree


@dataclass(frozen=True)
class Style:
    """How derivative programs are written.

    Args:
        fold: fold constants and drop `* 1` (False: the bare substitution).
        lecture: the rules as lecture slides print them.
        separate: the derivative statements alone.
        taped: contributions to adjoints as a tape makes them, to the last bit: a partial, times the adjoint, and of
            several the last statement's first. It reads less well and computes a little more.
        whole: functions keep every statement, also what their results do not need.
    """

    fold: bool = True
    lecture: bool = False
    separate: bool = False
    taped: bool = False
    whole: bool = False

    @property
    def shares(self) -> bool:
        """Is a call that a rule makes twice made once? The bare rules and the lecture's are written as they are."""
        return self.fold and not self.lecture

    def differential(self, primitive: Primitive, active: Sequence[int]) -> tree.Expression | None:
        """A rule's right side for some moving operands, in this style."""
        if self.lecture and primitive.lecture is not None:
            kept = {primitive.differentials[index] for index in active}
            return restrict(primitive.lecture, kept, primitive.differentials)
        return primitive.restricted(active)


Seeds = Mapping[str, float | None]
"""The seed of each name; None leaves it open (`dx = ?`)."""
