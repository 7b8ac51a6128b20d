"""Second and third derivatives of special functions, over their whole domains, by every way to them.

The truth is `tests/seconds.py`. What is lost, and where, is in `ZEROS`: next to a zero of a derivative that is no
float, an error of some 1e-16 of its usual size is left, as of any sum that cancels there."""

from __future__ import annotations

import math
import random
from functools import cache

import pytest
from mpmath import mp, mpf

import lang
from tests import accuracy
from tests.references import VALUES, beta_derivative
from tests.seconds import CURVES, By, Key

NAMES = ("a", "b")
ORDERS = ("0.0", "1.0", "3.0")
ENGINES = ("interpreter", "python", "native")
ZEROS: dict[tuple[str, int], tuple[float, float]] = {
    # function, order -> the size of the zero, the error that is left there
    ("logit", 2): (0.5, 2e-15),
    ("silu", 2): (2.3993572805154677, 2e-16),
    ("gelu", 3): (2.0, 2e-16),
    ("erf", 3): (math.sqrt(0.5), 1e-15),
    ("erfc", 3): (math.sqrt(0.5), 1e-15),
}


def label(key: Key) -> str:
    return f"{key[0]}/{key[1]}"


def points(key: Key) -> list[tuple[float, ...]]:
    """Arguments of all sizes; few where mpmath takes long."""
    found = accuracy.samples(key, 60)
    return [each for each in found if key[0] != "polygamma" or repr(each[0]) in ORDERS][: 60 if key[1] == 2 else None]


class Asked:
    """A function as a program, with its derivative programs.

    Args:
        key: the function. first: its first operand where that is a number.
    """

    def __init__(self, key: Key, first: float | None) -> None:
        self.names = NAMES[first is not None : key[1]]
        operands = ", ".join(NAMES[: key[1]] if first is None else (repr(first), *self.names))
        self.program = lang.parse("".join(f"{each} = ?\n" for each in self.names) + f"z = {key[0]}({operands})\n")
        self.table = self.program.compile("z", engine="native", ieee=True)
        self.derived = {by: self.derivative(by) for by in CURVES[key]}

    def derivative(self, by: By) -> tuple[lang.Program, str] | None:
        """`forward` of `forward`, as often as asked; None where a derivative is structurally zero."""
        program, target = self.program, "z"
        for each in by:
            program = program.forward(target, wrt=NAMES[each])
            if target not in program.derivatives:
                return None
            target = program.derivatives[target]
        return program, target

    def answers(self, by: By, at: dict[str, float]) -> dict[str, float]:
        """The derivative at a point by every way there is to it."""
        found = {}
        if len(by) == 2:
            row, column = (self.names.index(NAMES[each]) for each in by)
            found["hessian"] = float(self.program.hessian("z", at=at, ieee=True)[row, column])
            found["hessian, native"] = float(self.table.hessian(*at.values())[row][column])
        derived = self.derived[by]
        if derived is None:
            return found or {"structure": 0.0}
        program, target = derived
        given = {each: at[each] for each in program.inputs}
        for engine in ENGINES:
            found[engine] = compiled(program, target, engine)(*given.values())
        return found


@cache
def compiled(program: lang.Program, target: str, engine: str) -> lang.Compiled:
    return program.compile(target, engine=engine, ieee=True)


def assert_right(key: Key, by: By, args: tuple[float, ...], found: dict[str, float], truth: mpf) -> None:
    zero, slack = ZEROS.get((key[0], len(by)), (math.inf, 0.0))
    near = abs(abs(args[-1]) - zero) < 0.01 * zero
    for way, value in found.items():
        assert math.isfinite(value), (by, args, way, value, truth)
        assert abs(mpf(value) - truth) <= 1e-13 * abs(truth) + (slack if near else 0.0), (by, args, way, value, truth)


@pytest.mark.parametrize("key", [each for each in CURVES if each != ("beta", 2)], ids=label)
def test_second_and_third_derivatives_keep_their_digits(key: Key) -> None:
    asked: dict[float | None, Asked] = {}
    seen = 0
    for args in points(key):
        exact = tuple(map(mpf, args))
        value = VALUES[key](*exact)
        if value is None or not mp.isfinite(value) or not accuracy.is_normal(value):
            continue
        first = args[0] if key[0] == "polygamma" else None
        if first not in asked:
            asked[first] = Asked(key, first)
        at = dict(zip(asked[first].names, args[first is not None :], strict=True))
        for by, curve in CURVES[key].items():
            truth = curve(*exact)
            if truth is not None and mp.isfinite(truth) and accuracy.is_normal(truth):
                assert_right(key, by, args, asked[first].answers(by, at), truth)
                seen += 1
    assert seen > 40


BETA = (
    (2.0, 3.0), (0.5, 0.5), (1e-3, 40.0), (1e-5, 2.0), (1e-9, 2.0), (1e-15, 1e-3), (1e-20, 1e-30), (1e-40, 1e3),
    (1e-50, 0.5), (1e10, 1e-10), (1e30, 1e-20), (300.0, 300.0), (1e3, 1e-12), (1e20, 2.5), (7e10, 0.3),
)  # fmt: skip


def test_derivatives_of_beta_keep_their_digits_for_tiny_and_huge_arguments() -> None:
    asked = Asked(("beta", 2), None)
    for pair in BETA:
        for args in (pair, pair[::-1]):
            for by, curve in CURVES["beta", 2].items():
                truth = curve(*map(mpf, args))
                if accuracy.is_normal(truth):
                    assert_right(("beta", 2), by, args, asked.answers(by, dict(zip(NAMES, args, strict=True))), truth)


@pytest.mark.parametrize("tiny", [1e-100, 1e-150, 1e-300, 5e-324])
def test_next_to_its_pole_the_mixed_derivatives_of_beta_are_those_of_its_regular_part(tiny: float) -> None:
    # beta(a, b) = 1 / a + c0(b) + a * c1(b) + ..., and 2 * c1(b) = (psi(b) + euler)**2 + pi**2 / 6 - psi1(b)
    asked = Asked(("beta", 2), None)
    for b in (1e-20, 0.5, 2.0, 1e3):
        first, *slopes = (mp.psi(each, mpf(b)) for each in range(4))
        lifted = first + mp.euler
        truths = {
            (0, 1): lifted * slopes[0] - slopes[1] / 2,
            (0, 1, 1): slopes[0] ** 2 + lifted * slopes[1] - slopes[2] / 2,
        }
        for by, truth in truths.items():
            assert_right(("beta", 2), by, (tiny, b), asked.answers(by, {"a": tiny, "b": b}), truth)


def test_derivatives_of_beta_for_a_huge_argument_are_those_of_gamma_times_a_power() -> None:
    # beta(a, b) = gamma(b) * a**-b, to one part in a
    asked, rng = Asked(("beta", 2), None), random.Random(8)
    for _ in range(20):
        a, b = 10 ** rng.uniform(30, 307), 10 ** rng.uniform(-200, 2)
        logs = mp.psi(0, b + mpf(1)) - mp.log(mpf(a))
        by_a = -mp.gamma(b + mpf(1)) * mpf(a) ** -mpf(b) / mpf(a)
        truths = {(0, 0): -by_a * (mpf(b) + 1) / mpf(a), (0, 1): by_a * logs,
                  (0, 1, 1): by_a * (logs**2 + mp.psi(1, b + mpf(1)))}  # fmt: skip
        for by, truth in truths.items():
            if accuracy.is_normal(truth):
                assert_right(("beta", 2), by, (a, b), asked.answers(by, {"a": a, "b": b}), truth)


@pytest.mark.parametrize(("a", "b"), [(1e120, 1e-200), (1e200, 1e-200), (1e300, 1e-30), (1e200, 0.5), (3.0, 1e-310)])
def test_the_first_derivatives_of_beta_keep_their_digits_at_the_ends(a: float, b: float) -> None:
    # b is small enough for beta(a, b) = gamma(b) * a**-b, or a is not large and the derivative is -psi1(a)
    value = mp.gamma(mpf(b)) * mpf(a) ** -mpf(b)
    truth = -value * mpf(b) / mpf(a) if a > 10 else -mp.psi(1, mpf(a))
    program = lang.parse("a = ?\nb = ?\nz = beta(a, b)\n")
    for by in ("reverse", "forward"):
        found = program.grad("z", wrt="a", by=by, a=a, b=b, ieee=True)["a"]
        assert abs(found - truth) <= 1e-14 * abs(truth), by


@pytest.mark.parametrize(("n", "m"), [(4, 0), (0, 7), (5, 3), (2, 9), (8, 8), (20, 1), (0, 20)])
def test_derivatives_of_beta_of_high_order_keep_their_digits(n: int, m: int) -> None:
    for args in ((2.0, 3.0), (0.5, 40.0), (1e-12, 0.3), (1e5, 2.5)):
        truth = beta_derivative(n, m, *map(mpf, args))
        for engine in ENGINES:
            found = lang.parse(f"a = ?\nb = ?\nz = polybeta({n}, {m}, a, b)\n").compile("z", engine=engine)(*args)
            assert abs(found - truth) <= 1e-13 * abs(truth), (args, engine)


def test_the_third_derivative_of_softplus_is_that_of_its_lecture_rule() -> None:
    # sigmoid(a) * sigmoid(-a) is symmetrical, so its derivative next to 0 is a difference: 1e-17 is left, no more
    for a in (*accuracy.places(random.Random(3), 60), 1e-20, 1e-5):
        if abs(a) < 300:
            found = lang.parse("x = ?\ny = softplus'''(x)").run(x=a)["y"]
            tanh = mp.tanh(mpf(a) / 2)
            truth = -(1 - tanh**2) / 4 * tanh
            assert abs(found - truth) <= 3e-16 * (1 - tanh**2), a
