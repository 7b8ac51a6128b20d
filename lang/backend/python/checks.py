"""A run of straight steps -> which of its values must be looked at, so that no infinity is ever lost.

Law: at the end of a run every value in it is known to be finite, and as few as possible were looked at. A value that
surely makes another one infinite or nan needs no look of its own:

    t = a * b        an infinite t makes z infinite or nan, so looking at z is enough
    z = t + c
    y = 1 / z        but an infinite z gives y = 0: z is looked at
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from lang.kernels import FAST
from lang.steps import form

FINITE: frozenset[Callable[..., Any]] = frozenset({
    math.sin, math.cos, math.tan, math.exp, math.log, math.sqrt, math.exp2, math.expm1, math.log2, math.log10,
    math.log1p, math.asin, math.acos, math.atan, math.sinh, math.cosh, math.tanh, math.asinh, math.acosh, math.atanh,
    math.erf, math.erfc, math.pow,
})  # fmt: skip
"""Functions that, for finite arguments, give a finite number or raise."""
PASSES_ON: frozenset[Callable[..., Any]] = frozenset({
    math.sin, math.cos, math.tan, math.sqrt, math.log, math.log2, math.log10, math.log1p, math.asin, math.acos,
    math.sinh, math.cosh, math.asinh, math.acosh,
})  # fmt: skip
"""Functions that, for an argument that is not finite, give what is not finite, or raise."""
LINEAR = {("+", 2): (0, 1), ("-", 2): (0, 1), ("*", 2): (0, 1), ("/", 2): (0,), ("-", 1): (0,), ("+", 1): (0,)}
"""The operands of arithmetic that pass on: all but a divisor."""


def passing(step: form.Operation) -> tuple[int, ...]:
    """Which operands, when not finite, make the result so too (or raise)."""
    key = (step.primitive.name, step.primitive.arity)
    if key in LINEAR:
        return LINEAR[key]
    return (0,) if FAST[key] in PASSES_ON else ()


def looks(run: Sequence[form.Step]) -> tuple[set[int], list[str]]:
    """Where to look at values.

    Args:
        run: operations, comparisons, negations, copies and requirements, one after another.

    Returns:
        Indices of steps after which their target is looked at at once (it is overwritten later); names to look at
        after the run.
    """
    safe: set[str] = set()
    later: set[str] = set()
    at_once: set[int] = set()
    at_end: list[str] = []
    for index in range(len(run) - 1, -1, -1):
        step = run[index]
        target = getattr(step, "target", None)
        if target is None:
            continue
        known = target in safe
        # a nan that comes in goes through a function such as sin unseen: a finite kind proves nothing of its operands
        if isinstance(step, form.Operation) and not known and not _is_finite(step):
            known = True
            at_end.append(target) if target not in later else at_once.add(index)
        later.add(target)
        safe.discard(target)
        if known and isinstance(step, form.Operation):
            safe.update(each for each in (step.arguments[at] for at in passing(step)) if isinstance(each, str))
        elif known and isinstance(step, form.Copy) and isinstance(step.source, str):
            safe.add(step.source)
    return at_once, at_end


def _is_finite(step: form.Operation) -> bool:
    return FAST[step.primitive.name, step.primitive.arity] in FINITE
