"""Pairs of floats: what one rounding loses, kept as a second float.

Law: the two parts add up to the exact result, in round-to-nearest, while nothing overflows or underflows.

Source: Dekker 1971, "A floating-point technique for extending the available precision"; Knuth, TAOCP 2,
4.2.2."""

from __future__ import annotations

import math

_SPLITTER = 134217729.0  # 2**27 + 1


def two_sum(a: float, b: float) -> tuple[float, float]:
    """a + b as (rounded, what the rounding lost)."""
    high = a + b
    part = high - a
    return high, (a - (high - part)) + (b - part)


def ordered_sum(a: float, b: float) -> tuple[float, float]:
    """The same, for |a| >= |b|."""
    high = a + b
    return high, (a - high) + b


def two_product(a: float, b: float) -> tuple[float, float]:
    """a * b as (rounded, what the rounding lost), for magnitudes between 1e-140 and 1e140."""
    high = a * b
    scaled = _SPLITTER * a
    a_high = scaled - (scaled - a)
    a_low = a - a_high
    scaled = _SPLITTER * b
    b_high = scaled - (scaled - b)
    b_low = b - b_high
    return high, ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low


def quotient(above: float, below: float, lost: float) -> float:
    """above / (below + lost), for a small lost: the quotient, mended by its remainder."""
    value = above / below
    product, product_lost = two_product(value, below)
    return value + ((above - product) - product_lost - value * lost) / below


def horner(coefficients: tuple[float, ...], a: float) -> float:
    """The polynomial with these coefficients, the constant first."""
    value = 0.0
    for each in reversed(coefficients):
        value = value * a + each
    return value


def gauss(a: float) -> float:
    """exp(-a**2). What rounding a * a loses would grow with a * a, so it goes into a factor of its own."""
    if not -28.0 < a < 28.0:
        return a if math.isnan(a) else 0.0
    if -1e-9 < a < 1e-9:
        return 1.0
    square, lost = two_product(a, a)
    value = math.exp(-square)
    return value - value * lost
