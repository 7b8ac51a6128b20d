"""A program and some of its results -> which conditions of a run decided the way to them.

Law: a condition decides if its block is there in the program without what the results do not need, and so is each call
that it was met in. So a loop below a result that is about other names has nothing to do with it:

    z = x * x
    while w < 100:      # not on the way to z
        w = 2 * w
"""

from __future__ import annotations

from collections.abc import Iterable

from lang.evaluate.course import Context
from lang.evaluate.needed import narrow
from lang.steps import form
from lang.steps.walk import all_steps

TOLD = form.Call | form.Comparison | form.Negation


class Deciding:
    """Asks of conditions whether they decided the way to some results.

    Args:
        parts: the program.
        targets: the names of the results.
    """

    def __init__(self, parts: tuple[form.Procedure, ...], targets: Iterable[str]) -> None:
        self._kept: set[form.Step] = set()
        for part in narrow(parts, targets):
            self._keep(part)
        self._there: dict[Context | None, bool] = {None: True}

    def _keep(self, part: form.Procedure) -> None:
        for step in all_steps(part.body):
            if isinstance(step, TOLD):
                self._kept.add(step)
            elif isinstance(step, form.Define):
                self._keep(step.procedure)

    def __call__(self, step: form.Step, context: Context | None) -> bool:
        """Did this condition, met there, decide the way?"""
        return step in self._kept and self._met(context)

    def _met(self, context: Context | None) -> bool:
        """Are all calls around it there?"""
        unknown: list[Context] = []
        while context not in self._there:
            assert context is not None
            unknown.append(context)
            context = context.outer
        found = self._there[context]
        for each in reversed(unknown):
            found = found and (each.kind != "call" or each.step in self._kept)
            self._there[each] = found
        return found
