"""Derivatives of beta of any order, for positive arguments: n times by the first, m times by the second.

Law: sums are of terms with one sign. The moments of log(t), by which a beta integral is differentiated by one
argument, come from differences of polygammas, which all have the sign they need. By both arguments those would cancel
(next to a = 0 the poles of beta go, and 1e-300 of a term is left), so there the integral itself is summed:

    integral of t**a (1 - t)**b log(t)**n log(1 - t)**m over all x,  t = 1 / (1 + exp(-x))

by the trapezoidal rule, whose error falls exponentially with its step for such functions.

Source: DLMF 5.12.1; for the rule: Trefethen and Weideman 2014, SIAM Review 56, 385-458."""

from __future__ import annotations

import math

from lang.kernels import wide
from lang.kernels.beta import beta
from lang.kernels.gamma import polygamma, polygamma_diff
from lang.kernels.logarithmic import sigmoid, softplus
from lang.kernels.total import INF, NAN

_LARGEST_ORDER = 20
_FAR = 708.0  # exp(-_FAR) is still a normal float


def polybeta(n: float, m: float, a: float, b: float) -> float:
    """The nth derivative by a of the mth derivative by b of beta(a, b); n and m whole numbers from 0 to 20."""
    if not (_counts(n) and _counts(m) and a > 0.0 and b > 0.0):
        return NAN
    if n == m == 0.0:
        return beta(a, b)
    if a == INF or b == INF or min(a, b) > 1100.0:
        return 0.0
    if n and m:
        size = _integral(int(n), int(m), a, b)
    else:
        size = _one_sided(int(n), a, b) if n else _one_sided(int(m), b, a)
    return -size if (n + m) % 2.0 else size


def _counts(n: float) -> bool:
    return 0.0 <= n <= _LARGEST_ORDER and n == n // 1.0


def _one_sided(n: int, a: float, b: float) -> float:
    """The size of the nth derivative by a: beta times the nth moment of -log(t), from its cumulants."""
    if b < 1e-20 * min(a, 1.0):
        return abs(polygamma(float(n), a))
    value = beta(a, b)
    if a > 1e26 * max(b * b, 1.0):
        for k in range(n):
            value = value * (b + k) / a
        return value
    cumulants = [abs(polygamma_diff(float(k), a, b)) for k in range(n)]
    moments = [1.0]
    for k in range(n):
        moments.append(sum(math.comb(k, j) * cumulants[j] * moments[k - j] for j in range(k + 1)))
    return value * moments[n]


def _integral(n: int, m: int, a: float, b: float) -> float:
    """The size of the derivative by both: the integral, in steps from its largest value to both sides."""
    step, place = _steps(n, m, a, b)
    below, above = softplus(-place), softplus(place)  # -log(t), -log(1 - t)
    terms, largest = [1.0], 1.0
    for side in (step, -step):
        term, u = 1.0, side
        while term > 1e-19 * largest and abs(place + u) < 740.0:
            x = place + u  # exact, as both are whole multiples of the step
            term = math.exp(-a * _rise(-place, -u) - b * _rise(place, u))
            term *= (softplus(-x) / below) ** n * (softplus(x) / above) ** m
            terms.append(term)
            largest = max(largest, term)
            u += side
    with wide.digits(80):
        return float(wide.beta_weight(n, m, a, b, place) * wide.exactly(math.fsum(terms) * step))


def _rise(x: float, u: float) -> float:
    """softplus(x + u) - softplus(x)."""
    if u > 0.0:
        return math.log1p(sigmoid(x) * math.expm1(u))
    return -math.log1p(sigmoid(x + u) * math.expm1(-u))


def _steps(n: int, m: int, a: float, b: float) -> tuple[float, float]:
    """A step that is fine enough, of a few bits, and its multiple next to the largest value of the integrand."""
    low, high = -_FAR, _FAR
    while high - low > 0.01:
        middle = 0.5 * (low + high)
        if _slope(n, m, a, b, middle) > 0.0:
            low = middle
        else:
            high = middle
    curvature = (_slope(n, m, a, b, low - 0.125) - _slope(n, m, a, b, low + 0.125)) / 0.25
    step = 0.1875
    while step * step * curvature > 0.25:
        step *= 0.5
    return step, round(low / step) * step


def _slope(n: int, m: int, a: float, b: float, x: float) -> float:
    """How the integrand's logarithm rises with x; it only falls."""
    t, rest = sigmoid(x), sigmoid(-x)
    return a * rest - b * t - n * rest / softplus(-x) + m * t / softplus(x)
