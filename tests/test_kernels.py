"""Kernels: values against mpmath, IEEE 754 at the edges, `FAST` against `KERNELS`; rules: first and second
partials."""

from __future__ import annotations

import itertools
import math
import random
import struct
import subprocess
import sys

import pytest
from mpmath import mp, mpf

from lang.kernels import FAST, KERNELS, SAME
from tests import accuracy
from tests.references import PARTIALS, VALUES

INF, NAN = math.inf, math.nan
PRIMITIVES = sorted(KERNELS)
COUNT = 200

# Partials that pass their bound next to their zeros: second derivatives, which are partials of helpers only.
# `python -m tests.accuracy` shows where.
KNOWN = {("silu_slope", 0), ("powlog", 0)}


def label(primitive: tuple[str, int]) -> str:
    return f"{primitive[0]}/{primitive[1]}"


def bits(value: float) -> bytes:
    return b"nan" if math.isnan(value) else struct.pack("<d", value)


def test_every_rule_has_a_kernel_and_a_reference() -> None:
    assert set(accuracy.rules()) == set(KERNELS) == set(FAST) == set(VALUES)


@pytest.mark.parametrize("primitive", PRIMITIVES, ids=label)
def test_values_and_partials_keep_their_digits(primitive: tuple[str, int]) -> None:
    report = accuracy.measure(primitive, accuracy.samples(primitive, COUNT))
    bound = accuracy.bound(primitive[0])
    assert report.value.count > 40
    assert report.value.error <= bound, report.value
    for index, worst in report.partials.items():
        if (primitive[0], index) not in KNOWN:
            assert worst.error <= bound, (index, worst)


@pytest.mark.parametrize("primitive", PRIMITIVES, ids=label)
def test_kernels_never_raise(primitive: tuple[str, int]) -> None:
    edges = (
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        2.0,
        -3.0,
        5e-324,
        -5e-324,
        1e-300,
        1e300,
        -1e300,
        1.7e308,
        INF,
        -INF,
        NAN,
        -700.5,
    )
    for args in itertools.product(edges if primitive[1] < 3 else edges[::2], repeat=primitive[1]):
        assert isinstance(KERNELS[primitive](*args), float), args


@pytest.mark.parametrize("primitive", PRIMITIVES, ids=label)
def test_fast_gives_the_same_bits_where_it_returns(primitive: tuple[str, int]) -> None:
    for args in accuracy.samples(primitive, 100):
        try:
            quick = FAST[primitive](*args)
        except (ZeroDivisionError, OverflowError, ValueError):
            assert not math.isfinite(KERNELS[primitive](*args)), args
        else:
            assert bits(quick) == bits(KERNELS[primitive](*args)), args


def lengths(count: int) -> list[tuple[float, float]]:
    """Pairs for `hypot`: every size of float, alike and far apart, and whole numbers."""
    rng, found = random.Random(5), []
    for number in range(count):
        a, b = (rng.uniform(-1, 1) * 2.0 ** rng.randint(-1074, 1023) for _ in range(2))
        near = math.ldexp(1.0, rng.randint(-1074, 1023))
        pairs = (
            (a, b),
            (a, a * rng.uniform(-1, 1) * 2.0 ** -rng.randint(0, 60)),
            (near, math.nextafter(near, b)),
            (rng.uniform(-5, 5), rng.uniform(-5, 5)),
            (rng.randint(0, 999) * 1.0, rng.randint(0, 999) * 1.0),
        )
        found.append(pairs[number % 5])
    return found


def test_hypot_has_the_bits_of_pythons_own_at_every_size() -> None:
    for args in lengths(20_000):
        assert bits(FAST["hypot", 2](*args)) == bits(KERNELS["hypot", 2](*args)), args


def test_hypot_is_rounded_as_its_exact_value_is() -> None:
    worst = 0.0
    for args in lengths(5_000):
        truth = mp.sqrt(mpf(args[0]) ** 2 + mpf(args[1]) ** 2)
        if accuracy.is_normal(truth) and truth < accuracy.LARGEST:
            worst = max(worst, float(accuracy.ulp_error(KERNELS["hypot", 2](*args), truth)))
    assert worst < 0.501


ROUGH = (2.2131, -1.2704, 1.0204, 2.0408, 1.6598)
"""Numbers whose squares C's pow misses by a unit in the last place."""


@pytest.mark.parametrize("primitive", SAME, ids=label)
def test_what_stands_for_a_kernel_has_its_bits(primitive: tuple[str, int]) -> None:
    same = SAME[primitive]
    odd = [(each,) * primitive[1] for each in (*ROUGH, 0.0, -0.0, 1e200, INF, NAN)]
    for args in [*accuracy.samples(primitive, 100), *odd]:
        given = args if same.last is None else (*args[:-1], same.last)
        found = KERNELS[same.key](*(given[each] for each in same.operands))
        assert bits(found) == bits(KERNELS[primitive](*given)), given


def test_a_square_is_rounded_once() -> None:
    assert all(math.pow(each, 2.0) != each * each == KERNELS["**", 2](each, 2.0) for each in ROUGH)


EDGES = [
    ("/", (1.0, 0.0), INF), ("/", (1.0, -0.0), -INF), ("/", (0.0, 0.0), NAN), ("/", (-1e300, 1e-300), -INF),
    ("**", (-8.0, 1 / 3), NAN), ("**", (0.0, -1.0), INF), ("**", (-0.0, -1.0), -INF),
    ("**", (-0.0, -2.0), INF),
    ("**", (0.0, 0.0), 1.0), ("**", (NAN, 0.0), 1.0), ("**", (1.0, NAN), 1.0), ("**", (-1e200, 3.0), -INF),
    ("**", (-1e200, 2.0), INF), ("//", (-7.0, 2.0), -4.0), ("//", (1.0, 0.0), INF), ("mod", (-7.0, 2.0), 1.0),
    ("mod", (7.0, -2.0), -1.0), ("mod", (1.0, 0.0), NAN), ("rem", (-7.0, 2.0), -1.0),
    ("rem", (INF, 2.0), NAN),
    ("exp", (1000.0,), INF), ("exp", (-1000.0,), 0.0), ("exp", (-INF,), 0.0), ("log", (0.0,), -INF),
    ("log", (-0.0,), -INF),
    ("log", (-1.0,), NAN), ("log", (INF,), INF), ("log1p", (-1.0,), -INF), ("log1p", (-2.0,), NAN),
    ("log2", (0.0,), -INF),
    ("log", (8.0, 2.0), 3.0), ("log", (2.0, 1.0), INF), ("log", (1.0, 1.0), NAN), ("log", (0.0, 2.0), -INF),
    ("sqrt", (-1.0,), NAN), ("sqrt", (-0.0,), -0.0), ("sqrt", (INF,), INF), ("cbrt", (-8.0,), -2.0),
    ("cbrt", (27.0,), 3.0),
    ("sin", (INF,), NAN), ("tan", (-INF,), NAN), ("sinh", (-1000.0,), -INF), ("cosh", (-1000.0,), INF),
    ("tanh", (INF,), 1.0),
    ("asin", (2.0,), NAN), ("acosh", (0.5,), NAN), ("atanh", (1.0,), INF), ("atanh", (-1.0,), -INF),
    ("atanh", (2.0,), NAN),
    ("min", (NAN, 1.0), NAN), ("min", (1.0, NAN), NAN), ("max", (NAN, 1.0), NAN), ("max", (1.0, NAN), NAN),
    ("max", (INF, 1.0), INF), ("hypot", (3.0 * 2.0**700, 4.0 * 2.0**700), 5.0 * 2.0**700),
    ("hypot", (INF, NAN), INF), ("inv", (-0.0,), -INF),
    ("rsqrt", (0.0,), INF), ("sign", (-0.0,), -0.0), ("sign", (INF,), 1.0), ("sign", (NAN,), NAN),
    ("step", (0.0,), 0.0),
    ("step", (NAN,), NAN), ("relu", (NAN,), NAN), ("floor", (-0.5,), -1.0), ("floor", (-INF,), -INF),
    ("ceil", (-0.5,), -0.0),
    ("ceil", (1e300,), 1e300), ("round", (0.5,), 0.0), ("round", (1.5,), 2.0), ("round", (-2.5,), -2.0),
    ("round", (-0.2,), -0.0),
    ("round", (0.49999999999999994,), 0.0), ("round", (4503599627370495.5,), 4503599627370496.0),
    ("trunc", (-1.7,), -1.0),
    ("trunc", (INF,), INF), ("copysign", (3.0, -0.0), -3.0), ("clamp", (5.0, 0.0, 1.0), 1.0),
    ("clamp", (5.0, 1.0, 0.0), NAN),
    ("sinpi", (1.0,), 0.0), ("sinpi", (-1e300,), -0.0), ("sinpi", (2.5,), 1.0), ("sinpi", (INF,), NAN),
    ("cospi", (0.5,), 0.0),
    ("cospi", (1e15 + 0.5,), 0.0), ("cospi", (3.0,), -1.0), ("sinc", (0.0,), 1.0), ("sinc", (3.0,), 0.0),
    ("sinc", (INF,), 0.0),
    ("acot", (0.0,), math.pi / 2), ("acot", (-INF,), -0.0), ("asec", (-1.0,), math.pi),
    ("asec", (0.5,), NAN), ("acsc", (1.0,), math.pi / 2),
    ("sech", (1e6,), 0.0), ("csch", (0.0,), INF), ("coth", (-0.0,), -INF), ("asech", (0.0,), INF),
    ("asech", (1.0,), 0.0),
    ("acsch", (INF,), 0.0), ("acoth", (1.0,), INF), ("acoth", (0.5,), NAN), ("sigmoid", (-INF,), 0.0),
    ("sigmoid", (INF,), 1.0),
    ("logit", (0.0,), -INF), ("logit", (1.0,), INF), ("logit", (0.5,), 0.0), ("logit", (2.0,), NAN),
    ("softplus", (1e300,), 1e300),
    ("logaddexp", (-INF, 3.0), 3.0), ("logaddexp", (-INF, -INF), -INF), ("logaddexp", (INF, -INF), INF),
    ("logaddexp", (NAN, 1.0), NAN),
    ("xlogy", (0.0, 0.0), 0.0), ("xlogy", (1.0, 0.0), -INF), ("xlogy", (0.0, NAN), NAN),
    ("silu", (-INF,), 0.0), ("silu", (INF,), INF),
    ("gelu", (-INF,), 0.0), ("gelu", (INF,), INF), ("erf", (INF,), 1.0), ("erfc", (-INF,), 2.0),
    ("erfinv", (1.0,), INF),
    ("erfinv", (-1.0,), -INF), ("erfinv", (1.5,), NAN), ("gamma", (0.0,), INF), ("gamma", (-1.0,), NAN),
    ("gamma", (5.0,), 24.0),
    ("gamma", (200.0,), INF), ("lgamma", (-2.0,), INF), ("lgamma", (1.0,), 0.0), ("lgamma", (2.0,), 0.0),
    ("lgamma", (-INF,), INF),
    ("digamma", (0.0,), -INF), ("digamma", (-3.0,), NAN), ("digamma", (INF,), INF),
    ("trigamma", (0.0,), INF), ("polygamma", (0.5, 1.0), NAN),
    ("beta", (1.0, 1.0), 1.0), ("beta", (0.0, 1.0), INF), ("beta", (-1.0, 1.0), NAN),
    ("lbeta", (1.0, 1.0), 0.0),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args", "expected"), EDGES, ids=lambda each: str(each))
def test_edges_are_those_of_ieee_and_c(name: str, args: tuple[float, ...], expected: float) -> None:
    value = KERNELS[name, len(args)](*args)
    assert value == expected or (math.isnan(value) and math.isnan(expected))
    if value == 0.0 and math.isfinite(args[0]):
        assert math.copysign(1.0, value) == math.copysign(1.0, expected)


@pytest.mark.parametrize("primitive", sorted(accuracy.domains()), ids=label)
def test_values_outside_the_domain_of_the_rule_are_not_finite(primitive: tuple[str, int]) -> None:
    outside = [args for args in accuracy.samples(primitive, 400) if not accuracy.in_domain(primitive, args)]
    for args in [*outside, *([(2.0, 1.0), (2.0, 0.0), (0.0, 1.0)] if primitive == ("log", 2) else [])]:
        assert not math.isfinite(KERNELS[primitive](*args)), args


PARTIAL_EDGES = [
    ("**", 0, (-2.0, 3.0), 12.0), ("**", 0, (0.0, 0.0), 0.0), ("**", 0, (0.0, 1.0), 1.0),
    ("**", 0, (0.0, 2.0), 0.0),
    ("**", 0, (0.0, 0.3), INF), ("**", 1, (0.0, 2.0), 0.0), ("**", 1, (-2.0, 3.0), NAN),
    ("**", 1, (0.0, 0.0), -INF),
    ("abs", 0, (0.0,), 0.0), ("relu", 0, (0.0,), 0.0), ("max", 0, (1.0, 1.0), 0.5),
    ("min", 1, (1.0, 1.0), 0.5),
    ("max", 0, (2.0, 1.0), 1.0), ("max", 1, (2.0, 1.0), 0.0), ("hypot", 0, (0.0, 0.0), 0.0),
    ("hypot", 0, (3e200, 4e200), 0.6),
    ("sqrt", 0, (0.0,), INF), ("cbrt", 0, (0.0,), INF), ("asin", 0, (1.0,), INF),
    ("acos", 0, (-1.0,), -INF), ("acosh", 0, (1.0,), INF),
    ("atan", 0, (1e200,), 0.0), ("atan2", 0, (1e200, 1e200), 5e-201), ("atan2", 0, (0.0, 0.0), NAN),
    ("tanh", 0, (400.0,), 0.0),
    ("sinc", 0, (0.0,), 0.0), ("xlogy", 1, (0.0, 0.0), 0.0), ("xlogy", 0, (0.0, 0.0), -INF),
    ("logaddexp", 0, (-INF, 1.0), 0.0),
    ("logaddexp", 1, (-INF, 1.0), 1.0), ("logaddexp", 0, (800.0, -800.0), 1.0),
    ("mod", 1, (7.0, 2.0), -3.0), ("mod", 1, (-7.0, 2.0), 4.0),
    ("rem", 1, (-7.0, 2.0), 3.0), ("floor", 0, (2.0,), 0.0), ("copysign", 0, (-3.0, 1.0), -1.0),
    ("where", 1, (True, 1.0, 2.0), 1.0),
    ("where", 2, (True, 1.0, 2.0), 0.0), ("clamp", 0, (0.0, 0.0, 1.0), 0.5),
    ("clamp", 0, (2.0, 0.0, 1.0), 0.0), ("sigmoid", 0, (0.0,), 0.25),
]  # fmt: skip


@pytest.mark.parametrize(("name", "index", "args", "expected"), PARTIAL_EDGES, ids=lambda each: str(each))
def test_partials_at_awkward_points(name: str, index: int, args: tuple[float, ...], expected: float) -> None:
    value = accuracy.partial((name, len(args)), index, args)
    assert value == pytest.approx(expected, rel=1e-15, abs=0.0) or (
        math.isnan(value) and math.isnan(expected)
    )


SECOND_EDGES = [
    ("**", 0, 0, (0.0, 0.0), 0.0), ("**", 0, 0, (0.0, 1.0), 0.0), ("**", 0, 0, (0.0, 2.0), 2.0),
    ("**", 0, 0, (0.0, 3.0), 0.0),
    ("**", 0, 0, (-2.0, 3.0), -12.0), ("**", 1, 1, (0.0, 2.0), 0.0), ("**", 0, 1, (0.0, 2.0), 0.0),
    ("**", 1, 0, (0.0, 2.0), 0.0),
    ("**", 0, 1, (0.0, 1.0), -INF), ("**", 1, 0, (0.0, 1.0), -INF), ("sinc", 0, 0, (0.0,), -(math.pi**2) / 3),
    ("sinpi", 0, 0, (1.0,), 0.0), ("cospi", 0, 0, (0.5,), 0.0), ("xlogy", 0, 1, (0.0, 2.0), 0.5),
    ("xlogy", 1, 0, (0.0, 2.0), 0.5),
    ("logaddexp", 0, 1, (0.0, 0.0), -0.25), ("tanh", 0, 0, (400.0,), 0.0), ("tanh", 0, 0, (-800.0,), 0.0),
    ("atan", 0, 0, (1e200,), 0.0),
    ("acosh", 0, 0, (1e200,), 0.0), ("asec", 0, 0, (1e200,), 0.0), ("acsch", 0, 0, (1e200,), 0.0),
    ("acoth", 0, 0, (1e200,), 0.0),
    ("hypot", 0, 0, (3e200, 4e200), 1.28e-201), ("silu", 0, 0, (0.0,), 0.5),
    ("silu", 0, 0, (-800.0,), 0.0), ("gelu", 0, 0, (50.0,), 0.0),
    ("sigmoid", 0, 0, (800.0,), 0.0), ("softplus", 0, 0, (-800.0,), 0.0), ("max", 0, 0, (1.0, 1.0), 0.0),
    ("relu", 0, 0, (0.0,), 0.0),
    ("sqrt", 0, 0, (0.0,), -INF), ("lgamma", 0, 0, (1.0,), math.pi**2 / 6), ("mod", 0, 1, (7.0, 2.0), 0.0),
    ("rem", 1, 1, (7.0, 2.0), 0.0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "first", "second", "args", "expected"), SECOND_EDGES, ids=lambda each: str(each)
)
def test_second_derivatives_at_awkward_points(
    name: str, first: int, second: int, args: tuple[float, ...], expected: float
) -> None:
    value = accuracy.second_partial((name, len(args)), first, second, args)
    assert value == pytest.approx(expected, rel=1e-14, abs=0.0)


@pytest.mark.parametrize("primitive", PRIMITIVES, ids=label)
def test_second_derivatives_at_ordinary_points(primitive: tuple[str, int]) -> None:
    step = mpf(10) ** -30
    points = [
        args for args in accuracy.samples(primitive, 150) if all(0.01 < abs(each) < 30 for each in args)
    ]
    for args in points[::5][:60]:
        exact = [each if isinstance(each, bool) else mpf(each) for each in args]
        value = VALUES[primitive](*exact)
        if value is None or not mp.isfinite(value) or not accuracy.is_normal(value):
            continue
        slopes = [(index, each) for index, each in enumerate(PARTIALS[primitive]) if each is not None]
        for (first, slope), (second, _) in itertools.product(slopes, slopes):
            above, below = list(exact), list(exact)
            above[second] += step
            below[second] -= step
            high, low, here = slope(*above), slope(*below), slope(*exact)
            if (
                high is None or low is None or abs(high - low) > abs(high) * 1e-20
            ):  # across a jump or out of the domain
                continue
            truth = (high - low) / (2 * step)
            slack = 1e-12 * max(abs(truth), abs(here) / 1000, mpf(10) ** -300)
            assert abs(accuracy.second_partial(primitive, first, second, args) - truth) <= slack, (
                args,
                first,
                second,
            )


def test_importing_the_kernels_imports_nothing_heavy() -> None:
    heavy = {"scipy", "numpy", "mpmath", "decimal", "fractions"}
    code = f"import sys, lang.kernels; print(sorted({heavy} & set(sys.modules)))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "[]\n"
    )
