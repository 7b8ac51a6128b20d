"""A block -> what its conditions are computed from and nothing else is.

Law: found by names, in one scope: a value that is read anywhere else is not only compared.

    while abs(r) > 1e-12:       # t1 = abs(r) is only compared
        r = r / 2
"""

from __future__ import annotations

from lang.clock import watched
from lang.steps import form
from lang.steps.walk import assigned, reads_of


def compared(block: form.Block) -> list[form.Block]:
    """The setups of conditions, inside the block too, whose values only their condition reads."""
    setups: list[form.Block] = []
    read: set[form.Operand] = set()
    pending = [block]
    while pending:
        for step in watched(pending.pop(), "looking for what is compared"):
            read.update(reads_of(step))
            if isinstance(step, form.If):
                setups += [arm.setup for arm in step.arms]
                pending += [*(arm.body for arm in step.arms), step.otherwise]
            elif isinstance(step, form.While):
                setups.append(step.setup)
                pending.append(step.body)
            elif isinstance(step, form.For):
                pending.append(step.body)
    return [setup for setup in setups if setup and read.isdisjoint(assigned(setup))]
