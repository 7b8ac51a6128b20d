"""Derivatives from values alone: extrapolated central differences, to hold others against.

Law: it knows nothing of rules. An estimate comes with its error, and says so where it could not be had. Where a large
step meets a jump or a pole, smaller ones are tried; an estimate that settles counts, then the smallest error.

Source: Ridders, "Accurate computation of F'(x) and F'(x)F''(x)", Advances in Engineering Software 4 (1982).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from lang.errors import DomainError

SHRINK = 1.4
ROUNDS = 12
GOOD = 1e-7
"""An estimate whose error is so much smaller than itself needs no smaller steps."""
ROUGH, NOISE = 1e-3, 1e-6
"""An error that is larger than this part of the estimate, and than this part of values over steps, is told."""


@dataclass(frozen=True)
class Estimate:
    """A derivative by differences.

    Attributes:
        value, error: the derivative, and an estimate of its error; nan and inf where there is none.
        runs: how often the program was run.
        scale: the largest value that was seen, divided by the first step.
    """

    value: float
    error: float
    runs: int
    scale: float = 0.0

    @property
    def settled(self) -> bool:
        """Is it a derivative as far as anybody can tell from values?"""
        return self.error <= max(ROUGH * abs(self.value), NOISE * self.scale)


class _Quotient:
    """A function's difference quotients; it counts its runs and keeps its largest value."""

    def __init__(self, function: Callable[[float], float], at: float) -> None:
        self.function, self.at = function, at
        self.runs, self.largest = 0, 0.0

    def __call__(self, step: float) -> float:
        self.runs += 2
        above, under = self.at + step, self.at - step
        if above == under:
            raise DomainError("the step has become nothing")
        high, low = self.function(above), self.function(under)
        self.largest = max(self.largest, abs(high), abs(low))
        return (high - low) / (above - under)


def derivative(function: Callable[[float], float], at: float) -> Estimate:
    """The derivative of a function of one number.

    The step starts large and shrinks; each round extrapolates to step 0 and the estimate with the smallest change is
    kept. A start that leaves the function's domain is shrunk until it does not.
    """
    quotient = _Quotient(function, at)
    best = Estimate(math.nan, math.inf, 0)
    for start in _starts(at):
        found = _from(quotient, start)
        if (not found.settled, found.error) < (not best.settled, best.error):
            best = found
        if best.error <= GOOD * abs(best.value) or not math.isfinite(found.error):
            break
    return Estimate(best.value, best.error, quotient.runs, best.scale)


def _starts(at: float) -> list[float]:
    """First steps, the largest first: parts of the number; of a number near 0 only when nothing else helps."""
    usual = 0.1 * max(abs(at), 1e-2)
    return [usual, usual * 1e-3, usual * 1e-6, usual * 1e-9] + [0.1 * abs(at)] * (0.0 < abs(at) < 1e-4)


def _from(quotient: _Quotient, step: float) -> Estimate:
    """The estimate that a first step leads to."""
    quotient.largest = 0.0
    for _ in range(60):
        try:
            return _extrapolate(quotient, step, quotient(step))
        except DomainError:
            step /= 4
    return Estimate(math.nan, math.inf, quotient.runs)


def _extrapolate(quotient: _Quotient, step: float, first: float) -> Estimate:
    best, error, start = first, math.inf, step
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
    return Estimate(best, error, quotient.runs, quotient.largest / start)
