"""Derivatives from values alone: extrapolated central differences, to hold others against.

Law: it knows nothing of rules. An estimate comes with its error, and says so where it could not be had.

Source: Ridders, "Accurate computation of F'(x) and F'(x)F''(x)", Advances in Engineering Software 4 (1982).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from lang.errors import DomainError

SHRINK = 1.4
ROUNDS = 12


@dataclass(frozen=True)
class Estimate:
    """A derivative by differences: its value, an estimate of its error, and how often the program was run."""

    value: float
    error: float
    runs: int


def derivative(function: Callable[[float], float], at: float) -> Estimate:
    """The derivative of a function of one number.

    The step starts large and shrinks; each round extrapolates to step 0 and the estimate with the smallest change is
    kept. A start that leaves the function's domain is shrunk until it does not.
    """
    runs = 0

    def quotient(step: float) -> float:
        nonlocal runs
        runs += 2
        above, under = at + step, at - step
        if above == under:
            raise DomainError("the step has become nothing")
        return (function(above) - function(under)) / (above - under)

    step = 0.1 * max(abs(at), 1e-2)
    for _ in range(60):
        try:
            first = quotient(step)
            break
        except DomainError:
            step /= 4
    else:
        return Estimate(math.nan, math.inf, runs)
    return _extrapolate(quotient, step, first, lambda: runs)


def _extrapolate(quotient: Callable[[float], float], step: float, first: float, runs: Callable[[], int]) -> Estimate:
    best, error = first, math.inf
    row = [first]
    for _ in range(1, ROUNDS):
        step /= SHRINK
        new = [quotient(step)]
        factor = SHRINK * SHRINK
        for before in row:
            new.append((new[-1] * factor - before) / (factor - 1))
            factor *= SHRINK * SHRINK
            change = max(abs(new[-1] - new[-2]), abs(new[-1] - before))
            if change <= error:
                best, error = new[-1], change
        if abs(new[-1] - row[-1]) >= 2 * error:
            break
        row = new
    return Estimate(best, error, runs())
