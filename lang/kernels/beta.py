"""Beta and its logarithm, for positive arguments.

Law: the large parts of three log-gammas cancel on paper, not in floats; where what is left still cancels,
`wide` computes it again.

Source: Stirling's series, DLMF 5.11.1; its use for beta: Didonato and Morris 1992, ACM TOMS 18, 360-373.
"""

from __future__ import annotations

import math
from functools import lru_cache

from lang.kernels import wide
from lang.kernels.exact import horner
from lang.kernels.gamma import lgamma
from lang.kernels.total import INF, NAN

_HALF_LOG_TWO_PI = 0.9189385332046728
_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400)
_LARGE = 10.0


def lbeta(a: float, b: float) -> float:
    """log(gamma(a) * gamma(b) / gamma(a + b)) for a, b > 0."""
    if not (a > 0.0 and b > 0.0):
        return INF if (a == 0.0 and b >= 0.0) or (b == 0.0 and a >= 0.0) else NAN
    if a > b:
        a, b = b, a
    if b == INF:
        return -INF
    if a == 1.0 or b == 1.0:
        return 0.0 - math.log(b if a == 1.0 else a)
    if a >= _LARGE:
        return _both_large(a, b)
    first = lgamma(a)
    if b >= _LARGE:
        rest, size = _ratio(a, b), 0.0
    else:
        second, third = lgamma(b), lgamma(a + b)
        rest, size = second - third, max(abs(second), abs(third))
    value = first + rest
    if abs(value) < 0.6 * max(abs(first), size, 0.2):
        with wide.digits(wide.DIGITS if b < 1e6 else 80):
            return float(wide.log_beta(a, b))
    return value


def _correction(a: float) -> float:
    """log(gamma(a)) less Stirling's (a - 1/2) log(a) - a + log(2 pi) / 2, for a >= 10."""
    inverse = 1.0 / a
    return inverse * horner(_STIRLING, inverse * inverse)


def _both_large(a: float, b: float) -> float:
    """For 10 <= a <= b. Every term but the small corrections is negative."""
    ratio = a / b
    corrections = _correction(a) + _correction(b) - (_correction(a + b) if a + b < INF else 0.0)
    logs = math.log1p(ratio) - math.log(ratio) if ratio > 1e-300 else math.log(b) - math.log(a)
    return _HALF_LOG_TWO_PI - 0.5 * math.log(b) + corrections - (a - 0.5) * logs - b * math.log1p(ratio)


def _ratio(a: float, b: float) -> float:
    """log(gamma(b) / gamma(a + b)) for b >= 10, a < 10."""
    logs = math.log1p(a / b)
    bracket = a - (a + b - 0.5) * logs if b < 1e17 else 0.0
    return bracket - a * math.log(b) + (_correction(b) - _correction(a + b))


def beta(a: float, b: float) -> float:
    """gamma(a) * gamma(b) / gamma(a + b) for a, b > 0: the exponential of its logarithm, in `wide`."""
    if not (a > 0.0 and b > 0.0):
        return INF if (a == 0.0 and b >= 0.0) or (b == 0.0 and a >= 0.0) else NAN
    if a > b:
        a, b = b, a
    if b == INF or a > 1100.0:
        return 0.0
    if b < 1e-8:
        return 1.0 / a + 1.0 / b
    return _in_wide(a, b)


@lru_cache(maxsize=64)  # a value and its partials want it one after the other
def _in_wide(a: float, b: float) -> float:
    with wide.digits(wide.DIGITS if b < 1e6 else 80):
        return float(wide.log_beta(a, b).exp())
