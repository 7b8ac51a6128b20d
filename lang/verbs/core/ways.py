"""What `compare` finds: the ways to a derivative, each with its value, error and cost."""

from __future__ import annotations

from dataclasses import dataclass

from lang.domains.precise import Slope
from lang.verbs.core.curve import Curve


@dataclass(frozen=True)
class Way:
    """One way to one derivative.

    Attributes:
        name: of the way. value, error: what it gave. runs: for one derivative. all_runs: for the whole gradient.
        why: why it cannot work, or a remark.
    """

    name: str
    value: float
    error: float
    runs: int
    all_runs: int
    why: str = ""

    @property
    def works(self) -> bool:
        """Did it give a number?"""
        return self.value == self.value


@dataclass(frozen=True)
class Compared:
    """All ways to the derivative by one input."""

    name: str
    at: float
    true: Slope
    ways: tuple[Way, ...]
    curve: Curve
