"""A recipe -> the program as the other domains walk it, and its derivatives at 50 digits.

Law: places stay the user's own wherever they can: only a program that calls derivatives (`f'(x)`) is written anew.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lang.clock import started
from lang.domains.reference import Reference, reference
from lang.domains.walk import Supply
from lang.errors import CommandError
from lang.evaluate.active import Value, plain
from lang.evaluate.needed import narrow
from lang.evaluate.recipe import Recipe
from lang.source import Source
from lang.steps import form
from lang.steps.walk import all_steps
from lang.syntax.unparse import unparse
from lang.verbs.core.programs import ready

DIGITS = 15.95
"""What a double holds: 53 bits, as decimal digits."""


def parts(recipe: Recipe, target: str) -> tuple[form.Procedure, ...]:
    """The program as steps without derivative calls."""
    if not any(_derives(each) for part in recipe.parts for each in part.body):
        return recipe.parts
    program = ready(recipe, (target,))
    source = Source(unparse(tuple(program.body)), "<program without f'>")
    return narrow((form.Procedure("", (), program.block, 0, (), source, (0, 0)),), (target,))


def _derives(step: form.Step) -> bool:
    """Does a step call a derivative, itself or inside?"""
    inside: form.Block = step.procedure.body if isinstance(step, form.Define) else [step]
    return any(
        isinstance(each, form.PrimitiveDerivative) or (isinstance(each, form.Call) and bool(each.by))
        for each in all_steps(inside)
    )


def narrowed(recipe: Recipe, target: str) -> Recipe:
    """The program with only its inputs and the steps that the target needs; the same answers, sooner."""
    return recipe.but(parts=narrow(recipe.parts, (target,)), codes={}, marked={})


def supply(recipe: Recipe, walked: tuple[form.Procedure, ...]) -> Supply:
    """The values of inputs: a program written anew asks with new steps, so they are matched by name and turn."""
    if walked is recipe.parts:
        return recipe.supply
    old, new = _inputs(recipe.parts), _inputs(walked)
    same: dict[form.Input, form.Input] = {}
    for name, steps in new.items():
        same.update(zip(reversed(steps), reversed(old.get(name, [])), strict=False))
    return lambda name, step: recipe.supply(name, same.get(step, step))


def inputs_of(recipe: Recipe) -> dict[str, float]:
    """The value of each input, as one run sees it."""
    here: dict[str, float] = {}

    def kept(value: Value, step: form.Step) -> Value:
        assert isinstance(step, form.Input)
        here[step.target] = plain(value)
        return value

    recipe.start(lambda run: dict.fromkeys(recipe.inputs(), kept))
    return here


def _inputs(walked: tuple[form.Procedure, ...]) -> dict[str, list[form.Input]]:
    found: dict[str, list[form.Input]] = {}
    for part in walked:
        for step in part.body:
            if isinstance(step, form.Input):
                found.setdefault(step.target, []).append(step)
    return found


def began(recipe: Recipe) -> float:
    """When the clock of this answer began."""
    return recipe.spent.started if recipe.spent else started()


def exact(recipe: Recipe, target: str, names: tuple[str, ...], at: Mapping[str, float] | None = None) -> Reference:
    """The target and its derivatives by inputs, to 50 digits.

    Args:
        at: other values for some inputs.

    Raises:
        CommandError: a name is not an input.
    """
    _, others = recipe.split(names)
    if others:
        raise CommandError(f"the reference is computed for inputs; `{others[0]}` is not one").at(others[0])
    walked, there = parts(recipe, target), recipe.at(at or {})
    given = supply(there, walked)
    found = reference(walked, given, (target,), names, recipe.settings.limits, began(recipe))
    if all(name in found.inputs for name in names):
        return found
    return replace(found, inputs=inputs_of(there))


def error(value: float, true: Any, scale: float = 1.0) -> float:
    """How far a double is from the true number: relative to it, or to a scale where it is 0."""
    if value != value or true != true or math.isinf(value):
        return 0.0 if value == true else math.nan if value != value or true != true else math.inf
    away = abs(true - value)
    return float(away / abs(true)) if true != 0 else float(away) / scale


def digits(value: float, true: Any, scale: float = 0.0) -> float:
    """How many digits of a double are right, of the nearly 16 it holds.

    Args:
        scale: of what the true number is a part, for where it is 0; by default nothing but 0 is right there.
    """
    if true == 0 and not scale:
        return DIGITS if value == 0 else 0.0
    away = error(value, true, scale)
    if away != away:
        return 0.0
    return DIGITS if away < 10.0**-DIGITS else max(0.0, -math.log10(away)) if away else DIGITS


def condition(found: Reference, target: str) -> float:
    """By how much a relative change of the inputs is multiplied on its way to the target."""
    value = abs(found.values[target])
    moved = sum(abs(found.inputs[name] * slope.value) for name, slope in found.slopes[target].items())
    return float(moved / value) if value else math.inf if moved else 0.0
