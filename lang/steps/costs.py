"""Steps -> what they count against the limit of steps.

Law: every engine counts the same: what computes, copies or checks a value, saves one, calls or returns is a step; so is
each look at whether a `for` goes on. What is inside a block counts when it runs. Steps that stand nowhere in the
program (`FREE`) do not.
"""

from __future__ import annotations

from lang.steps import form

COUNTED = frozenset({
    form.Operation, form.Comparison, form.Negation, form.Copy, form.Require, form.Push, form.Call, form.Return,
})  # fmt: skip
TURN = 1
"""What a look at whether a `for` goes on counts."""


def counts(step: form.Step) -> bool:
    """Is it a step that counts? What is done for one of the program's steps is none, wherever it is written out."""
    return step.__class__ in COUNTED and step.span[0] >= 0


def counted(block: form.Block) -> int:
    """What a block counts, but for the blocks inside it."""
    return sum(map(counts, block))
