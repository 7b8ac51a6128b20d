"""Operators, roots, steps, circular, hyperbolic and logarithmic functions, written in this language; see `library`.

Source: the derivatives of sinc by their recurrence, upward where it is stable, else downward (DLMF 3.6 (iii)); the
others as in `lang.kernels`.
"""

from __future__ import annotations

import math


def polynomial(coefficients: tuple[float, ...], name: str) -> str:
    """Horner's form, the constant coefficient given first."""
    text = repr(coefficients[-1])
    for each in reversed(coefficients[:-1]):
        text = f"({text} * {name} + {each!r})"
    return text


_SINH = tuple(1.0 / math.factorial(k) for k in range(3, 21, 2))

TEXT = f"""
# pairs of floats
def ad_two_product(a, b):
    high = a * b
    left = 134217729 * a
    a_high = left - (left - a)
    a_low = a - a_high
    right = 134217729 * b
    b_high = right - (right - b)
    b_low = b - b_high
    return high, ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low

def ad_quotient(above, below, lost):
    value = above / below
    product, rest = ad_two_product(value, below)
    return value + ((above - product) - rest - value * lost) / below

# operators, roots, steps
def ad_mod(a, b):
    rest = rem(a, b)
    if rest == 0: return copysign(0, b)
    else: return rest + b if (b < 0) and (rest > 0) or (b > 0) and (rest < 0) else rest
def ad_floor_divide(a, b):
    if b == 0:
        return a / b
    else:
        rest = rem(a, b)
        ratio = (a - rest) / b
        if rest != 0 and (b < 0 and rest > 0 or b > 0 and rest < 0):
            ratio = ratio - 1
        whole = floor(ratio)
        return copysign(0, a / b) if ratio == 0 else whole + 1 if ratio - whole > 0.5 else whole
ad_pow(a, b) = a * a if b == 2 else 1 if a == 1 or a == -1 and abs(b) == inf else raw_pow(a, b)
ad_square(a) = a * a
ad_inv(a) = 1 / a
ad_rsqrt(a) = 1 / sqrt(a)
def ad_cube_root(a):
    guess = raw_cbrt(a)
    high, low = ad_two_product(guess, guess)
    cube, rest = ad_two_product(high, guess)
    return guess - ((cube - a) + (rest + low * guess)) / (3 * high)
def ad_cbrt(a):
    size = abs(a)
    if a == 0 or not size < inf: return a
    elif size < 1e-90: return ad_cube_root(a * {2.0**600!r}) * {2.0**-200!r}
    elif size > 1e90: return ad_cube_root(a * {2.0**-600!r}) * {2.0**200!r}
    else: return ad_cube_root(a)
ad_max(a, b) = a if a >= b or a != a else b
ad_min(a, b) = a if a <= b or a != a else b
ad_exp2(a) = 2**a
ad_exp10(a) = 10**a
ad_copysign(a, b) = -abs(a) if b < 0 or b == 0 and 1 / b < 0 else abs(a)
ad_floor(a) = a // 1 if abs(a) < 4503599627370496 else a
ad_ceil(a) = -(-a // 1) if abs(a) < 4503599627370496 else a
ad_round(a) = copysign((abs(a) + 4503599627370496) - 4503599627370496, a) if abs(a) < 4503599627370496 else a
ad_sign(a) = 1 if a > 0 else -1 if a < 0 else a
ad_step(a) = 1 if a > 0 else a if a != a else 0
ad_relu(a) = a if a > 0 or a != a else 0
ad_clamp(a, lo, hi) = nan if not lo <= hi else lo if a < lo else hi if a > hi else a
def ad_powlog(a, b, n):
    if n == 0: return a**b
    elif not (n > 0 and n < inf and n == floor(n)): return nan
    elif a == 0: return 0 if b > 0 else inf if rem(n, 2) == 0 else -inf
    elif not a > 0: return nan
    else:
        logs = log(a)**n
        value = a**b
        half = a**(b / 2)
        return value * logs if value > 1e-290 and value < 1e290 or logs == 0 else (half * logs) * half

# circular and hyperbolic relatives
ad_deg2rad(a) = a * {math.pi / 180!r}
ad_rad2deg(a) = a * {180 / math.pi!r}
ad_sec(a) = 1 / cos(a)
ad_csc(a) = 1 / sin(a)
ad_cot(a) = 1 / tan(a)
ad_asec(a) = atan2(sqrt(abs(a) - 1) * sqrt(abs(a) + 1), copysign(1, a))
ad_acsc(a) = copysign(atan2(1, sqrt(abs(a) - 1) * sqrt(abs(a) + 1)), a)
ad_acot(a) = copysign(atan2(1, abs(a)), a) if a != 0 else 0.5 * pi
def ad_sinpi(a):
    size = rem(abs(a), 2)
    flip = size >= 1
    if flip: size = size - 1
    if size > 0.5: size = 1 - size
    value = sin(pi * size) if size <= 0.25 else cos(pi * (0.5 - size))
    if value == 0: return copysign(0, a)
    else: return -value if flip and not a < 0 or a < 0 and not flip else value
def ad_cospi(a):
    size = rem(abs(a), 2)
    if size > 1: size = 2 - size
    return cos(pi * size) if size <= 0.25 else sin(pi * (0.5 - size)) if size < 0.75 else -cos(pi * (1 - size))
def ad_sinc(a):
    if abs(a) < 1e-9: return 1
    else: return 0 if abs(a) == inf else sinpi(a) / (pi * a)
def ad_sech(a):
    decay = exp(-abs(a))
    if decay < 1e-8:
        return 2 * decay
    else:
        square = decay * decay
        below = 1 + square
        value = 2 * decay / below
        return value - value * (square - (below - 1)) / below
def ad_csch(a):
    size = abs(a)
    if size > 20: return copysign(2 * exp(-size), a)
    elif size > 1: return copysign(ad_quotient(2 * exp(-size), -expm1(-2 * size), 0), a)
    elif size < 1e-100: return 1 / a
    else:
        s = a * a
        rest = a * s * {polynomial(_SINH, "s")}
        return ad_quotient(1, a + rest, rest - ((a + rest) - a))
ad_coth(a) = 1 / tanh(a)
def ad_asech(a):
    if a < 1e-300: return 0.6931471805599453 - log(a)
    else: return asinh(sqrt((1 - a) * (1 + a)) / a)
ad_acsch(a) = copysign(0.6931471805599453 - log(abs(a)), a) if abs(a) < 1e-300 else asinh(1 / a)
ad_acoth(a) = copysign(0.5 * log1p(2 / (abs(a) - 1)), a) if abs(a) >= 1 else nan

# logarithms and the logistic curve
ad_log_base(a, b) = log(a) / log(b) if b > 0 else nan
def ad_sigmoid(a):
    decay = exp(-abs(a))
    below = 1 + decay
    if decay < 1e-17: return decay if a < 0 else 1
    else: return ad_quotient(1 if a > 0 else decay, below, decay - (below - 1))
ad_logit(a) = 2 * atanh(2 * a - 1) if a >= 0.25 and a <= 0.75 else log(a / (1 - a))
ad_softplus(a) = a + log1p(exp(-a)) if a > 0 else log1p(exp(a))
def ad_softmax(a, b):
    gap = a - b
    part = gap - a
    lost = (a - (gap - part)) + (-b - part)
    value = sigmoid(gap)
    if abs(gap) < inf: return 0.5 if a == b else value + value * (1 - value) * lost
    else: return 0.5 if a == b else 0 if gap < 0 else 1 if gap > 0 else nan
def ad_logaddexp(a, b):
    big = a if a > b else b
    small = b if a > b else a
    if a - a != 0 or b - b != 0:
        return nan if a != a or b != b else big
    else:
        gap = small - big
        part = gap - small
        lost = (small - (gap - part)) + (-big - part)
        weight = exp(gap)
        value = big + log1p(weight + weight * lost if weight > 0 else 0)
        return log1p(expm1(big) + exp(small)) if abs(value) < -0.6 * big else value
ad_xlogy(a, b) = 0 if a == 0 and b == b else a * log(b)
def ad_silu(a):
    half = exp(0.5 * a)
    if a < -700: return a * half * half if a > -inf else 0
    else: return a * sigmoid(a)
def ad_silu_slope(a):
    gap = (a - -1.2784645427610737) - -1.0946994183093437e-16
    if a > -3 and a < -0.5: return sigmoid(a) * sigmoid(-a) * (gap + 0.2784645427610738 * expm1(gap))
    else: return -0 if a == -inf else sigmoid(a) + silu(a) * sigmoid(-a)

# derivatives of sinc
def ad_turn(k, a):
    turn = mod(k, 4)
    return sinpi(a) if turn == 0 else cospi(a) if turn == 1 else -sinpi(a) if turn == 2 else -cospi(a)
def ad_polysinc(n, a):
    if not (n >= 0 and n <= 100 and n == floor(n)) or a != a:
        return nan
    elif abs(a) == inf:
        return 0
    elif n < pi * abs(a):
        value = sinc(a)
        for k in range(1, n + 1):
            value = (ad_turn(k, a) - k * value) / (pi * a)
        return pi**n * value
    else:
        value = 0
        for k in range(n + 100, n, -1):
            value = (ad_turn(k, a) - pi * a * value) / k
        return pi**n * value
"""
