"""What is inside a step, what it assigns, what it reads: the questions every walk over steps asks."""

from __future__ import annotations

from collections.abc import Iterator

from lang.clock import EVERY, look, watched
from lang.steps import form

HOLDING = frozenset({form.If, form.While, form.For})
"""The steps that hold blocks."""


def blocks_of(step: form.Step) -> tuple[form.Block, ...]:
    """The blocks inside a step."""
    if isinstance(step, form.If):
        return (*(block for arm in step.arms for block in (arm.setup, arm.body)), step.otherwise)
    if isinstance(step, form.While):
        return (step.setup, step.body)
    if isinstance(step, form.For):
        return (step.body,)
    return ()


def targets_of(step: form.Step) -> tuple[str, ...]:
    """The names a step itself gives a value."""
    if isinstance(step, form.Call):
        return step.targets
    target = getattr(step, "target", None)
    return () if target is None else (target,)


def all_steps(block: form.Block) -> Iterator[form.Step]:
    """Every step, those inside others too."""
    if HOLDING.isdisjoint([step.__class__ for step in block]):
        yield from block if len(block) <= EVERY else watched(block, "going through the steps")
        return
    pending, left = list(reversed(block)), EVERY
    while pending:
        step = pending.pop()
        yield step
        left -= 1
        if not left:
            look("going through the steps")
            left = EVERY
        if step.__class__ in HOLDING:
            for inner in reversed(blocks_of(step)):
                pending.extend(reversed(inner))


def assigned(block: form.Block) -> set[str]:
    """Every name a block gives a value."""
    found: set[str] = set()
    for step in all_steps(block):
        if step.__class__ is form.Operation:
            found.add(step.target)
        else:
            found.update(targets_of(step))
    return found


def calls_of(block: form.Block) -> list[str]:
    """The names of the functions that a block calls, each once."""
    return list(dict.fromkeys([step.function for step in all_steps(block) if isinstance(step, form.Call)]))


def calls(step: form.Step) -> bool:
    """Is something called in a step, or a derivative?"""
    return any(isinstance(each, form.Call | form.PrimitiveDerivative) for each in all_steps([step]))


def reads_of(step: form.Step) -> tuple[form.Operand, ...]:
    """What a step itself reads, before any block inside it."""
    match step:
        case form.Operation() | form.Call() | form.PrimitiveDerivative():
            return step.arguments
        case form.Comparison():
            return (step.left, step.right)
        case form.Negation() | form.Copy() | form.Push():
            return (step.source,)
        case form.Return():
            return step.values
        case form.Require():
            return (step.name,)
        case form.For():
            return (step.start, step.stop, step.stride)
        case form.Input():
            return () if step.default is None else (step.default,)
        case _:
            return ()


def conditions_of(step: form.Step) -> tuple[form.Operand, ...]:
    """What a step reads between its blocks."""
    if isinstance(step, form.If):
        return tuple(arm.condition for arm in step.arms)
    return (step.condition,) if isinstance(step, form.While) else ()
