"""Steps -> those that some names need.

Law: a step stays if something that stays reads what it gives; one with blocks inside stays or goes as a whole. Inputs
and functions always stay.
"""

from __future__ import annotations

from collections.abc import Mapping

from lang.steps import form
from lang.steps.walk import all_steps, assigned, conditions_of, reads_of, targets_of


def needed(steps: form.Block, live: set[str], functions: Mapping[str, form.Procedure]) -> form.Block:
    """The steps that names live after them need; `live` becomes what is needed before them."""
    kept: form.Block = []
    for step in reversed(steps):
        whole = isinstance(step, form.If | form.While | form.For)
        gives = assigned([step]) if whole else set(targets_of(step))
        wanted = not live.isdisjoint(gives) or isinstance(step, form.Input | form.Define | form.Push | form.Pop)
        if isinstance(step, form.Require):
            wanted = step.name in live
        if not wanted:
            continue
        kept.append(step)
        if not whole:
            live -= gives
        for each in all_steps([step]):
            _read(each, live, functions)
    return kept[::-1]


def _read(step: form.Step, live: set[str], functions: Mapping[str, form.Procedure]) -> None:
    live.update(each for each in (*reads_of(step), *conditions_of(step)) if isinstance(each, str))
    pending = [step.function] if isinstance(step, form.Call) else []
    seen = set(pending)
    while pending:
        procedure = functions.get(pending.pop())
        if procedure is not None:
            live.update(procedure.reads)
            more = {each.function for each in all_steps(procedure.body) if isinstance(each, form.Call)} - seen
            seen |= more
            pending += more
