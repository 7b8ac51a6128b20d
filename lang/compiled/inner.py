"""A program that calls derivatives -> its values, without an answer where one of those derivatives meets a kink.

Law: a value may be a derivative (`z = f'(x)`), so values have notes, too, and compiled code must not swallow them. What
is differentiated there is each function by its own parameter, whether or not that depends on an input: `f'(0)`.

For a question about derivatives the values are asked beside it; the unit itself asks where inputs move.

Its derivative calls are written out on the steps, which then count what the interpreter counts; only where a function
changes its meaning they are written out as for people, who read a function for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lang.backend import Executable, Unit
from lang.compiled.moving import NONE
from lang.compiled.ties import KINKS, with_ties
from lang.evaluate.needed import narrow
from lang.evaluate.recipe import Recipe
from lang.transform.expand import calls_derivatives
from lang.transform.primed import changes_meaning, primed
from lang.verbs.core.programs import ready


class Values(NamedTuple):
    """A program that called derivatives, without such calls.

    Attributes:
        slopes: the functions that stand for them, each with the place of the parameter that it is by.
        exact: does it count the steps that the interpreter counts?
    """

    unit: Unit
    slopes: Mapping[str, int]
    exact: bool

    def asking(self, clauses: tuple[str, ...] = KINKS) -> Unit | None:
        """The unit that asks inside its derivative calls; None where there is nothing to ask.

        Args:
            clauses: what of a rule's line is asked.
        """
        asking = with_ties(self.unit, (), clauses, self.slopes)
        return None if asking is self.unit else asking


def values(recipe: Recipe, targets: tuple[str, ...], results: tuple[str, ...]) -> Values:
    """A program as what is compiled for its values.

    Args:
        targets: what the program is to have; all of it where there are none.
        results: names that it gives.

    Raises:
        CommandError, DerivativeError, LimitExceeded: its derivative calls cannot be written out.
    """
    source, inputs = recipe.parts[0].source, recipe.inputs()
    parts = recipe.parts
    if calls_derivatives([step for part in parts for step in part.body]):
        parts = narrow(parts, targets) if targets else parts
        block = [step for part in parts for step in part.body]
        if not changes_meaning(block):
            found = primed(block, source)
            return Values(Unit(found.block, source, inputs, results), found.slopes, found.exact)
    program = ready(recipe, targets)
    return Values(Unit(program.block, source, inputs, results), program.slopes, program.slopes == NONE)


class Guarded:
    """Code that answers where other code, which takes the first of its arguments, answers as well."""

    def __init__(self, first: Executable, code: Executable, inputs: int) -> None:
        self.first = first
        self.code = code
        self.inputs = inputs

    def __call__(self, values: Sequence[float]) -> tuple[float, ...] | None:
        """The results; None where one of the two does not answer."""
        return None if self.first(values[: self.inputs]) is None else self.code(values)
