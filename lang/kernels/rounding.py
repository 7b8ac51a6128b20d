"""Steps, rounding, choices: primitives whose value is exact."""

from __future__ import annotations

import math

from lang.kernels.total import NAN

_WHOLE = 4503599627370496.0  # 2**52: from here on every float is whole


def sign(a: float) -> float:
    """-1, 0 or 1; nan of nan."""
    return 1.0 if a > 0.0 else -1.0 if a < 0.0 else a * 0.0 if a else a


def step(a: float) -> float:
    """1 for positive a, else 0."""
    return 1.0 if a > 0.0 else a if a != a else 0.0


def relu(a: float) -> float:
    """a for positive a, else 0."""
    return a if a > 0.0 or a != a else 0.0


def clamp(a: float, lo: float, hi: float) -> float:
    """a, but at least lo and at most hi; nan when lo > hi."""
    if lo <= hi:
        return lo if a < lo else hi if a > hi else a
    return NAN


def floor(a: float) -> float:
    """The largest whole number up to a."""
    return a // 1.0 if -_WHOLE < a < _WHOLE else a


def ceil(a: float) -> float:
    """The smallest whole number from a on."""
    return -(-a // 1.0) if -_WHOLE < a < _WHOLE else a


def round_even(a: float) -> float:
    """The nearest whole number, of two the even one: the addition rounds so."""
    if -_WHOLE < a < _WHOLE:
        return math.copysign((abs(a) + _WHOLE) - _WHOLE, a)
    return a


def truncate(a: float) -> float:
    """a without its fraction."""
    return math.modf(a)[1]


def where(p: bool, a: float, b: float) -> float:
    """a if p else b."""
    return a if p else b
