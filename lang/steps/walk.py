"""What is inside a step, and what it assigns: the two questions every walk over steps asks."""

from __future__ import annotations

from collections.abc import Iterator

from lang.steps import form


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
    pending = list(reversed(block))
    while pending:
        step = pending.pop()
        yield step
        for inner in reversed(blocks_of(step)):
            pending.extend(reversed(inner))


def assigned(block: form.Block) -> set[str]:
    """Every name a block gives a value."""
    return {target for step in all_steps(block) for target in targets_of(step)}
