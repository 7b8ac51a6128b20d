"""Steps -> the same with a mark after each assignment to a name, where a run can see the new value.

Law: nothing else changes, so a marked program computes what the program computes. What a run does at a mark, it does
to the new value: an `Activate` says that for each name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

from lang.evaluate.active import Value
from lang.steps import form
from lang.steps.drive import Walk, drive
from lang.steps.walk import all_steps, targets_of

Activate = Mapping[str, Callable[[Value, form.Step], Value]]
"""For each name, what becomes of its new value, given that and the step."""


def marked(procedure: form.Procedure, names: Collection[str]) -> form.Procedure:
    """A scope with marks for names that are not inputs."""
    return procedure.but(body=drive(_marked(procedure.body, set(names))))


def single(parts: Sequence[form.Procedure]) -> set[str]:
    """The names with one mark, which a run passes once: not in a branch or a loop."""
    counts = Counter(step.name for part in parts for step in all_steps(part.body) if isinstance(step, form.Mark))
    at_top = {step.name for part in parts for step in part.body if isinstance(step, form.Mark)}
    return {name for name in at_top if counts[name] == 1}


def counted(left: dict[str, int]) -> Activate:
    """Counts how often a run passes the marks of each name."""

    def count(name: str) -> Callable[[Value, form.Step], Value]:
        def passed(value: Value, step: form.Step) -> Value:
            left[name] += 1
            return value

        return passed

    return {name: count(name) for name in left}


def last(activate: Activate, left: dict[str, int]) -> Activate:
    """The same, for names whose marks were counted only where a run passes the last one."""

    def only(name: str, act: Callable[[Value, form.Step], Value]) -> Callable[[Value, form.Step], Value]:
        def acted(value: Value, step: form.Step) -> Value:
            left[name] -= 1
            return value if left[name] else act(value, step)

        return acted

    return {name: only(name, act) if name in left else act for name, act in activate.items()}


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
