"""What `check` finds at one point: the answer in doubles, the truth, and how far forward is from reverse.

Law: digits that are lost are counted, never judged; a rule is judged at 50 digits only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from lang.domains.precise import AGREE, NOISE, Slope
from lang.domains.reference import Reference
from lang.verbs.core.elsewhere import digits


@dataclass(frozen=True)
class Found:
    """What one point showed.

    Attributes:
        at: the values of the inputs. value, gradient: by the interpreter, in doubles.
        true: the reference. gap: forward against reverse, relative. forward: the right digits of the forward side.
        failure: why the point could not be used.
    """

    at: dict[str, float]
    value: float = math.nan
    gradient: Mapping[str, float] | None = None
    true: Reference | None = None
    gap: float = 0.0
    forward: float = 0.0
    failure: str = ""

    def least(self, target: str, scaled: bool = False) -> float:
        """The right digits of the worst derivative; `scaled`: where it is 0, of what it is made of."""
        assert self.true is not None
        assert self.gradient is not None
        slopes = self.true.slopes[target]
        right = (
            digits(value, slopes[name].value, self.scale(name) if scaled else 0.0)
            for name, value in self.gradient.items()
            if slopes[name].smooth
        )
        return min(right, default=0.0)

    def scale(self, name: str) -> float:
        """How large a derivative by an input would be if nothing cancelled."""
        return abs(self.value / (self.at[name] or 1.0))


def agree(slope: Slope, scale: float) -> bool:
    """Is the derivative by the rules that of the values, up to what differences lose beside so large a derivative?"""
    bound = AGREE * max(abs(slope.rule), abs(slope.value)) + NOISE * 100 * scale
    return bool(abs(slope.rule - slope.value) <= bound)
