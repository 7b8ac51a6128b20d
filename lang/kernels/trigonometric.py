"""Circular functions, their inverses, and those of multiples of pi.

Law: near a zero or a pole a function is computed from a quantity that is exact there: 1 / tan(a) for cot,
sqrt(a - 1) * sqrt(a + 1) for asec, the distance to the nearest quarter turn for sinpi.
"""

from __future__ import annotations

import math

from lang.kernels.total import INF, NAN

_PI = math.pi


def secant(a: float) -> float:
    """1 / cos(a)."""
    return 1.0 / math.cos(a) if math.isfinite(a) else NAN


def cosecant(a: float) -> float:
    """1 / sin(a)."""
    if not math.isfinite(a):
        return NAN
    return 1.0 / math.sin(a) if a else math.copysign(INF, a)


def cotangent(a: float) -> float:
    """1 / tan(a)."""
    if not math.isfinite(a):
        return NAN
    return 1.0 / math.tan(a) if a else math.copysign(INF, a)


def arcsecant(a: float) -> float:
    """acos(1 / a), in [0, pi]."""
    size = abs(a)
    if not size >= 1.0:
        return NAN
    return math.atan2(math.sqrt(size - 1.0) * math.sqrt(size + 1.0), math.copysign(1.0, a))


def arccosecant(a: float) -> float:
    """asin(1 / a), in [-pi/2, pi/2]."""
    size = abs(a)
    if not size >= 1.0:
        return NAN
    return math.copysign(math.atan2(1.0, math.sqrt(size - 1.0) * math.sqrt(size + 1.0)), a)


def arccotangent(a: float) -> float:
    """atan(1 / a), in (-pi/2, pi/2]; pi/2 at 0 and at -0."""
    return math.copysign(math.atan2(1.0, abs(a)), a) if a else 0.5 * _PI


def sinpi(a: float) -> float:
    """sin(pi * a), exact at halves of whole numbers; a zero has the sign of a (IEEE 754-2019, 9.2)."""
    if not math.isfinite(a):
        return NAN
    size = math.fmod(abs(a), 2.0)
    turn = 1.0
    if size >= 1.0:
        size -= 1.0
        turn = -1.0
    if size > 0.5:
        size = 1.0 - size
    value = math.sin(_PI * size) if size <= 0.25 else math.cos(_PI * (0.5 - size))
    return math.copysign(value, a) * (turn if value else 1.0)


def cospi(a: float) -> float:
    """cos(pi * a), exact at halves of whole numbers; a zero is +0 (IEEE 754-2019, 9.2)."""
    if not math.isfinite(a):
        return NAN
    size = math.fmod(abs(a), 2.0)
    if size > 1.0:
        size = 2.0 - size
    if size <= 0.25:
        return math.cos(_PI * size)
    if size < 0.75:
        return math.sin(_PI * (0.5 - size))
    return -math.cos(_PI * (1.0 - size))


def sinc(a: float) -> float:
    """sin(pi * a) / (pi * a), 1 at 0."""
    if -1e-9 < a < 1e-9:
        return 1.0
    return sinpi(a) / (_PI * a) if -1e300 < a < 1e300 else NAN if math.isnan(a) else 0.0
