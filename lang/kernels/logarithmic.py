"""Logarithms with a base, log-sum-exp, entropy terms, and the functions built on the logistic curve.

Law: the exponential is taken of a negative number, and differences are taken with what their rounding lost.
"""

from __future__ import annotations

import math

from lang.kernels import wide
from lang.kernels.exact import quotient, two_sum
from lang.kernels.total import INF, NAN


def log_base(a: float, b: float) -> float:
    """log(a) / log(b)."""
    if not (a >= 0.0 and b > 0.0):
        return NAN
    above = _log(a)
    below = math.log(b)
    if below == 0.0:
        return NAN if above == 0.0 else math.copysign(INF, above)
    return above / below


def raw_log_base(a: float, b: float) -> float:
    """log(a) / log(b), raising where it does not exist."""
    return math.log(a) / math.log(b)


def _log(a: float) -> float:
    return math.log(a) if a else -INF


def sigmoid(a: float) -> float:
    """1 / (1 + exp(-a)) = exp(a) / (1 + exp(a))."""
    decay = math.exp(-abs(a))
    if decay < 1e-17:
        return decay if a < 0.0 else 1.0
    below = 1.0 + decay
    return quotient(1.0 if a > 0.0 else decay, below, decay - (below - 1.0))


def logit(a: float) -> float:
    """log(a / (1 - a)) = 2 atanh(2 a - 1), the second near its zero at 1/2."""
    if 0.25 <= a <= 0.75:
        return 2.0 * math.atanh(2.0 * a - 1.0)
    if 0.0 < a < 1.0:
        return math.log(a / (1.0 - a))
    return -INF if a == 0.0 else INF if a == 1.0 else NAN


def softplus(a: float) -> float:
    """log(1 + exp(a))."""
    if a > 0.0:
        return a + math.log1p(math.exp(-a))
    return math.log1p(math.exp(a))


def softmax(a: float, b: float) -> float:
    """exp(a) / (exp(a) + exp(b)), the weight of a."""
    if a == b:
        return 0.5
    if math.isinf(a) or math.isinf(b):
        return 0.0 if a < b else 1.0
    gap, lost = two_sum(a, -b)
    if math.isinf(gap):
        return 0.0 if gap < 0.0 else 1.0
    value = sigmoid(gap)
    return value + value * (1.0 - value) * lost


def logaddexp(a: float, b: float) -> float:
    """log(exp(a) + exp(b))."""
    big, small = (a, b) if a > b else (b, a)
    if math.isnan(small) or math.isnan(big):
        return NAN
    if math.isinf(big) or math.isinf(small):
        return big
    gap, lost = two_sum(small, -big)
    weight = math.exp(gap)
    value = big + math.log1p(weight + weight * lost if weight else 0.0)
    if abs(value) < -0.6 * big:
        return _small_logaddexp(big, small)
    return value


def _small_logaddexp(a: float, b: float) -> float:
    """Where the sum of the exponentials is nearly 1."""
    from decimal import Decimal

    with wide.digits(50):
        return float((Decimal(a).exp() + Decimal(b).exp()).ln())


def xlogy(a: float, b: float) -> float:
    """a * log(b), 0 for a = 0."""
    if a == 0.0 and b == b:
        return 0.0
    return a * _log(b) if b >= 0.0 else NAN


def silu(a: float) -> float:
    """a * sigmoid(a)."""
    if a < -700.0:
        half = math.exp(0.5 * a)
        return a * half * half if a > -INF else 0.0
    return a * sigmoid(a)


_SILU_ROOT, _SILU_ROOT_LOW, _SILU_FACTOR = -1.2784645427610737, -1.0946994183093437e-16, 0.2784645427610738


def silu_slope(a: float) -> float:
    """The derivative of silu, sigmoid(a) + silu(a) * sigmoid(-a).

    That is sigmoid(a) * sigmoid(-a) * (1 + a + exp(a)), and with r the zero of the last factor, t = a -
    r, the last factor is t + exp(r) * expm1(t), whose terms have one sign.
    """
    if -3.0 < a < -0.5:
        gap = (a - _SILU_ROOT) - _SILU_ROOT_LOW
        return sigmoid(a) * sigmoid(-a) * (gap + _SILU_FACTOR * math.expm1(gap))
    return sigmoid(a) + silu(a) * sigmoid(-a) if a > -INF else -0.0
