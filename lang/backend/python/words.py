"""A step -> the words it is written with: what it reads, what it only copies.

Law: a name that is read twice here has no other text put in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lang.steps import form


def read(step: form.Step) -> list[str]:
    """The names that a step reads."""
    operands: Sequence[Any] = ()
    if step.__class__ is form.Operation:  # nearly all are, and each is asked several times
        return [each for each in step.arguments if isinstance(each, str)]
    if isinstance(step, form.Call):
        operands = step.arguments
    elif isinstance(step, form.Comparison):
        operands = (step.left, step.right)
    elif isinstance(step, form.Negation | form.Copy | form.Push):
        operands = (step.source,)
    elif isinstance(step, form.Require):
        operands = (step.name, step.name)
    elif isinstance(step, form.If):
        operands = [arm.condition for arm in step.arms]
    elif isinstance(step, form.While):
        operands = (step.condition, step.condition)
    elif isinstance(step, form.For):
        operands = (step.start, step.stop, step.stride)
    elif isinstance(step, form.Return):
        operands = step.values
    return [each for each in operands if isinstance(each, str)]


def copied_by(step: form.Step, ones: set[form.Operand]) -> str | float | None:
    """What a step copies, where that is all it does; a product with 1 is the other factor, to the last bit."""
    if isinstance(step, form.Copy):
        return None if isinstance(step.source, bool) else step.source
    if isinstance(step, form.Operation) and step.primitive.name == "*":
        for one, other in (step.arguments, step.arguments[::-1]):
            if one in ones and not isinstance(one, bool):
                return other
    return None


def sources_of(step: form.Step, waiting: dict[str, set[str]]) -> set[str]:
    """The stored names in a step's right side, through those that wait in it."""
    found: set[str] = set()
    for name in read(step):
        found |= set(waiting[name]) if name in waiting else {name}
    return found
