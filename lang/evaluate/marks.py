"""Steps -> the same with a mark after each assignment to a name, where a run can see the new value.

Law: nothing else changes, so a marked program computes what the program computes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from lang.steps import form
from lang.steps.drive import Walk, drive
from lang.steps.walk import all_steps, targets_of


def marked(procedure: form.Procedure, names: Collection[str]) -> form.Procedure:
    """A scope with marks for names that are not inputs."""
    return procedure.but(body=drive(_marked(procedure.body, set(names))))


def single(parts: Iterable[form.Procedure], name: str) -> bool:
    """Is there one mark of a name, which a run passes once: not in a branch or a loop?"""
    inside = [step for part in parts for step in all_steps(part.body) if isinstance(step, form.Mark)]
    at_top = {id(step) for part in parts for step in part.body}
    here = [step for step in inside if step.name == name]
    return len(here) == 1 and id(here[0]) in at_top


def _marked(block: form.Block, names: set[str]) -> Walk:
    """The walk that gives the steps with a mark after each assignment to one of the names."""
    out: form.Block = []
    for step in block:
        if isinstance(step, form.If):
            arms = []
            for arm in step.arms:
                setup = yield _marked(arm.setup, names)
                arms.append(form.Arm(setup, arm.condition, (yield _marked(arm.body, names)), arm.test))
            out.append(form.If(arms, (yield _marked(step.otherwise, names)), step.span))
        elif isinstance(step, form.While):
            setup = yield _marked(step.setup, names)
            body = yield _marked(step.body, names)
            out.append(form.While(setup, step.condition, body, step.test, step.span))
        elif isinstance(step, form.For):
            body = yield _marked(step.body, names)
            body[:0] = [form.Mark(step.target, step.span)] if step.target in names else []
            out.append(form.For(step.target, step.start, step.stop, step.stride, body, step.span))
        else:
            out.append(step)
            if not isinstance(step, form.Input):
                out.extend(form.Mark(name, step.span) for name in targets_of(step) if name in names)
    return out
