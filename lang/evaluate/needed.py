"""A program's steps -> those that some results need.

Law: what is left gives the same values. A step stays if something that stays reads what it gives; one with blocks
inside stays or goes as a whole. Inputs and functions always stay, and so does whatever touches a stack.
"""

from __future__ import annotations

from collections.abc import Iterable

from lang.clock import watched
from lang.steps import form
from lang.steps.reach import Reach
from lang.steps.walk import all_steps, assigned, calls_of, conditions_of, reads_of, targets_of
from lang.syntax import tree
from lang.syntax.walk import subexpressions


def narrow(parts: tuple[form.Procedure, ...], targets: Iterable[str]) -> tuple[form.Procedure, ...]:
    """The parts with only their inputs, their functions, and the steps that the targets need."""
    functions = _Functions(step.procedure for part in parts for step in part.body if isinstance(step, form.Define))
    reach = Reach(lambda name: functions.reads.get(name, ()), functions.called_by)
    live = set(targets)
    kept: list[form.Procedure] = []
    for part in reversed(parts):
        block = [
            step
            for step in watched(part.body[::-1], "looking for the steps that are needed")
            if _stays(step, live, reach)
        ]
        kept.append(part.but(body=block[::-1]))
    return tuple(reversed(kept))


def same(parts: tuple[form.Procedure, ...], others: tuple[form.Procedure, ...]) -> bool:
    """Was nothing left out?"""
    return all(len(part.body) == len(other.body) for part, other in zip(parts, others, strict=True))


class _Functions:
    """What functions read of the program themselves, and what they call; a name may have several meanings."""

    def __init__(self, procedures: Iterable[form.Procedure]) -> None:
        self.reads: dict[str, set[str]] = {}
        self.calls: dict[str, set[str]] = {}
        for each in procedures:
            reads, calls = self.reads.setdefault(each.name, set()), self.calls.setdefault(each.name, set())
            reads.update(each.reads)
            calls.update(calls_of(each.body))
            if each.rule is not None:
                reads.update(each.rule.reads)
                calls.update(
                    node.function
                    for node in subexpressions(each.rule.right)
                    if isinstance(node, tree.Apply | tree.Derivative)
                )

    def called_by(self, function: str) -> list[str]:
        """The functions of the program that a function calls itself."""
        return [each for each in self.calls.get(function, ()) if each in self.reads]


def _stays(step: form.Step, live: set[str], reach: Reach[str]) -> bool:
    """Is a step needed for the names that are live after it? Those that are live before it are left in `live`."""
    whole = isinstance(step, form.If | form.While | form.For)
    inside = list(all_steps([step])) if whole else [step]
    if isinstance(step, form.Require):
        wanted = step.name in live
    elif isinstance(step, form.Define | form.Input):
        wanted = True
    else:
        gives = assigned([step]) if whole else targets_of(step)
        wanted = not live.isdisjoint(gives) or any(isinstance(each, form.Push | form.Pop) for each in inside)
    if wanted:
        if not whole:
            live.difference_update(targets_of(step))
        for each in inside:
            live.update(name for name in (*reads_of(each), *conditions_of(each)) if isinstance(name, str))
            if isinstance(each, form.Call):
                live |= reach.of(each.function)
    return wanted
