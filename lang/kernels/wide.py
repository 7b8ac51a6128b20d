"""The same functions in `decimal`, at 50 digits: for the few places where floats cancel.

Law: only called where a float formula has lost its digits (next to a zero of lgamma, digamma, logaddexp,
...), so its 0.1 to 0.5 ms do not matter. `decimal` is imported on first use.

Each function takes floats, or Decimals made from floats, which are exact, and returns a Decimal; `float` of
that is correctly rounded but for about 20 digits that cancel at worst.

Source: Stirling's and Euler's expansions, DLMF 5.11.1, 5.11.2, 5.15.8 (asymptotic series), 5.5.1
(recurrence), 5.5.4 (reflection)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

DIGITS = 50
_PI = "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899863"
_HALF_LOG_TWO_PI = "0.918938533204672741780329736405617639861397473637783412817151540482765695927260397694"
_BERNOULLI = (
    (1, 6), (-1, 30), (1, 42), (-1, 30), (5, 66), (-691, 2730), (7, 6), (-3617, 510), (43867, 798),
    (-174611, 330), (854513, 138), (-236364091, 2730), (8553103, 6), (-23749461029, 870),
    (8615841276005, 14322), (-7709321041217, 510), (2577687858367, 6), (-26315271553053477373, 1919190),
    (2929993913841559, 6), (-261082718496449122051, 13530),
)  # fmt: skip
_FAR = 32  # the asymptotic series are used from here on: their 20 terms then leave 1e-44


@contextmanager
def digits(count: int = DIGITS) -> Iterator[None]:
    """Decimal arithmetic inside the block has this many digits, no traps, and a huge range."""
    from decimal import Context, localcontext

    with localcontext(Context(prec=count, Emin=-(10**12), Emax=10**12, traps=[])):
        yield


@cache
def _bernoulli() -> tuple[Decimal, ...]:
    from decimal import Decimal

    with digits(DIGITS + 30):
        return tuple(Decimal(above) / below for above, below in _BERNOULLI)


@cache
def _stirling() -> tuple[Decimal, ...]:
    with digits(DIGITS + 30):
        return tuple(each / (2 * k * (2 * k - 1)) for k, each in enumerate(_bernoulli(), 1))


def pi() -> Decimal:
    from decimal import Decimal

    return Decimal(_PI)


def sin_cos_pi(a: float) -> tuple[Decimal, Decimal]:
    """sin(pi * a) and cos(pi * a), by the Taylor series of the distance to the nearest quarter."""
    from decimal import Decimal

    quarters = round(2.0 * math.fmod(a, 2.0))
    angle = (Decimal(math.fmod(a, 2.0)) - Decimal(quarters) / 2) * pi()
    sine = term = angle
    cosine = other = Decimal(1)
    square = -angle * angle
    for k in range(2, 44, 2):
        other *= square / (k * (k - 1))
        term *= square / (k * (k + 1))
        cosine += other
        sine += term
    return ((sine, cosine), (cosine, -sine), (-sine, -cosine), (-cosine, sine))[quarters % 4]


def lgamma(a: Decimal) -> Decimal:
    """log(gamma(a)) for a > 0."""
    from decimal import Decimal

    product = Decimal(1)
    while a < _FAR:
        product *= a
        a += 1
    value = (a - Decimal("0.5")) * a.ln() - a + Decimal(_HALF_LOG_TWO_PI)
    power = 1 / a
    square = power * power
    for each in _stirling():
        value += each * power
        power *= square
    return value - product.ln()


def log_abs_gamma(a: float) -> Decimal:
    """log |gamma(a)| for a < 0, by reflection."""
    from decimal import Decimal

    return (pi() / abs(sin_cos_pi(a)[0])).ln() - lgamma(1 - Decimal(a))


def polygamma(n: int, a: Decimal) -> Decimal:
    """The nth derivative of digamma, for a > 0."""
    from decimal import Decimal

    total = Decimal(0)
    factorial = math.factorial(n)
    while a < _FAR + 2 * n:
        total += factorial / a ** (n + 1)
        a += 1
    total += Decimal(factorial) / 2 / a ** (n + 1) + (-a.ln() if n == 0 else math.factorial(n - 1) / a**n)
    for k, each in enumerate(_bernoulli(), 1):
        total += each * math.factorial(2 * k + n - 1) / math.factorial(2 * k) / a ** (2 * k + n)
    return -total if n % 2 == 0 else total


def reflected_polygamma(n: int, a: float) -> Decimal:
    """The nth derivative of digamma, for a < 0."""
    from decimal import Decimal

    sine, cosine = sin_cos_pi(a)
    cot = cosine / sine
    turned = Decimal(0)
    for each in reversed(cotangent_polynomial(n)):
        turned = turned * cot + each
    other = polygamma(n, 1 - Decimal(a))
    return (other if n % 2 == 0 else -other) - turned * pi() ** (n + 1)


@cache
def cotangent_polynomial(n: int) -> tuple[int, ...]:
    """The nth derivative of cot as a polynomial in cot, the constant first: cot' = -1 - cot**2, and so on."""
    if n == 0:
        return (0, 1)
    before = cotangent_polynomial(n - 1)
    after = [0] * (n + 2)
    for k, each in enumerate(before):
        if k:
            after[k - 1] -= k * each
            after[k + 1] -= k * each
    return tuple(after)


def log_beta(a: float, b: float) -> Decimal:
    """log(gamma(a) * gamma(b) / gamma(a + b)) for 0 < a <= b."""
    from decimal import Decimal

    small, large = Decimal(a), Decimal(b)
    if b > 1e25:  # log(gamma(a + b) / gamma(b)) = a log(b) + a (a - 1) / (2 b) + ..., DLMF 5.11.12
        return lgamma(small) - small * large.ln() - small * (small - 1) / (2 * large)
    return lgamma(small) + lgamma(large) - lgamma(small + large)


def polysinc(n: int, a: float) -> Decimal:
    """The nth derivative of sinc at a != 0: a s_n + n s_(n-1) = pi**(n-1) * (the nth turn of sin(pi a))."""
    from decimal import Decimal

    sine, cosine = sin_cos_pi(a)
    turns = (sine, cosine, -sine, -cosine)
    value = sine / (pi() * Decimal(a))
    for k in range(1, n + 1):
        value = (pi() ** (k - 1) * turns[k % 4] - k * value) / Decimal(a)
    return value


def exactly(a: float) -> Decimal:
    """A float as it is."""
    from decimal import Decimal

    return Decimal(a)


def beta_weight(n: int, m: int, a: float, b: float, x: float) -> Decimal:
    """t**a * (1 - t)**b * (-log(t))**n * (-log(1 - t))**m at t = 1 / (1 + exp(-x))."""
    from decimal import Decimal

    gap = abs(Decimal(x))
    decay = (-gap).exp()
    short = (1 + decay).ln() if decay > Decimal("1e-30") else decay - decay * decay / 2
    below, above = (short, short + gap) if x > 0 else (short + gap, short)
    return (-Decimal(a) * below - Decimal(b) * above).exp() * below**n * above**m
