"""The derivatives of sinc(a) = sin(pi a) / (pi a), of every order.

Law: near 0 the Taylor series, elsewhere the recurrence from differentiating pi a sinc(a) = sin(pi a); where
its two terms cancel, `wide` computes the recurrence again."""

from __future__ import annotations

import math

from lang.kernels import wide
from lang.kernels.total import NAN
from lang.kernels.trigonometric import cospi, sinc, sinpi

_LARGEST_ORDER = 100
_NEAR = 0.4
"""Here the recurrence would cancel for every order."""


def polysinc(n: float, a: float) -> float:
    """The nth derivative of sinc; n a whole number from 0 to 100."""
    if not (0.0 <= n <= _LARGEST_ORDER and n == n // 1.0) or a != a:
        return NAN
    if n == 0.0:
        return sinc(a)
    if math.isinf(a):
        return 0.0
    order = int(n)
    if abs(a) < max(_NEAR, 0.1 * (order + 1)):
        return _series(order, a)
    turns = (sinpi(a), cospi(a), -sinpi(a), -cospi(a))
    value, scale, lost = sinc(a), 1.0, 1.0
    for k in range(1, order + 1):
        fresh, old = scale * turns[k % 4], k * value
        value = (fresh - old) / a
        lost *= max(1.0, abs(old / (fresh - old)) if fresh != old else math.inf)
        scale *= math.pi
    if lost > 2.0:
        with wide.digits():
            return float(wide.polysinc(order, a))
    return value


def _series(n: int, a: float) -> float:
    """The sum over m of (-1)**m pi**(2m) a**(2m-n) / ((2m + 1) (2m - n)!), for |a| < 0.4 or (n + 1) / 10."""
    first = n + n % 2
    term = (-1.0) ** (first // 2) * math.pi**first * (a if n % 2 else 1.0)
    total = 0.0
    square = (math.pi * a) ** 2
    for k in range(first, first + 60, 2):
        total += term / (k + 1)
        term *= -square / ((k + 1 - n) * (k + 2 - n))
    return total
