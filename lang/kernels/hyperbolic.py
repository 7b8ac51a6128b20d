"""Hyperbolic relatives and their inverses.

Law: everything is written in exp(-|a|), which cannot overflow, and inverses in the distance to the end of
the domain."""

from __future__ import annotations

import math

from lang.kernels.exact import horner, quotient
from lang.kernels.total import INF, NAN

_LOG2 = math.log(2.0)
_SINH = tuple(1.0 / math.factorial(k) for k in range(3, 21, 2))


def sech(a: float) -> float:
    """1 / cosh(a) = 2 e / (1 + e**2) with e = exp(-|a|), so close that its square has 4 ulp."""
    decay = math.exp(-abs(a))
    if decay < 1e-8:
        return 2.0 * decay
    square = decay * decay
    below = 1.0 + square
    value = 2.0 * decay / below
    return value - value * (square - (below - 1.0)) / below


def csch(a: float) -> float:
    """1 / sinh(a) = 2 e / (1 - e**2) with e = exp(-|a|), by the Taylor series of sinh where that cancels."""
    size = abs(a)
    if size > 20.0:
        return math.copysign(2.0 * math.exp(-size), a)
    if size > 1.0:
        return math.copysign(quotient(2.0 * math.exp(-size), -math.expm1(-2.0 * size), 0.0), a)
    if size < 1e-100:
        return 1.0 / a if size > 6e-309 else math.copysign(INF, a)
    square = a * a
    rest = a * square * horner(_SINH, square)
    below = a + rest
    return quotient(1.0, below, rest - (below - a))


def coth(a: float) -> float:
    """1 / tanh(a)."""
    return 1.0 / math.tanh(a) if a else math.copysign(INF, a)


def arcsech(a: float) -> float:
    """acosh(1 / a) = asinh(sqrt(1 - a**2) / a)."""
    if not 0.0 <= a <= 1.0:
        return NAN
    if a < 1e-300:
        return _LOG2 - math.log(a) if a else INF
    return math.asinh(math.sqrt((1.0 - a) * (1.0 + a)) / a)


def arccsch(a: float) -> float:
    """asinh(1 / a)."""
    if abs(a) < 1e-300:
        return math.copysign(_LOG2 - math.log(abs(a)) if a else INF, a)
    return math.asinh(1.0 / a)


def arccoth(a: float) -> float:
    """atanh(1 / a) = log1p(2 / (|a| - 1)) / 2."""
    size = abs(a)
    if not size > 1.0:
        return math.copysign(INF, a) if size == 1.0 else NAN
    return math.copysign(0.5 * math.log1p(2.0 / (size - 1.0)), a)
