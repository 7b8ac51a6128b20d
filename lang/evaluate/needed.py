"""A program's steps -> those that some results need.

Law: what is left gives the same values. A step is kept when in doubt: all functions are, and so is whatever they read,
and whatever touches a stack.
"""

from __future__ import annotations

from collections.abc import Iterable

from lang.clock import watched
from lang.steps import form
from lang.steps.walk import all_steps, assigned


def narrow(parts: tuple[form.Procedure, ...], targets: Iterable[str]) -> tuple[form.Procedure, ...]:
    """The parts with only their inputs, their functions, and the steps that the targets need."""
    wanted = set(targets)
    for step in (each for part in parts for each in part.body):
        if isinstance(step, form.Define):
            wanted.update(step.procedure.reads, step.procedure.rule.reads if step.procedure.rule else ())
    kept: list[form.Procedure] = []
    for part in reversed(parts):
        block: form.Block = []
        for step in watched(part.body[::-1], "looking for the steps that are needed"):
            if isinstance(step, form.Define | form.Input) or _gives(step) & wanted:
                block.append(step)
                wanted |= _reads(step)
        kept.append(part.but(body=block[::-1]))
    return tuple(reversed(kept))


def _gives(step: form.Step) -> set[str]:
    """The names that a step gives a value or checks; what is on a stack is everybody's."""
    inside = all_steps([step])
    if any(isinstance(each, form.Push | form.Pop) for each in inside):
        return _EVERY
    return {step.name} if isinstance(step, form.Require) else assigned([step])


class _Every(set[str]):
    def __and__(self, other: object) -> set[str]:
        return {"everything"}


_EVERY = _Every()


def _reads(step: form.Step) -> set[str]:
    """Every name that stands in a step."""
    found: set[str] = set()
    for each in all_steps([step]):
        holders = [each, *(each.arms if isinstance(each, form.If) else ())]
        for holder in holders:
            for name in holder.__match_args__:
                value = getattr(holder, name)
                found.update(one for one in (value if isinstance(value, tuple) else (value,)) if isinstance(one, str))
    return found


def same(parts: tuple[form.Procedure, ...], others: tuple[form.Procedure, ...]) -> bool:
    """Was nothing left out?"""
    return all(len(part.body) == len(other.body) for part, other in zip(parts, others, strict=True))
