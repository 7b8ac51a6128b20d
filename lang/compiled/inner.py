"""A program that calls derivatives -> its values, without an answer where one of those derivatives meets a kink.

Law: a value may be a derivative (`z = f'(x)`), so values have notes, too, and compiled code must not swallow them. What
is differentiated there is each function by its own parameter, whether or not that depends on an input: `f'(0)`.

For a question about derivatives the values are asked beside it; the unit itself asks where inputs move.
"""

from __future__ import annotations

from collections.abc import Sequence

from lang.backend import Executable, Unit
from lang.compiled.moving import NONE
from lang.compiled.ties import KINKS, with_ties
from lang.evaluate.recipe import Recipe
from lang.verbs.core.programs import ready


def inner(
    recipe: Recipe, targets: tuple[str, ...], results: tuple[str, ...], clauses: tuple[str, ...] = KINKS
) -> Unit | None:
    """The program that asks inside its derivative calls; None where there is nothing to ask.

    Args:
        targets: what the program is to have; all of it where there are none.
        results: names that it gives.
        clauses: what of a rule's line is asked.
    """
    program = ready(recipe, targets)
    if program.slopes == NONE:
        return None
    unit = Unit(program.block, recipe.parts[0].source, recipe.inputs(), results)
    asking = with_ties(unit, (), clauses, program.slopes)
    return None if asking is unit else asking


class Guarded:
    """Code that answers where other code, which takes the first of its arguments, answers as well."""

    def __init__(self, first: Executable, code: Executable, inputs: int) -> None:
        self.first = first
        self.code = code
        self.inputs = inputs

    def __call__(self, values: Sequence[float]) -> tuple[float, ...] | None:
        """The results; None where one of the two does not answer."""
        return None if self.first(values[: self.inputs]) is None else self.code(values)
