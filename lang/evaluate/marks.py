"""Steps -> the same with a mark after each assignment to a name, where a run can see the new value.

Law: nothing else changes, so a marked program computes what the program computes.
"""

from __future__ import annotations

from collections.abc import Collection

from lang.steps import form
from lang.steps.drive import Walk, drive
from lang.steps.walk import targets_of


def marked(procedure: form.Procedure, names: Collection[str]) -> form.Procedure:
    """A scope with marks for names that are not inputs."""
    return procedure.but(body=drive(_marked(procedure.body, set(names))))


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
