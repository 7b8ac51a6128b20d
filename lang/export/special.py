"""The error and gamma functions, written in this language; see `library`.

Source: for JavaScript, which lacks them: gamma by its recurrence and log-gamma's Taylor series (DLMF 5.7.3), log-gamma
of large arguments by Stirling's series (5.11.1), erf by its series of positive terms (7.6.2), erfc by its continued
fraction (7.9.1). Polygamma of negative arguments is a difference of zeta sums over both sides (5.15.6, 25.11.1). The
others as in `lang.kernels`.
"""

from __future__ import annotations

import math

from lang.export.elementary import polynomial


def _cases(values: tuple[float, ...]) -> str:
    """The kth of some values, k from 1."""
    return " else ".join(f"{value!r} if k == {k}" for k, value in enumerate(values[:-1], 1)) + f" else {values[-1]!r}"


_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330,
              854513 / 138, -236364091 / 2730)  # fmt: skip
_DIGAMMA = tuple(each / (2 * k) for k, each in enumerate(_BERNOULLI, 1))
_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400)
_ZETA = (
    0.3224670334241132, -0.0673523010531981, 0.020580808427784546, -0.007385551028673986, 0.0028905103307415234,
    -0.001192753911703261, 0.0005096695247430425, -0.00022315475845357939, 9.945751278180853e-05,
    -4.492623673813314e-05, 2.050721277567069e-05, -9.439488275268397e-06, 4.374866789907488e-06,
    -2.039215753801366e-06, 9.55141213040742e-07, -4.492469198764566e-07, 2.1207184805554665e-07,
    -1.0043224823968099e-07, 4.7698101693639804e-08, -2.2711094608943164e-08, 1.0838659214896955e-08,
    -5.183475041970047e-09, 2.4836745438024785e-09, -1.1921401405860912e-09, 5.731367241678862e-10,
    -2.7595228851242334e-10, 1.330476437424449e-10,
)  # fmt: skip
_GELU = (
    0.4314939923140469, 0.388284982990552, -0.018199676398671087, -0.1140082332972217, -0.014771522148244337,
    0.019421679838189067, 0.004539228379125415, -0.002239538068073497, -0.0007448268386746817, 0.00018633974623233514,
    8.615947861116571e-05, -1.121438018842664e-05, -7.74846130700372e-06, 4.3284506257392273e-07, 5.702764979242107e-07,
)  # fmt: skip

TEXT = f"""
# error functions
def ad_gauss(a):
    if abs(a) >= 28:
        return 0
    elif abs(a) < 1e-9:
        return 1
    else:
        high, lost = ad_two_product(a, a)
        value = exp(-high)
        return value - value * lost
def ad_erf(a):
    size = abs(a)
    if size < 1.5:
        term = a
        total = a
        k = 1
        while abs(term) > 1e-17 * abs(total):
            term = term * (2 * a * a / (2 * k + 1))
            total = total + term
            k = k + 1
        return 1.1283791670955126 * gauss(a) * total
    else:
        return copysign(1 - erfc(size), a)
def ad_erfc(a):
    if a < -1.5:
        return 2 - erfc(-a)
    elif a < 0.5:
        return 1 - erf(a)
    elif a < 1.5:
        return 1 - erf(a)
    else:
        below = a
        for k in range(120, 0, -1):
            below = a + 0.5 * k / below
        return gauss(a) / (1.772453850905516 * below)
def ad_erfinv_size(a):
    logs = log((1 - a) * (1 + a))
    half = 2 / (pi * 0.147) + 0.5 * logs
    x = sqrt(sqrt(half * half - logs / 0.147) - half)
    move = 0
    for k in range(3):
        x = x - move
        excess = erf(x) - a if a < 0.5 else (1 - a) - erfc(x)
        newton = excess / ({2 / math.sqrt(math.pi)!r} * gauss(x))
        move = newton / (1 + x * newton)
    return x - move
def ad_erfinv(a):
    if not abs(a) < 1: return copysign(inf, a) if abs(a) == 1 else nan
    elif abs(a) < 1e-9: return a / {2 / math.sqrt(math.pi)!r}
    else: return copysign(ad_erfinv_size(abs(a)), a)
def ad_gauss_erfinv(a):
    size = abs(a)
    if not size < 1:
        return 0 if size == 1 else nan
    elif size < 1e-9:
        return 1
    else:
        x = ad_erfinv_size(size)
        excess = erf(x) - size if size < 0.5 else (1 - size) - erfc(x)
        return gauss(x) + 2 * x * excess / {2 / math.sqrt(math.pi)!r}
def ad_normal(a):
    x, rest = ad_two_product(-a, {math.sqrt(0.5)!r})
    lost = rest - a * -4.833646656726457e-17
    return 0.5 * (erfc(x) - {2 / math.sqrt(math.pi)!r} * gauss(x) * lost)
def ad_gelu(a):
    if a < -39: return -0
    elif a > 10: return a
    else: return 0.5 * a if abs(a) < 1e-18 else a * ad_normal(a)
def ad_gelu_slope(a):
    s = (a - -0.7517915246935645) - 1.4956759177009883e-17
    if a < -39:
        return -0
    elif a > 10:
        return 1
    elif abs(a) < 1e-18:
        return 0.5
    elif abs(s) < 0.125:
        return s * {polynomial(_GELU, "s")}
    else:
        half = gauss(0.5 * a)
        return ad_normal(a) + a * (half * half * {math.sqrt(0.5) * (2 / math.sqrt(math.pi)) * 0.5!r})

# gamma functions
ad_lgamma_near(s) = s * (0.42278433509846713 + s * {polynomial(_ZETA, "s")})
def ad_lgamma(a):
    if not (a >= 0.5 and a < 3.5): return raw_lgamma(a)
    elif a < 1.5: return ad_lgamma_near(a - 1) - log1p(a - 1)
    elif a < 2.5: return ad_lgamma_near(a - 2)
    else: return log(a - 1) + lgamma(a - 1)
def ad_raw_lgamma(a):
    if a != a:
        return nan
    elif abs(a) == inf or a <= 0 and a == floor(a):
        return inf
    elif a < 0:
        return {math.log(math.pi)!r} - log(abs(sinpi(a))) - lgamma(1 - a)
    elif a < 0.5:
        return lgamma(a + 1) - log(a)
    elif a < 16:
        product = 1
        while a >= 2.5:
            a = a - 1
            product = product * a
        return log(product) + lgamma(a)
    else:
        return (a - 0.5) * log(a) - a + 0.9189385332046728 + ad_stirling(a)
def ad_gamma(a):
    if a > 171.7:
        return inf
    elif a >= 1:
        product = 1
        while a >= 2:
            a = a - 1
            product = product * a
        return product * exp(lgamma(a))
    elif a > 0:
        return gamma(a + 1) / a
    elif a == 0:
        return 1 / a
    else:
        return nan if not a < 0 or a == floor(a) else pi / sinpi(a) / gamma(1 - a)
def ad_stirling(a):
    s = 1 / a * (1 / a)
    return 1 / a * {polynomial(_STIRLING, "s")}
ad_bernoulli(k) = {_cases(_BERNOULLI)}
def ad_digamma_tail(a):
    s = 1 / a * (1 / a)
    return 1 / a * 0.5 + s * {polynomial(_DIGAMMA, "s")}
def ad_digamma_rise(a, b):
    total = 0
    while a < 16:
        total = total + b / (a + b) / a
        a = a + 1
    logs = log1p(b / a)
    total = total + (logs + 0.5 * (b / (a + b)) / a)
    s = 1 / a / a
    power = s
    for k in range(1, 13):
        total = total - ad_bernoulli(k) / (2 * k) * power * expm1(-2 * k * logs)
        power = power * s
    return total
def ad_digamma(a):
    if a >= 16:
        return log(a) - ad_digamma_tail(a) if a < inf else inf
    elif a > 0:
        gap = (a - 1.4616321449683622) - 9.549995429965697e-17
        return ad_digamma_rise(1.4616321449683622, gap) if gap > 0 else -ad_digamma_rise(a, -gap)
    elif a == 0:
        return copysign(inf, -a)
    elif a > -1e-8:
        return -1 / a - 0.5772156649015329
    else:
        sine = sinpi(a)
        return nan if sine == 0 or not a > -inf else digamma(1 - a) - pi * cospi(a) / sine
ad_trigamma(a) = polygamma(1, a)
def ad_factorial(n):
    product = 1
    for k in range(1, n + 1):
        product = product * k
    return product
def ad_zeta_sum(n, a):
    total = 0
    factorial = ad_factorial(n)
    term = inf
    while a < n + 16 and term >= 1e-18 * total:
        term = factorial * a**(-n - 1)
        total = total + term
        a = a + 1
    if a < n + 16:
        return total
    else:
        value = factorial / n * a**-n + 0.5 * factorial * a**(-n - 1)
        s = 1 / a / a
        scale = factorial * (n + 1) * 0.5 * a**(-n - 2)
        for k in range(1, 13):
            value = value + ad_bernoulli(k) * scale
            scale = scale * ((2 * k + n) * (2 * k + n + 1) / ((2 * k + 1) * (2 * k + 2)) * s)
        return total + value
def ad_polygamma(n, a):
    if not (n >= 0 and n <= 150 and n == floor(n)) or not a > -inf:
        return nan
    elif n == 0:
        return digamma(a)
    elif a > 0:
        value = ad_zeta_sum(n, a)
        return value if mod(n, 2) == 1 else -value
    elif a == floor(a):
        return inf if mod(n, 2) == 1 else copysign(inf, -a) if a == 0 else nan
    else:
        up = a - floor(a)
        down = ceil(a) - a
        rest = ad_zeta_sum(n, 1 - a)
        if mod(n, 2) == 1:
            return ad_zeta_sum(n, up) + (ad_zeta_sum(n, down) - rest)
        elif up < down:
            return -ad_polygamma_fall(n, up, down - up) - rest
        else:
            return ad_polygamma_fall(n, down, up - down) - rest
def ad_polygamma_fall(n, a, b):
    total = 0
    factorial = ad_factorial(n)
    while a < n + 16:
        total = total - factorial * (a**-n * expm1(-(n + 1) * log1p(b / a)) / a)
        a = a + 1
    logs = log1p(b / a)
    last = a**-n
    total = total - factorial / n * last * expm1(-n * logs)
    total = total - 0.5 * factorial * last * expm1(-(n + 1) * logs) / a
    s = 1 / a / a
    scale = factorial * (n + 1) * 0.5 * last * s
    for k in range(1, 13):
        total = total - ad_bernoulli(k) * scale * expm1(-(2 * k + n) * logs)
        scale = scale * ((2 * k + n) * (2 * k + n + 1) / ((2 * k + 1) * (2 * k + 2)) * s)
    return total
def ad_polygamma_diff(n, a, b):
    if not (n >= 0 and n <= 150 and n == floor(n) and a > 0 and a < inf and a + b > 0):
        return nan
    elif b < 0:
        return -polygamma_diff(n, a + b, -b)
    elif b == 0 or b == inf:
        return 0 if b == 0 else inf if n == 0 else -polygamma(n, a)
    elif n == 0:
        return ad_digamma_rise(a, b)
    else:
        fall = ad_polygamma_fall(n, a, b)
        return fall if mod(n, 2) == 0 else -fall
"""
