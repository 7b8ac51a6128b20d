"""A question that the derivative verbs ask of a program -> the units that answer it together.

Law: what is compiled tells as much as the interpreter would, or nothing. The interpreter does every statement, so a
unit has them all; and it finds the slope of every statement, so where the result does not need some of them, a second
unit has the slopes of all: the program of `forward`. All must answer.

The numbers are the interpreter's: adjoint programs are written as its tape adds (`Style.taped`). Only where a value has
several names, by a copy or as a parameter, is the sum of what they contribute formed in another order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lang.backend import Unavailable, Unit
from lang.compiled.inner import values
from lang.compiled.questions import refuse_in_blocks
from lang.compiled.ties import EVERY, with_ties
from lang.evaluate.needed import idle_inside
from lang.evaluate.recipe import Recipe
from lang.steps import form
from lang.steps.walk import all_steps
from lang.verbs import forward, reverse
from lang.verbs.core.answer import Question
from lang.verbs.core.programs import Text, ready

Results = tuple[int | None, ...]
"""Where each number that was asked stands among a unit's results; None where it is 0 whatever the inputs."""


@dataclass(frozen=True)
class Units:
    """What answers a question.

    Attributes:
        main: the unit that gives the numbers; its arguments are the inputs and the seeds.
        places: where the numbers are.
        beside: units that must answer as well; they take the inputs alone, and what they give is not used.
        counted: the program whose steps the interpreter counts for the answer; None where it counts others too.
    """

    main: Unit
    places: Results
    beside: tuple[Unit, ...] = ()
    counted: Unit | None = None


def adjoints(recipe: Recipe, targets: Sequence[str], by: Sequence[str], ties: bool) -> Units:
    """Values of the targets, and adjoints of the names; the seeds are the weights of the targets.

    Raises:
        CommandError, DerivativeError, LimitExceeded: there is no such program. Unavailable: code cannot tell.
    """
    refuse_in_blocks(recipe, by)
    text = reverse.taped(recipe, Question(tuple(targets), tuple(by), along=dict.fromkeys(targets)))
    words = [*(_word(text.results, each) for each in targets), *(_word(text.derivatives, each) for each in by)]
    main = _unit(recipe, text, words, tuple(_word(text.seeds, each) for each in targets))
    beside = (tangents(recipe, targets, by, False, 1.0).main,) if _idle(recipe, targets) else ()
    return replace(_asking(recipe, Units(*main, beside), targets, by, ties), counted=_counted(recipe, targets))


def tangents(recipe: Recipe, of: Sequence[str], moving: Sequence[str], ties: bool, seed: float | None = None) -> Units:
    """Values of results, and how they move; the seeds are the tangents of the names that move.

    Args:
        seed: how fast all of them move, where that is no argument.
    """
    refuse_in_blocks(recipe, moving)
    text = _moving(recipe, moving, seed)
    seeds = () if seed is not None else tuple(_word(text.seeds, each) for each in moving)
    words = [*(_word(text.results, each) for each in of), *(text.derivatives.get(each) for each in of)]
    return _asking(recipe, Units(*_unit(recipe, text, words, seeds)), of, moving, ties)


def second(recipe: Recipe, target: str, by: Sequence[str], ties: bool) -> Units:
    """The value of the target, and a row of its second derivatives; the seeds say which row."""
    refuse_in_blocks(recipe, by)
    first = reverse.taped(recipe, Question((target,), tuple(by)))
    slopes = tuple(_word(first.derivatives, name) for name in by)
    text = _moving(_again(recipe, first), by, None)
    words = [_word(text.results, _word(first.results, target)), *(text.derivatives.get(each) for each in slopes)]
    unit, places = _unit(recipe, text, words, tuple(_word(text.seeds, each) for each in by))
    beside: tuple[Unit, ...] = ()
    if _idle(recipe, (target,)):
        once = _moving(recipe, by, 1.0)
        twice = _moving(_again(recipe, once), by, 1.0)
        beside = (_unit(recipe, twice, [_word(twice.results, _word(once.results, target))], ())[0],)
    return _asking(recipe, Units(replace(unit, seeds=len(by)), places, beside), (target,), by, ties)


def _moving(recipe: Recipe, moving: Sequence[str], seed: float | None) -> Text:
    return forward.translated(recipe, Question(along=dict.fromkeys(moving, seed)))


def _again(recipe: Recipe, text: Text) -> Recipe:
    """What a translation wrote, as a program to be translated once more."""
    source = recipe.parts[0].source
    part = form.Procedure("", (), text.steps(source), 0, (), source, (0, len(source.text)))
    return recipe.but(parts=(part,), body=text.body)


def _word(words: Mapping[str, str], name: str) -> str:
    """What a translation calls something.

    Raises:
        Unavailable: it does not have it.
    """
    if name not in words:
        raise Unavailable(f"the derivative program has no `{name}`")
    return words[name]


def _unit(recipe: Recipe, text: Text, words: Sequence[str | None], seeds: tuple[str, ...]) -> tuple[Unit, Results]:
    source = recipe.parts[0].source
    results = tuple(dict.fromkeys(word for word in words if word is not None))
    places = tuple(None if word is None else results.index(word) for word in words)
    return Unit(text.steps(source), source, (*recipe.inputs(), *seeds), results), places


def _asking(recipe: Recipe, units: Units, targets: Sequence[str], moving: Sequence[str], ties: bool) -> Units:
    """The units, of which the main one, which has every statement, asks at kinks where that is wanted.

    One more asks inside derivative calls of the program, if it has any. And what a function does for nothing has no
    place in a derivative program, but the values have it.
    """
    if idle_inside(recipe.parts):
        units = replace(units, beside=(*units.beside, values(recipe, (), tuple(targets)).unit))
    if not ties:
        return units
    found = values(recipe, (), tuple(targets))
    calls = found.asking(EVERY) if found.slopes else None
    beside = units.beside if calls is None else (*units.beside, calls)
    return replace(units, main=with_ties(units.main, moving, EVERY), beside=beside)


def _counted(recipe: Recipe, targets: Sequence[str]) -> Unit | None:
    """The program itself; None where it does not count the steps that the interpreter counts."""
    found = values(recipe, (), tuple(targets))
    return found.unit if found.exact else None


def _idle(recipe: Recipe, targets: Sequence[str]) -> bool:
    """Are there steps that the targets do not need?"""
    whole, sliced = (list(all_steps(ready(recipe, names).block)) for names in ((), tuple(targets)))
    return _operations(whole) > _operations(sliced)


def _operations(steps: Sequence[form.Step]) -> int:
    return sum(not isinstance(step, form.Input | form.Copy | form.Define | form.Show) for step in steps)
