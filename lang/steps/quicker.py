"""Steps -> the same steps with quicker primitives that give the same bits: `x ** 2` is written `x * x`.

Law: which primitive stands for which says the table of the kernels, nothing else. What is named in errors and listings
is what the user wrote, so only what compiles and exports asks for this.
"""

from __future__ import annotations

from lang.kernels import SAME
from lang.rules import table
from lang.steps import form
from lang.steps.rewrite import Rewriting

_NAMES = frozenset(name for name, _ in SAME)


def quicker(step: form.Operation) -> form.Operation:
    """The operation that computes the same, or the operation itself."""
    found = SAME.get((step.primitive.name, step.primitive.arity))
    if found is None or (found.last is not None and step.arguments[-1] != found.last):
        return step
    primitive = table().find(*found.key)
    assert primitive is not None
    return form.Operation(step.target, primitive, tuple(step.arguments[each] for each in found.operands), step.span)


class Quicker(Rewriting):
    """Writes blocks and functions with quicker primitives."""

    def step(self, step: form.Step, out: form.Block) -> None:
        """As `Rewriting.step`."""
        if isinstance(step, form.Operation) and step.primitive.name in _NAMES:
            step = quicker(step)
        out.append(step)
