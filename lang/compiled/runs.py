"""A part of a program -> machine code that leaves what a run of the part leaves: values, and what it shows.

Law: nothing is compiled that would tell less than the interpreter does. A derivative call may meet a kink, so where
notes are wanted the code asks inside such calls and does not answer at one.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import dropwhile
from typing import TYPE_CHECKING, NamedTuple

from lang.errors import AdError
from lang.limits import Limits
from lang.source import FREE
from lang.steps import form
from lang.steps.walk import all_steps, calls, calls_of, targets_of
from lang.syntax import tree
from lang.syntax.walk import subexpressions

if TYPE_CHECKING:
    from lang.backend import Unit
    from lang.backend.native.function import Native

Shows = tuple[tuple[form.Show, tuple[str, ...]], ...]
"""For each expression that is shown, the step and the names of its values."""


NO_STATEMENT = tree.Function(tree.Name("", (0, 0)), (), (), False, (0, 0))
"""What stands for the statement of a function that was defined before: nobody prints it."""


class Part(NamedTuple):
    """A part in machine code.

    Attributes:
        native: the code.
        shown: what it shows.
        exact: does it count steps as the interpreter does? Where it does not it counts more.
    """

    native: Native
    shown: Shows
    exact: bool


class Seen(str):
    """The name of a value that is shown."""

    __slots__ = ()


def in_machine_code(
    part: form.Procedure,
    inputs: tuple[str, ...],
    before: Mapping[str, float | bool],
    functions: Mapping[str, form.Procedure],
    limits: Limits,
    notes: bool,
) -> Part | None:
    """A part as machine code; None where it cannot be.

    Args:
        inputs: those that are supplied.
        before: the values of names before it.
        functions: what is defined before it.
        limits: what a run may use.
        notes: are kinks inside derivative calls told?
    """
    from lang.backend import Unavailable, Unit, build

    steps, shown = _with_shown(part.body)
    if steps is None:
        return None
    own = {name: None for step in all_steps(steps) for name in targets_of(step)}
    results = tuple(name for name in own if isinstance(name, Seen) or not isinstance(name, form.Temporary))
    start: form.Block = [form.Copy(name, value, FREE) for name, value in before.items()]
    unit = Unit([*start, *steps], part.source, inputs, results, _reached(steps, functions), optional=True)
    try:
        unit, exact = _without_derivatives(unit, notes)
        native: Native = build("native", unit, limits)  # type: ignore[assignment]
    except (Unavailable, AdError):  # time that is over while compiling: the interpreter knows where it stands
        return None
    return Part(native, shown, exact)


def _without_derivatives(unit: Unit, notes: bool) -> tuple[Unit, bool]:
    """The unit with functions in the place of derivative calls, and whether it counts as it did.

    Raises:
        AdError: there are no such functions. Unavailable: one of the functions has several meanings.
    """
    from dataclasses import replace

    from lang.backend import Unavailable
    from lang.compiled.ties import EVERY, with_ties
    from lang.transform.expand import calls_derivatives
    from lang.transform.primed import changes_meaning, primed

    defined = [form.Define(each, NO_STATEMENT, each.span) for each in unit.functions.values()]
    block = [*defined, *unit.steps]
    if not calls_derivatives(block):
        return unit, True
    if changes_meaning(block):
        raise Unavailable("a function has several meanings, and so has its derivative")
    found = primed(block, unit.source)
    unit = replace(unit, steps=found.block, functions={})
    return (with_ties(unit, (), EVERY, found.slopes) if notes else unit), found.exact


def _reached(steps: form.Block, functions: Mapping[str, form.Procedure]) -> dict[str, form.Procedure]:
    """The functions defined before that calls may reach: not those that get another meaning before the first call."""
    late = list(dropwhile(lambda step: not calls(step), steps))
    again = {step.procedure.name for step in steps[: len(steps) - len(late)] if isinstance(step, form.Define)}
    pending = _called(steps)
    reached: set[str] = set()
    while pending:
        name = pending.pop()
        if name in functions and name not in again and name not in reached:
            reached.add(name)
            pending += _called([form.Define(functions[name], NO_STATEMENT, (0, 0))])
    return {name: each for name, each in functions.items() if name in reached}


def _called(steps: form.Block) -> list[str]:
    """The functions that steps call, those of functions that they define too."""
    found = calls_of(steps)
    for step in steps:
        if isinstance(step, form.Define):
            found += calls_of(step.procedure.body)
            rule = step.procedure.rule
            nodes = () if rule is None else subexpressions(rule.right)
            found += [each.function for each in nodes if isinstance(each, tree.Apply | tree.Derivative)]
    return found


def _with_shown(body: form.Block) -> tuple[form.Block | None, Shows]:
    """The steps with a name for each value that they show; None where values are shown inside a loop or a choice."""
    steps: form.Block = []
    shown: list[tuple[form.Show, tuple[str, ...]]] = []
    for step in body:
        if isinstance(step, form.Show):
            words = tuple(Seen(f"shown {len(shown)} {place}") for place in range(len(step.values)))
            steps += [form.Copy(word, value, FREE) for word, value in zip(words, step.values, strict=True)]
            shown.append((step, words))
        elif any(isinstance(each, form.Show) for each in all_steps([step])):
            return None, ()
        else:
            steps.append(step)
    return steps, tuple(shown)
