"""Differences and closed forms know no conventions -> notes on what they did not see or could not tell.

Law: a number that is no derivative is never given in silence. What is to be seen is asked of the program's own
derivative, which meets every awkward point; policies for kinks hold here, too, but nothing is stopped: no convention
was used.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from lang.errors import AdError
from lang.evaluate.notes import CONDITION, KINK, Note, around
from lang.evaluate.recipe import Recipe
from lang.source import Source, Span
from lang.verbs.core.numeric import Estimate

UNSETTLED, VALUELESS = "not settled", "no value"
Place = tuple[Span, Source]


def kinks(recipe: Recipe, target: str, names: tuple[str, ...], who: str) -> tuple[Note, ...]:
    """The kinks and jumps on the way to a result, for `who` passes over them."""
    if recipe.settings.kinks == "silent":
        return ()
    try:
        met = recipe.but(settings=recipe.settings.but(kinks="note")).adjoints({target: 1.0}, names).notes
    except AdError:
        return ()
    made = [(note, _unseen(note, who)) for note in met if note.kind in (KINK, CONDITION)]
    return tuple(note.but(message=message, step=note.step) for note, message in made if message)


def _unseen(note: Note, who: str) -> str:
    """Words for one of them; none where both sides of a condition have the same derivative."""
    differ = any(side.below != side.above for side in note.sides)
    if note.kind == CONDITION:
        return f"equal values are compared here, and {who} does not see that there may be a kink" * differ
    if differ:
        return f"there is a kink here that {who} does not see: the derivative is {around(note.sides)}"
    return f"there is a jump here that {who} does not see"


def unsettled(found: Mapping[str, Estimate], places: Mapping[str, Place]) -> tuple[Note, ...]:
    """Estimates that are rough, or that could not be had, each with the place of its input."""
    made = []
    for name, estimate in found.items():
        if math.isnan(estimate.value):
            words = f"there are no differences by `{name}`: the program has no values on both sides of it"
            made.append(Note(VALUELESS, words, *places[name]))
        elif not estimate.settled:
            words = f"differences by `{name}` do not settle: they change by {estimate.error:.2g} as the step shrinks"
            made.append(Note(UNSETTLED, words, *places[name]))
    return tuple(made)


def valueless(found: Mapping[str, float | AdError], places: Mapping[str, Place]) -> tuple[Note, ...]:
    """Closed forms that have no value here, and why."""
    return tuple(
        Note(VALUELESS, f"this closed form has no value here: {error.message}", *places[name])
        for name, error in found.items()
        if isinstance(error, AdError)
    )
