"""The gamma function's family: log-gamma, digamma, polygamma, and differences of polygammas.

Law: sums are of terms with one sign. A difference is summed term by term as a difference; where a
reflection or a zero makes terms cancel all the same, `wide` computes the value again.

Source: DLMF 5.7.3 (Taylor series of log-gamma), 5.11.2 and 5.15.8 (asymptotic series), 5.5.2, 5.5.4,
5.15.5, 5.15.6 (recurrences and reflections)."""

from __future__ import annotations

import math

from lang.kernels import wide
from lang.kernels.exact import horner
from lang.kernels.total import INF, NAN
from lang.kernels.trigonometric import cospi, sinpi

# B(2k) of DLMF 24.2.1
_BERNOULLI = (
    1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330,
    854513 / 138, -236364091 / 2730,
)  # fmt: skip
_DIGAMMA = tuple(each / (2 * k) for k, each in enumerate(_BERNOULLI, 1))
_ONE_LESS_EULER = 0.42278433509846713
# (zeta(k) - 1) / k for k = 2, 3, ..., with alternating signs
_ZETA = (
    0.3224670334241132, -0.0673523010531981, 0.020580808427784546, -0.007385551028673986,
    0.0028905103307415234, -0.001192753911703261, 0.0005096695247430425, -0.00022315475845357939,
    9.945751278180853e-05, -4.492623673813314e-05, 2.050721277567069e-05, -9.439488275268397e-06,
    4.374866789907488e-06, -2.039215753801366e-06, 9.55141213040742e-07, -4.492469198764566e-07,
    2.1207184805554665e-07, -1.0043224823968099e-07, 4.7698101693639804e-08, -2.2711094608943164e-08,
    1.0838659214896955e-08, -5.183475041970047e-09, 2.4836745438024785e-09, -1.1921401405860912e-09,
    5.731367241678862e-10, -2.7595228851242334e-10, 1.330476437424449e-10,
)  # fmt: skip
_ROOT, _ROOT_LOW = 1.4616321449683622, 9.549995429965697e-17  # the zero of digamma
_LARGEST_ORDER = 150


def gamma(a: float) -> float:
    """The gamma function; an infinity at 0, nan at negative whole numbers."""
    try:
        return math.gamma(a)
    except OverflowError:
        return INF
    except ValueError:
        return math.copysign(INF, a) if a == 0.0 else NAN


def lgamma(a: float) -> float:
    """log |gamma(a)|; inf at the poles. Python's own loses its digits next to zeros, which this one keeps."""
    if 0.5 <= a < 2.5:
        if a < 1.5:
            a -= 1.0
            return a * (_ONE_LESS_EULER + a * horner(_ZETA, a)) - math.log1p(a)
        a -= 2.0
        return a * (_ONE_LESS_EULER + a * horner(_ZETA, a))
    if 2.5 <= a < 3.5:
        return math.log(a - 1.0) + lgamma(a - 1.0)
    try:
        value = math.lgamma(a)
    except (OverflowError, ValueError):
        return INF
    if -30.0 < a < -2.0 and abs(value) < 0.1 - 0.3 * a:
        with wide.digits():
            return float(wide.log_abs_gamma(a))
    return value


def digamma(a: float) -> float:
    """gamma'(a) / gamma(a)."""
    if a >= 16.0:
        return math.log(a) - _digamma_tail(a) if a < INF else INF
    if a > 0.0:
        gap = (a - _ROOT) - _ROOT_LOW  # psi(a) = psi(a) - psi(root)
        return _digamma_rise(_ROOT, gap) if gap > 0.0 else -_digamma_rise(a, -gap)
    if not a < 0.0:
        return math.copysign(INF, -a) if a == 0.0 else NAN
    sine = sinpi(a)
    if sine == 0.0 or a == -INF:
        return NAN
    if a > -1e-8:
        return -1.0 / a - 0.5772156649015329 if a < -6e-309 else INF
    other, turned = digamma(1.0 - a), math.pi * cospi(a) / sine
    value = other - turned
    if abs(value) < max(0.2, 0.4 * abs(other)):
        with wide.digits():
            return float(wide.reflected_polygamma(0, a))
    return value


def _digamma_tail(a: float) -> float:
    """log(a) - digamma(a) for large a."""
    inverse = 1.0 / a
    square = inverse * inverse
    return inverse * 0.5 + square * horner(_DIGAMMA, square)


def _digamma_rise(a: float, b: float) -> float:
    """digamma(a + b) - digamma(a) for a, b > 0."""
    total = 0.0
    while a < 16.0:
        product = a * (a + b)
        total += b / product if 1e-290 < product < 1e290 else b / (a + b) / a
        a += 1.0
    logs = math.log1p(b / a)
    total += logs + 0.5 * (b / (a + b)) / a
    square = 1.0 / a / a
    power = square
    for k, each in enumerate(_DIGAMMA, 1):
        total -= each * power * math.expm1(-2.0 * k * logs)
        power *= square
    return total


def trigamma(a: float) -> float:
    """The derivative of digamma."""
    return polygamma(1.0, a)


def polygamma(n: float, a: float) -> float:
    """The nth derivative of digamma; n a whole number from 0 to 150."""
    if not (0.0 <= n <= _LARGEST_ORDER and n == n // 1.0) or a != a or a == -INF:
        return NAN
    if n == 0.0:
        return digamma(a)
    order = int(n)
    if a <= 0.0 and sinpi(a) == 0.0:
        return INF if order % 2 else math.copysign(INF, -a) if a == 0.0 else NAN
    value = _positive_polygamma(order, a) if a > 0.0 else _negative_polygamma(order, a)
    return value if order % 2 else -value


def _positive_polygamma(n: int, a: float) -> float:
    """n! * zeta(n + 1, a), by summing terms until Euler-Maclaurin's remainder is small."""
    total = 0.0
    factorial = float(math.factorial(n))
    while a < n + 16.0:
        term = factorial * _power(a, -n - 1)
        total += term
        if term < 1e-18 * total:
            return total
        a += 1.0
    value = factorial / n * _power(a, -n) + 0.5 * factorial * _power(a, -n - 1)
    square = 1.0 / a / a
    scale = factorial * (n + 1.0) * 0.5 * _power(a, -n - 2)  # (2k + n - 1)! / (2k)! * a**(-2k - n)
    for k, each in enumerate(_BERNOULLI, 1):
        value += each * scale
        scale *= (2.0 * k + n) * (2.0 * k + n + 1.0) / ((2.0 * k + 1.0) * (2.0 * k + 2.0)) * square
    return total + value


def _negative_polygamma(n: int, a: float) -> float:
    """n! * zeta(n + 1, a) for a < 0: by recurrence, far from 0 by reflection."""
    sign = 1.0 if n % 2 else -1.0
    if a > -50.0:
        steps = math.ceil(-a)
        other = _positive_polygamma(n, a + steps)
        turned = math.factorial(n) * sum(_power(a + k, -n - 1) for k in range(steps))
    else:
        cot = cospi(a) / sinpi(a)
        other = -sign * _positive_polygamma(n, 1.0 - a)
        turned = -sign * horner(tuple(map(float, wide.cotangent_polynomial(n))), cot) * math.pi ** (n + 1)
    value = other + turned
    if n % 2 == 0 and abs(value) < 0.4 * max(abs(other), abs(turned)):
        with wide.digits():
            return sign * float(wide.reflected_polygamma(n, a))
    return value


def _power(a: float, n: int) -> float:
    try:
        return math.pow(a, n)
    except OverflowError:
        return INF


def polygamma_diff(n: float, a: float, b: float) -> float:
    """polygamma(n, a + b) - polygamma(n, a) for a > 0, a + b > 0."""
    if not (0.0 <= n <= _LARGEST_ORDER and n == n // 1.0 and a > 0.0 and a + b > 0.0) or math.isinf(a):
        return NAN
    if b < 0.0:
        return -polygamma_diff(n, a + b, -b)
    if b == 0.0 or math.isinf(b):
        return 0.0 if b == 0.0 else INF if n == 0.0 else -polygamma(n, a)
    if n == 0.0:
        return _digamma_rise(a, b)
    fall = _polygamma_fall(int(n), a, b)
    return fall if int(n) % 2 == 0 else -fall


def _polygamma_fall(n: int, a: float, b: float) -> float:
    """n! * (zeta(n + 1, a) - zeta(n + 1, a + b)) for b > 0, term by term: a**-p - (a + b)**-p each."""
    total = 0.0
    factorial = float(math.factorial(n))
    while a < n + 16.0:
        total -= factorial * (_power(a, -n) * math.expm1(-(n + 1.0) * math.log1p(b / a)) / a)
        a += 1.0
    logs = math.log1p(b / a)
    last = _power(a, -n)
    total -= factorial / n * last * math.expm1(-n * logs)
    total -= 0.5 * factorial * last * math.expm1(-(n + 1.0) * logs) / a
    square = 1.0 / a / a
    scale = factorial * (n + 1.0) * 0.5 * last * square  # (2k + n - 1)! / (2k)! * a**(-2k - n)
    for k, each in enumerate(_BERNOULLI, 1):
        total -= each * scale * math.expm1(-(2.0 * k + n) * logs)
        scale *= (2.0 * k + n) * (2.0 * k + n + 1.0) / ((2.0 * k + 1.0) * (2.0 * k + 2.0)) * square
    return total
