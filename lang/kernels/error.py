"""The error function's family.

Law: exp(-a**2) is always `gauss`, and what rounding an argument lost is put back through the derivative.
"""

from __future__ import annotations

import math

from lang.kernels.exact import gauss, horner, two_product
from lang.kernels.total import INF, NAN

_SQRT_HALF = math.sqrt(0.5)
_SQRT_HALF_LOW = -4.833646656726457e-17  # sqrt(1/2) - _SQRT_HALF
_TWO_OVER_SQRT_PI = 2.0 / math.sqrt(math.pi)
# The zero of gelu's derivative, and the derivative's Taylor coefficients there from the first on.
_GELU_ROOT, _GELU_ROOT_LOW = -0.7517915246935645, 1.4956759177009883e-17
_GELU_TAYLOR = (
    0.4314939923140469, 0.388284982990552, -0.018199676398671087, -0.1140082332972217,
    -0.014771522148244337, 0.019421679838189067, 0.004539228379125415, -0.002239538068073497,
    -0.0007448268386746817, 0.00018633974623233514, 8.615947861116571e-05, -1.121438018842664e-05,
    -7.74846130700372e-06, 4.3284506257392273e-07, 5.702764979242107e-07,
)  # fmt: skip


def erfinv(a: float) -> float:
    """The x with erf(x) = a: Winitzki's closed approximation, then Halley's method."""
    size = abs(a)
    if not size < 1.0:
        return math.copysign(INF, a) if size == 1.0 else NAN
    if size < 1e-9:
        return a / _TWO_OVER_SQRT_PI
    x, _ = _erfinv_pair(size)
    return math.copysign(x, a)


def _erfinv_pair(size: float) -> tuple[float, float]:
    logs = math.log((1.0 - size) * (1.0 + size))
    half = 2.0 / (math.pi * 0.147) + 0.5 * logs
    x = math.sqrt(math.sqrt(half * half - logs / 0.147) - half)
    step = 0.0
    for _ in range(3):
        x -= step
        excess = math.erf(x) - size if size < 0.5 else (1.0 - size) - math.erfc(x)
        newton = excess / (_TWO_OVER_SQRT_PI * gauss(x))
        step = newton / (1.0 + x * newton)
    return x - step, 0.0 if x - step != x else -step


def gauss_erfinv(a: float) -> float:
    """exp(-erfinv(a)**2)."""
    size = abs(a)
    if not size < 1.0:
        return 0.0 if size == 1.0 else NAN
    if size < 1e-9:
        return 1.0
    x, _ = _erfinv_pair(size)
    density = gauss(x)
    excess = math.erf(x) - size if size < 0.5 else (1.0 - size) - math.erfc(x)
    return density + 2.0 * x * excess / _TWO_OVER_SQRT_PI


def _normal_cdf(a: float) -> float:
    """The distribution function of the normal distribution, for |a| < 38."""
    x, lost = two_product(-a, _SQRT_HALF)
    lost -= a * _SQRT_HALF_LOW
    return 0.5 * (math.erfc(x) - _TWO_OVER_SQRT_PI * gauss(x) * lost)


def _normal_density(a: float) -> float:
    half = gauss(0.5 * a)
    return half * half * (_SQRT_HALF * _TWO_OVER_SQRT_PI * 0.5)


def gelu(a: float) -> float:
    """a * (1 + erf(a / sqrt(2))) / 2."""
    if a < -39.0:
        return -0.0
    if a > 10.0 or a != a:
        return a
    if -1e-18 < a < 1e-18:
        return 0.5 * a
    return a * _normal_cdf(a)


def gelu_slope(a: float) -> float:
    """The derivative of gelu."""
    if a < -39.0:
        return -0.0
    if a > 10.0 or a != a:
        return 1.0 if a > 10.0 else a
    if -1e-18 < a < 1e-18:
        return 0.5
    gap = (a - _GELU_ROOT) - _GELU_ROOT_LOW
    if -0.125 < gap < 0.125:
        return gap * horner(_GELU_TAYLOR, gap)
    return _normal_cdf(a) + a * _normal_density(a)
