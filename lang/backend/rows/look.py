"""A block of steps -> which of its values must be looked at, so that no infinity or nan is lost in a lane.

Law: nothing stops a lane, so every value that may be infinite or nan for finite arguments is looked at, unless another
value that is looked at surely shows it:

    t = a * b        an infinite t makes z infinite or nan, so looking at z is enough
    z = t + c
    y = exp(-z)      but an infinite z gives y = 0: z is looked at, and y too
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from lang.backend.python.checks import passing
from lang.kernels import FAST
from lang.steps import form
from lang.steps.walk import targets_of

FINITE: frozenset[Callable[..., Any]] = frozenset({
    math.sin, math.cos, math.atan, math.tanh, math.asinh, math.erf, math.erfc, abs,
})  # fmt: skip
"""Functions with a finite value for every finite argument."""

STRAIGHT = (form.Operation, form.Copy, form.Input, form.Comparison, form.Negation, form.Require, form.Mark, form.Push)


def looks(block: form.Block) -> set[int]:
    """Indices of steps whose target is to be looked at."""
    found: set[int] = set()
    safe: set[str] = set()
    for index in range(len(block) - 1, -1, -1):
        step = block[index]
        if not isinstance(step, STRAIGHT):
            if isinstance(step, form.If | form.For | form.While):
                safe.clear()
            safe.difference_update(targets_of(step))
            continue
        target = getattr(step, "target", None)
        if target is None:
            continue
        known = target in safe
        safe.discard(target)
        if isinstance(step, form.Copy):
            if known and isinstance(step.source, str):
                safe.add(step.source)
        elif isinstance(step, form.Input) or (isinstance(step, form.Operation) and not known and not _finite(step)):
            if not known:
                found.add(index)
            known = True
        if known and isinstance(step, form.Operation):
            safe.update(each for each in (step.arguments[at] for at in passing(step)) if isinstance(each, str))
    return found


def _finite(step: form.Operation) -> bool:
    return FAST[step.primitive.name, step.primitive.arity] in FINITE
