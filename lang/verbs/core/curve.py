"""The error of finite differences against their step: by what they are wrong, from large steps to small ones.

Law: it is measured, never modelled. Large steps err because functions bend, small ones because two nearly equal numbers
are subtracted; between them is the best a difference can do.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lang.errors import DomainError
from lang.verbs.core.elsewhere import error

DECADES = 16
WORK = 30_000_000
"""Operations that all runs of a curve may take together."""


@dataclass(frozen=True)
class Curve:
    """Errors by step.

    Attributes:
        steps: from large to small. forward, central: the relative error of each (absolute where the derivative is 0),
            nan where the program has no value beside the point.
    """

    steps: tuple[float, ...]
    forward: tuple[float, ...]
    central: tuple[float, ...]
    forward_values: tuple[float, ...]
    central_values: tuple[float, ...]

    def best(self, way: str) -> tuple[float, float, float]:
        """The best step, the derivative there and its error; nan where there is none."""
        errors = getattr(self, way)
        places = [at for at, each in enumerate(errors) if each == each]
        if not places:
            return math.nan, math.nan, math.nan
        at = min(places, key=lambda place: errors[place])
        return self.steps[at], getattr(self, f"{way}_values")[at], errors[at]


def curve(function: Callable[[float], float], at: float, true: Any, steps: tuple[float, ...]) -> Curve:
    """The errors of forward and central differences of a function at a point."""

    def value(place: float) -> float:
        try:
            return function(place)
        except DomainError:
            return math.nan

    here = value(at)
    ahead = [(value(at + step), value(at - step), step) for step in steps]
    forward = tuple((above - here) / step for above, _, step in ahead)
    central = tuple((above - below) / (2 * step) for above, below, step in ahead)
    return Curve(
        steps,
        tuple(error(each, true) for each in forward),
        tuple(error(each, true) for each in central),
        forward,
        central,
    )


def steps_for(at: float, cost: int, fine: int) -> tuple[float, ...]:
    """Steps from a tenth of the input's size down, `fine` a decade where runs are cheap.

    Args:
        at: the input. cost: the operations of one run.
    """
    size = 10.0 ** math.floor(math.log10(abs(at))) if at else 1.0
    each = max(1, min(fine, WORK // (2 * DECADES * max(1, cost))))
    return tuple(size * _power(place, each) for place in range(each, DECADES * each + 1))


def _power(place: int, each: int) -> float:
    return float(f"1e-{place // each}") if place % each == 0 else 10.0 ** (-place / each)
