"""Derivatives against mpmath (50 digits) and each other: nested, through calls and loops, by users' rules."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy
import pytest
from mpmath import mp, mpf

import lang
from lang.evaluate import recipe, run, tape

WAYS = ("reverse", "forward")


def grad(
    text: str, by: str = "reverse", target: str = "z", wrt: Any = None, **inputs: float
) -> dict[str, float]:
    found: dict[str, float] = lang.parse(text).grad(target, by=by, wrt=wrt, at=inputs)
    return found


def value(text: str, name: str = "z", **inputs: float) -> float:
    return lang.parse(text).run(at=inputs)[name]


def exact(function: Callable[..., Any], point: tuple[float, ...], order: tuple[int, ...]) -> float:
    with mp.workdps(50):
        return float(
            mp.diff(
                function,
                tuple(map(mpf, point)) if len(point) > 1 else mpf(point[0]),
                order if len(point) > 1 else order[0],
            )
        )


# --- first and second derivatives of many programs ------------

# the program (inputs x and y, result z), the same for mpmath, and where
WIDE: list[tuple[str, Callable[[Any, Any], Any], tuple[float, float]]] = [
    ("a = x * y; b = sin(x); z = a + b", lambda x, y: x * y + mp.sin(x), (2, 3)),
    ("z = x - y * 3 + 2", lambda x, y: x - y * 3 + 2, (1.5, -2)),
    ("z = x / y", lambda x, y: x / y, (1.5, -2)),
    ("z = x ** y", lambda x, y: x**y, (1.5, -2.5)),
    ("z = -x ** 2 + (-y) ** 3", lambda x, y: -(x**2) + (-y) ** 3, (1.5, -2)),
    ("z = exp(-square(x) / 2) * cos(y)", lambda x, y: mp.exp(-x * x / 2) * mp.cos(y), (0.3, 1.2)),
    ("z = log(x * x + y * y)", lambda x, y: mp.log(x * x + y * y), (0.3, -1.2)),
    ("z = hypot(x, y) * atan2(y, x)", lambda x, y: mp.hypot(x, y) * mp.atan2(y, x), (0.3, -1.2)),
    ("z = log(x, y)", lambda x, y: mp.log(x) / mp.log(y), (3, 1.7)),
    ("z = sqrt(1 + sin(x) * cos(y) * tan(x * y))", lambda x,
     y: mp.sqrt(1 + mp.sin(x) * mp.cos(y) * mp.tan(x * y)), (0.5, 0.7)),
    ("z = asin(x) + acos(x * y) - atan(y)", lambda x, y: mp.asin(x) + mp.acos(x * y) - mp.atan(y),
     (0.5, 0.7)),
    ("z = sinh(x) * cosh(y) / tanh(x * y)", lambda x, y: mp.sinh(x) * mp.cosh(y) / mp.tanh(x * y),
     (0.5, 0.7)),
    ("z = gamma(x) * beta(x, y) + lgamma(y)", lambda x, y: mp.gamma(x) * mp.beta(x, y) + mp.loggamma(y),
     (2.5, 0.7)),
    ("z = erf(x) * erfc(y)", lambda x, y: mp.erf(x) * mp.erfc(y), (0.5, 0.7)),
    ("z = sigmoid(x * y) + softplus(x - y)", lambda x,
     y: 1 / (1 + mp.exp(-x * y)) + mp.log(1 + mp.exp(x - y)), (0.5, 0.7)),
    ("z = abs(x) * max(x, y) - min(x * y, 3)", lambda x, y: abs(x) * max(x, y) - min(x * y, 3), (-0.5, 0.7)),
    ("z = x % 2 + 7 % y", lambda x, y: x % 2 + 7 % y, (5.3, 1.9)),
    ("x = x * x; x = x * y; z = sin(x)", lambda x, y: mp.sin(x * x * y), (0.8, 0.7)),
    ("x, y = y, x * y; z = x / y", lambda x, y: y / (x * y), (0.8, 0.7)),
    ("a = x; a *= y; a += a; a -= y; a /= x; a **= 3; z = a", lambda x, y: ((2 * x * y - y) / x) ** 3,
     (0.8, 0.7)),
    ("if x > y: z = x * y\nelse: z = x / y", lambda x, y: x * y if x > y else x / y, (0.8, 0.7)),
    ("if x > y: z = x * y\nelse: z = x / y", lambda x, y: x * y if x > y else x / y, (0.6, 0.7)),
    ("z = x * y if x > y else log(x - y)", lambda x, y: x * y, (0.8, 0.7)),
    ("z = 1\nfor i in range(1, 6): z = z * x + i * y", lambda x, y: horner(x, y), (0.8, 0.7)),
    ("z = x\nn = 0\nwhile n < 4:\n  z = sin(z) + y\n  n += 1", lambda x, y: repeated(x, y, 4), (0.8, 0.7)),
    ("f(a, b) = a * sin(b)\nz = f(f(x, y), f(y, x))", lambda x, y: x * mp.sin(y) * mp.sin(y * mp.sin(x)),
     (0.8, 0.7)),
    ("f(a) = a * y\ny = y * y\nz = f(x)", lambda x, y: x * y * y, (0.8, 0.7)),
    ("p(n) = 1 if n < 1 else x * p(n - 1)\nz = p(5) * y", lambda x, y: x**5 * y, (0.8, 0.7)),
    ("def f(a, b):\n  return a * b, a / b\np, q = f(x, y)\nz = p ** 2 - q", lambda x, y: (x * y) ** 2 - x / y,
     (0.8, 0.7)),
    ("s(a, n) = a if n == 0 else s((a + x / a) / 2, n - 1)\nz = s(x, 6) * y",
     lambda x, y: mp.sqrt(x) * y, (2.0, 0.7)),
    ("z = where(x > y, x ** 3, y ** 3)", lambda x, y: x**3 if x > y else y**3, (2.0, 0.7)),
    ("f(a) = a ** 3 * y\nz = f'(x) + f''(x) * x", lambda x, y: 3 * x**2 * y + 6 * x * x * y, (2.0, 0.7)),
    ("z = sin'(x * y) - log'(y)", lambda x, y: mp.cos(x * y) - 1 / y, (2.0, 0.7)),
    ("z = xlogy(x, y) + logaddexp(x, y) + cbrt(x)", lambda x,
     y: x * mp.log(y) + mp.log(mp.exp(x) + mp.exp(y)) + mp.cbrt(x), (2.0, 0.7)),
]  # fmt: skip


def horner(x: Any, y: Any) -> Any:
    z = mpf(1)
    for i in range(1, 6):
        z = z * x + i * y
    return z


def repeated(x: Any, y: Any, times: int) -> Any:
    for _ in range(times):
        x = mp.sin(x) + y
    return x


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize(("text", "function", "point"), WIDE, ids=[text for text, _, _ in WIDE])
def test_a_gradient_is_that_of_mpmath(text: str, function: Any, point: tuple[float, float], by: str) -> None:
    found = grad("x = ?\ny = ?\n" + text, by, x=point[0], y=point[1])
    expected = [exact(function, point, order) for order in ((1, 0), (0, 1))]
    assert [found["x"], found["y"]] == pytest.approx(expected, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize(("text", "function", "point"), WIDE, ids=[text for text, _, _ in WIDE])
def test_a_hessian_is_that_of_mpmath(text: str, function: Any, point: tuple[float, float]) -> None:
    found = lang.parse("x = ?\ny = ?\n" + text).hessian("z", x=point[0], y=point[1])
    mixed = exact(function, point, (1, 1))
    expected = [[exact(function, point, (2, 0)), mixed], [mixed, exact(function, point, (0, 2))]]
    assert found.tolist() == [pytest.approx(row, rel=1e-11, abs=1e-13) for row in expected]


@pytest.mark.parametrize(("text", "function", "point"), WIDE, ids=[text for text, _, _ in WIDE])
def test_differences_agree_with_a_gradient(text: str, function: Any, point: tuple[float, float]) -> None:
    found = grad("x = ?\ny = ?\n" + text, "numeric", x=point[0], y=point[1])
    expected = grad("x = ?\ny = ?\n" + text, x=point[0], y=point[1])
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-8)


def test_the_lectures_program_has_the_lectures_gradient() -> None:
    text = "x = ?\ny = ?\na = x * y\nb = sin(x)\nz = a + b"
    assert grad(text, x=2, y=3) == {"x": 3 + math.cos(2), "y": 2}
    assert lang.parse(text).value_and_grad("z", x=2, y=3) == (6 + math.sin(2), {"x": 3 + math.cos(2), "y": 2})


# --- nested derivatives ------------

# expression of z at x = 3 (and y = 5), value, derivative by x
CONFUSION = [
    ("f(x) = x * g'[y](x, 1)\ng(x, y) = x + y\nz = f'(x)", 1, 0),
    ("g(y) = k + y\nf(a) = a * h(a)\nh(a) = g'(1)\nk = x\nz = f'(x)", 1, 0),
    ("g(y) = x + y\nz = x * g'(1)", 3, 1),
    ("g(y) = x * y\nz = x * g'(1)", 9, 6),
    ("h(a, b) = a * b\nf(a) = a * h'[b](a, 1)\nz = f'(x)", 6, 2),
    ("h(a, b) = a * b * b\nf(a) = a * h'[b](a, a)\nz = f'(x)", 3 * 2 * 9, 36),
    ("h(a) = a * a * a\nf(a) = h'(a) * a\nz = f'(x)", 81, 54),
    ("h(a) = a * a * a\nf(a) = h'(a * a)\nz = f'(x)", 12 * 27, 12 * 27),
    ("f(a) = a * a * a\nz = f'(f'(x))", 3 * 27 * 27, 4 * 27 * 27),
    ("f(a) = sin'(a) * a\nz = f'(0) * x", 3, 1),
    ("f(a) = a * x\nz = f'(2) * f'(5)", 9, 6),
    ("f(a) = a * x * x\ng(b) = f'(b) * b\nz = g'(x)", 9, 6),
    ("f(a) = a\ng(a) = f'(a) + a\nz = g'(x) * x", 3, 1),
    ("f(a, b) = a ** 2 * b ** 3\nz = f'[a, b](x, x) + f'[b, a](x, x)", 12 * 27, 36 * 9),
    ("f(a, b) = a ** 2 * b ** 3\nz = f'[a, a, b](x, 2)", 24, 0),
    ("f(a) = g'(a)\ng(a) = k * a * a\nk = x\nz = f'(x)", 6, 2),
]


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize(("text", "result", "slope"), CONFUSION, ids=[text for text, _, _ in CONFUSION])
def test_nested_derivatives_never_confuse_whose_d_is_whose(
    text: str, result: float, slope: float, by: str
) -> None:
    text = "x = ?\n" + text
    assert value(text, x=3) == pytest.approx(result, rel=1e-14)
    assert grad(text, by, x=3)["x"] == pytest.approx(slope, rel=1e-14)


def test_d_dx_of_x_times_d_dy_of_x_plus_y_is_1() -> None:
    assert value("inner(x, y) = x + y\nouter(x) = x * inner'[y](x, 1)\nz = outer'(1)") == 1
    assert value("x = 1\ninner(y) = x + y\nouter(a) = a * inner'(a)\nz = outer'(1)") == 1


def test_a_closure_that_reads_an_outer_variable_moves_with_it_inside_an_inner_derivative() -> None:
    # g(y) = x * y with the program's x: d/dy is x, so z = x * x and dz/dx = 2x, in a loop too
    text = "x = ?\ng(y) = x * y\nz = 0\nfor i in range(3): z += x * g'(i)"
    for by in WAYS:
        assert grad(text, by, x=5)["x"] == 30


@pytest.mark.parametrize("by", WAYS)
def test_a_derivative_stands_in_a_loop_in_a_function_that_is_itself_differentiated(by: str) -> None:
    text = """x = ?
f(a) = sin(a) * a
def newton(a):
  s = a
  for i in range(3):
    s = s - f'(s) / (2 + f''(s) ** 2)
  return s
g(b) = newton(b) * b
z = g'(x) + g(x)
"""
    with mp.workdps(80):
        first = lambda a: mp.cos(a) * a + mp.sin(a)  # noqa: E731
        second = lambda a: 2 * mp.cos(a) - a * mp.sin(a)  # noqa: E731

        def steps(b: Any) -> Any:
            s = b
            for _ in range(3):
                s = s - first(s) / (2 + second(s) ** 2)
            return s * b

        whole = lambda a: mp.diff(steps, a, h=mpf(10) ** -30) + steps(a)  # noqa: E731
        expected = float(
            mp.diff(steps, mpf(0.7), 2, h=mpf(10) ** -20) + mp.diff(steps, mpf(0.7), h=mpf(10) ** -30)
        )
        assert value(text, x=0.7) == pytest.approx(float(whole(mpf(0.7))), rel=1e-12)
    assert grad(text, by, x=0.7)["x"] == pytest.approx(expected, rel=1e-11)


HIGHER = [
    ("exp(sin(x))", lambda a: mp.exp(mp.sin(a))),
    ("x ** 5 - 2 * x ** 3", lambda a: a**5 - 2 * a**3),
    ("tanh(x) / (1 + x * x)", lambda a: mp.tanh(a) / (1 + a * a)),
    ("log(1 + x * x)", lambda a: mp.log(1 + a * a)),
    ("sqrt(2 + cos(x))", lambda a: mp.sqrt(2 + mp.cos(a))),
    ("sigmoid(x) * erf(x)", lambda a: mp.erf(a) / (1 + mp.exp(-a))),
    ("x ** x", lambda a: a**a),
    ("gamma(x)", mp.gamma),
    ("atan2(x, 1 + x)", lambda a: mp.atan2(a, 1 + a)),
    ("sinc(x)", lambda a: mp.sin(mp.pi * a) / (mp.pi * a)),
    ("silu(x) + gelu(x)", lambda a: a / (1 + mp.exp(-a)) + a * (1 + mp.erf(a / mp.sqrt(2))) / 2),
]


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize(("text", "function"), HIGHER, ids=[text for text, _ in HIGHER])
def test_derivatives_of_any_order_are_those_of_mpmath(text: str, function: Any, order: int) -> None:
    found = value(f"f(x) = {text}\nz = f{chr(39) * order}(0.7)")
    assert found == pytest.approx(exact(function, (0.7,), (order,)), rel=1e-11, abs=1e-12)


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize(("text", "function"), HIGHER, ids=[text for text, _ in HIGHER])
def test_gradients_of_programs_with_derivatives_are_one_order_higher(
    text: str, function: Any, by: str
) -> None:
    found = grad(f"x = ?\nf(x) = {text}\nz = f''(x)", by, x=0.7)["x"]
    assert found == pytest.approx(exact(function, (0.7,), (3,)), rel=1e-11, abs=1e-12)
    table = lang.parse(f"x = ?\nf(x) = {text}\nz = f'(x)").hessian("z", x=0.7)
    assert table.tolist() == [[pytest.approx(exact(function, (0.7,), (3,)), rel=1e-10, abs=1e-12)]]


@pytest.mark.parametrize(
    "name", ["sin", "exp", "log", "tanh", "sqrt", "cbrt", "erf", "gamma", "sigmoid", "atan", "abs"]
)
def test_the_derivative_of_a_built_in_is_that_of_a_function_around_it(name: str) -> None:
    text = f"f(a) = {name}(a)\nz = {name}'(0.7) - f'(0.7) + {name}''(0.7) - f''(0.7)"
    assert value(text) == 0


def test_a_derivative_of_several_results_is_that_of_each() -> None:
    found = lang.parse("def f(a):\n  return a ** 2, sin(a)\np, q = f'(3)\nr, s = f''(3)").run()
    assert [found[name] for name in "pqrs"] == [6, math.cos(3), 2, -math.sin(3)]


@pytest.mark.parametrize("by", WAYS)
def test_a_derivative_goes_through_recursion(by: str) -> None:
    text = "x = ?\npower(a, n) = 1 if n == 0 else a * power(a, n - 1)\nz = power(x, 5) + power'[a](x, 4)"
    assert grad(text, by, x=2)["x"] == pytest.approx(5 * 16 + 12 * 4)
    text = "x = ?\neven(a, n) = a if n == 0 else odd(a * x, n - 1)\n"
    text += "odd(a, n) = sin(even(a, n - 1)) if n > 0 else a\nz = even(x, 2)"
    assert grad(text, by, x=2)["x"] == pytest.approx(4 * math.cos(4))


def test_a_hessian_goes_through_loops_and_functions() -> None:
    text = "x = ?\ny = ?\nf(a, b) = a * sin(b)\nz = 0\nfor i in range(3): z = f(z + x, y) + x * z"

    def function(x: Any, y: Any) -> Any:
        z = mpf(0)
        for _ in range(3):
            z = (z + x) * mp.sin(y) + x * z
        return z

    found = lang.parse(text).hessian("z", x=0.7, y=1.1)
    expected = [[exact(function, (0.7, 1.1), (2, 0)), exact(function, (0.7, 1.1), (1, 1))]]
    assert found[0].tolist() == pytest.approx(expected[0], rel=1e-12)
    assert found[0, 1] == pytest.approx(found[1, 0], rel=1e-14)


def test_differences_that_leave_the_domain_at_every_step_give_nan_or_its_error() -> None:
    program = lang.parse("x = ?\nz = 0\nfor i in range(x): z += x")
    assert program.grad("z", x=3) == {"x": 3}
    try:
        assert math.isnan(program.grad("z", by="numeric", x=3)["x"])
    except lang.DomainError as error:
        assert "range" in error.message  # noqa: PT017 - either end is right


# --- rules of the user ------------

RULED = """x = ?
y = ?
f(a, b) = a * sin(b)
c = f(a, b) => dc = sin(b) * da + a * cos(b) * db
"""


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize("last",
                         ["z = f(x, y)", "z = f(x, 2) + f(3, y)", "z = 1\nfor i in range(3): z = f(z, y) + x",
                                  "z = f'[a](x, y) * f'[b](x, y)", "z = f'[a, b](x, y)",
                                  "g(a) = f(a, a * y)\nz = g'(x)",
                                  "g(a) = f(a, a)\nz = 0\nfor i in range(3): z = g'(z) + x"])  # fmt: skip
def test_a_right_rule_gives_what_its_functions_body_gives(last: str, by: str) -> None:
    ruled, plain = RULED + last, RULED.replace(RULED.splitlines()[3], "") + last
    assert value(ruled, x=0.7, y=1.1) == pytest.approx(value(plain, x=0.7, y=1.1), rel=1e-14)
    assert grad(ruled, by, x=0.7, y=1.1) == pytest.approx(grad(plain, by, x=0.7, y=1.1), rel=1e-13)
    tables = [lang.parse(text).hessian("z", x=0.7, y=1.1) for text in (ruled, plain)]
    assert tables[0] == pytest.approx(tables[1], rel=1e-12)


WRONG = "x = ?\nf(a) = a * a\nc = f(a) => dc = 100 * a * da\n"


@pytest.mark.parametrize("by", WAYS)
def test_a_wrong_rule_gives_its_wrong_derivative_everywhere(by: str) -> None:
    assert grad(WRONG + "z = f(x)", by, x=3)["x"] == 300
    assert grad(WRONG + "g(b) = f(b) * 1\nz = g'(x)", by, x=3)["x"] == 100
    assert value(WRONG + "z = f(x)", x=3) == 9
    assert value(WRONG + "z = f'(x)", x=3) == 300
    assert value(WRONG + "z = f''(x)", x=3) == 100
    assert value(WRONG + "z = f'''(x)", x=3) == 0
    assert lang.parse(WRONG + "z = f(x)").hessian("z", x=3).tolist() == [[100]]
    assert lang.parse(WRONG + "z = f(x)").jvp("z", along={"x": 2}, x=3)["z"] == (9, 600)


@pytest.mark.parametrize("by", WAYS)
def test_a_rule_may_use_the_result_and_other_functions_and_names_of_the_program(by: str) -> None:
    text = "x = ?\nk = 2\nf(a) = exp(k * a)\nh(u) = k * u\nc = f(a) => dc = h(c) * da\nz = f(x)"
    assert grad(text, by, x=0.5)["x"] == pytest.approx(2 * math.exp(1), rel=1e-15)


@pytest.mark.parametrize("by", WAYS)
def test_a_rule_is_used_in_place_of_a_body_that_has_no_derivative_of_use(by: str) -> None:
    text = "x = ?\nf(a) = round(a)\nc = f(a) => dc = da\nz = f(x) * 3"
    assert grad(text, by, x=1.2)["x"] == 3


@pytest.mark.parametrize("by", WAYS)
def test_a_function_defined_again_loses_its_rule(by: str) -> None:
    assert grad(WRONG + "f(a) = a * a\nz = f(x)", by, x=3)["x"] == 6


@pytest.mark.parametrize("by", WAYS)
def test_a_rule_given_again_replaces_the_first(by: str) -> None:
    assert grad(WRONG + "c = f(a) => dc = 7 * da\nz = f(x)", by, x=3)["x"] == 7


def test_a_parameter_that_a_rule_holds_fixed_has_no_derivative() -> None:
    text = "x = ?\nf(n, a) = a ** n\nc = f(n, a) => dc = n * a ** (n - 1) * da fixed n\n"
    for by in WAYS:
        assert grad(text + "z = f(3, x)", by, x=2)["x"] == 12
        with pytest.raises(lang.DerivativeError, match="`n`"):
            grad(text + "z = f(x, 2)", by, x=2)


def test_a_rule_may_read_a_name_that_moves_and_moves_with_it() -> None:
    text = "x = ?\nk = x\nf(a) = 2 * a\nc = f(a) => dc = k * da\n"
    for by in WAYS:
        assert grad(text + "z = f(x)", by, x=3)["x"] == 3
        assert grad(text + "g(u) = f(u)\nz = g'(x)", by, x=3)["x"] == 1
    assert lang.parse(text + "z = f(x)").hessian("z", x=3).tolist() == [[1]]
    text = "x = ?\nk = x * x\nf(a) = 2 * a\nc = f(a) => dc = k * a * da\ng(u) = f(u * k)\nz = g'(x)\n"
    # g'(u) = k * (u k) * k = u k^3, so z = x^7
    for by in WAYS:
        assert grad(text, by, x=1.5)["x"] == pytest.approx(7 * 1.5**6, rel=1e-14)
    assert lang.parse(text).hessian("z", x=1.5).tolist() == [[pytest.approx(42 * 1.5**5, rel=1e-13)]]


@pytest.mark.parametrize("by", WAYS)
def test_a_ruled_function_whose_body_reads_a_name_that_moves_is_an_error_that_names_it(by: str) -> None:
    text = "x = ?\nk = x\nf(a) = k * a\nc = f(a) => dc = 3 * da\nz = f(x)"
    with pytest.raises(lang.DerivativeError, match="`k`"):
        grad(text, by, x=3)


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize("call", ["f(x)", "f(2)", "f'(x)"])
def test_a_ruled_function_that_calls_one_which_reads_a_name_that_moves_is_that_error_too(by: str, call: str) -> None:
    text = f"x = ?\nk = x\ng(a) = k * a\nf(a) = a * g(a)\nc = f(a) => dc = 3 * da\nz = {call}"
    with pytest.raises(lang.DerivativeError, match="`f` reads `k`"):
        grad(text, by, x=3)
    still = text.replace("k = x", "k = 2").replace("f(2)", "f(x)")
    assert grad(still, by, x=3)["x"] == (0 if "'" in call else 3)
    later = text.replace("z = ", "g(a) = 2 * a\nz = ").replace("f(2)", "f(x)")  # what it calls has another meaning now
    assert grad(later, by, x=3)["x"] == (0 if "'" in call else 3)


@pytest.mark.parametrize("by", WAYS)
def test_a_rule_may_use_the_derivative_of_a_function(by: str) -> None:
    text = "x = ?\ng(a) = a ** 3\nf(a) = g(a)\nc = f(a) => dc = g'(a) * da\nz = f(x)"
    assert grad(text, by, x=2)["x"] == 12
    assert lang.parse(text).hessian("z", x=2).tolist() == [[12]]


def test_a_rule_that_is_not_linear_is_refused_with_its_place() -> None:
    for right in ("da * da", "sin(da)", "1", "da + 1", "a / da", "da ** 2", "abs(da)", "da * db"):
        with pytest.raises(lang.CheckError) as caught:
            lang.parse(f"f(a, b) = a * b\nc = f(a, b) => dc = {right}")
        assert caught.value.source.position(caught.value.span[0])[0] == 2, right


# --- intermediate names ------------


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize(("text", "wrt", "slope"), [
    ("a = x * x\nz = a * a * x", "a", 2 * 9 * 3),
    ("a = x * x\nb = sin(a)\nz = b + a", "b", 1),
    ("a = 3\nz = a * x", "a", 3),
    ("a = x\na = a * 2\nz = a * a", "a", 12),
    ("a = x\nb = a * 2\na = b * b\nz = a + b", "a", 1),
    ("a = x\nz = a * a\na = 7", "a", 0),
    ("a = x\nfor i in range(3): a = a * 2\nz = a * a", "a", 48),
    ("if x > 0: a = x * 2\nelse: a = x\nz = a ** 2", "a", 12),
    ("a, b = x, 2 * x\nz = a * b", "b", 3),
    ("f(u) = u * a\na = x\nz = f(2)", "a", 2),
    ("z = x * x", "z", 1),
    ("z = 0\nfor a in range(3): z += a * x", "a", 3),
])  # fmt: skip
def test_a_derivative_by_a_name_on_the_way_is_its_adjoint(text: str, wrt: str, slope: float, by: str) -> None:
    assert grad("x = ?\n" + text, by, wrt=wrt, x=3) == {wrt: slope}


def test_a_boolean_has_no_derivative_and_there_is_none_by_it() -> None:
    program = lang.parse("x = ?\nb = x > 0\nz = x if b else 2 * x")
    for by in WAYS:
        with pytest.raises(lang.AdError, match="`b`"):
            program.grad("b", by=by, x=1)
        with pytest.raises(lang.AdError, match="`b`"):
            program.grad("z", by=by, wrt="b", x=1)


# --- products, tables, sizes ------------

MANY = "x = ?\ny = ?\nw = ?\na = x * y + sin(w)\nb = exp(x / (1 + w * w))\nz = a * b - hypot(a, y)"
POINT = {"x": 0.3, "y": -1.2, "w": 0.9}


def test_jvp_and_vjp_are_transposes_of_one_another() -> None:
    program = lang.parse(MANY)
    along, weights = {"x": 0.4, "y": -2.0, "w": 1.5}, {"a": 0.7, "b": -0.2, "z": 3.0}
    forward = program.jvp("a", "b", "z", along=along, **POINT)
    back = program.vjp("a", "b", "z", along=weights, **POINT)
    left = sum(weights[name] * forward[name][1] for name in weights)
    right = sum(back[name] * along[name] for name in along)
    assert left == pytest.approx(right, rel=1e-14)


def test_a_jacobian_is_the_same_both_ways_and_its_rows_are_gradients() -> None:
    program = lang.parse(MANY)
    tables = [program.jacobian("a", "b", "z", by=by, **POINT) for by in WAYS]
    assert tables[0] == pytest.approx(tables[1], rel=1e-14)
    assert tables[0].shape == (3, 3)
    for row, name in zip(tables[0], "abz", strict=True):
        assert row.tolist() == list(program.grad(name, **POINT).values())


def test_a_hessian_is_the_jacobian_of_the_gradient() -> None:
    program = lang.parse(MANY)
    table, step = program.hessian("z", **POINT), 1e-5
    for index, name in enumerate(POINT):
        ends = [
            numpy.array(list(program.grad("z", at={**POINT, name: POINT[name] + h}).values()))
            for h in (step, -step)
        ]
        assert table[index] == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-6, abs=1e-8)
    assert table == pytest.approx(table.T, rel=1e-13)


def test_wrt_chooses_the_names_and_their_order() -> None:
    program = lang.parse(MANY)
    whole = program.grad("z", **POINT)
    assert program.grad("z", wrt=["w", "x"], **POINT) == {"w": whole["w"], "x": whole["x"]}
    assert list(program.grad("z", wrt="w, x", **POINT)) == ["w", "x"]


def counted(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Counts of runs and of sweeps from here on."""
    counts = {"runs": 0, "sweeps": 0}
    start, sweep = recipe.Recipe.start, tape.Tape.sweep

    def run_once(self: Any, *arguments: Any, **options: Any) -> run.Run:
        counts["runs"] += 1
        return start(self, *arguments, **options)

    def sweep_once(self: Any, *arguments: Any) -> Any:
        counts["sweeps"] += 1
        return sweep(self, *arguments)

    monkeypatch.setattr(recipe.Recipe, "start", run_once)
    monkeypatch.setattr(tape.Tape, "sweep", sweep_once)
    return counts


def test_a_gradient_by_1000_inputs_is_one_run_and_one_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"x{i}" for i in range(1000)]
    text = (
        "".join(f"{name} = ?\n" for name in names)
        + "z = "
        + " + ".join(f"{i} * sin({name})" for i, name in enumerate(names))
    )
    program = lang.parse(text)
    counts = counted(monkeypatch)
    found = program.grad("z", at={name: i / 1000 for i, name in enumerate(names)})
    assert counts == {"runs": 1, "sweeps": 1}
    assert found == {name: i * math.cos(i / 1000) for i, name in enumerate(names)}


def test_a_forward_gradient_is_one_run_for_each_input(monkeypatch: pytest.MonkeyPatch) -> None:
    program = lang.parse(MANY)
    counts = counted(monkeypatch)
    program.grad("z", by="forward", **POINT)
    assert counts == {"runs": 3, "sweeps": 0}


def test_a_jvp_is_one_run_and_a_vjp_one_run_and_one_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    program = lang.parse(MANY)
    counts = counted(monkeypatch)
    program.jvp("a", "b", "z", along=dict.fromkeys(POINT, 1.0), **POINT)
    assert counts == {"runs": 1, "sweeps": 0}
    program.vjp("a", "b", "z", along={"a": 1.0, "b": 1.0, "z": 1.0}, **POINT)
    assert counts == {"runs": 2, "sweeps": 1}


# --- as commands ------------


def answers(text: str) -> list[Any]:
    outcome = lang.Session().run(text)
    assert outcome.error is None, outcome.error
    return [each.value for each in outcome.shown if hasattr(each, "verb")]


def test_at_gives_inputs_other_values_for_one_command() -> None:
    text = "x = ? 2\ny = ? 3\nz = x * y\ngrad z at x = 10\ngrad z\ngrad z at y = x + 5, x = 0\n"
    text += "grad z wrt x at y = -1"
    assert answers(text) == [{"x": 3, "y": 10}, {"x": 3, "y": 2}, {"x": 7, "y": 0}, {"x": -1}]


def test_a_command_sees_the_statements_above_it() -> None:
    text = "x = ? 2\nz = x * x\ngrad z\nz = z * x\ngrad z\nf(a) = a\nz = f(x)\ngrad z\nf(a) = 10 * a\ngrad z"
    assert answers(text) == [{"x": 4}, {"x": 12}, {"x": 1}, {"x": 1}]


def test_commands_answer_along_directions() -> None:
    text = "x = ? 2\ny = ? 3\na = x * y\nz = a + x\njvp z along x = 1, y = x\nvjp a, z along a = 1, z = 0.5"
    assert answers(text) == [{"z": (8, 8)}, {"x": 3 + 0.5 * 4, "y": 2 + 0.5 * 2}]


def test_at_takes_only_inputs() -> None:
    with pytest.raises(lang.CommandError, match="`z`"):
        lang.parse("x = ? 1\nz = x\ngrad z at z = 3").run()


# --- ways that know no conventions ------------


def notes_of(text: str, by: str, **inputs: float) -> tuple[dict[str, float], list[str]]:
    answer = lang.parse(text).ask("grad", "z", by=by, at=inputs)
    return answer.value, [note.message for note in answer.notes]


@pytest.mark.parametrize(
    ("text", "point", "slope"),
    [
        ("x = ?\nz = x % 2\n", 7.5, 1.0),
        ("x = ?\nz = 1 / x\n", 1e-150, -1e300),
        ("x = ?\nz = floor(x) * x\n", 2.1, 2.0),
        ("x = ?\nz = tan(x)\n", 1.57, 1 / math.cos(1.57) ** 2),
    ],
)
def test_differences_find_a_step_that_meets_no_jump_or_pole(text: str, point: float, slope: float) -> None:
    found, notes = notes_of(text, "numeric", x=point)
    assert found["x"] == pytest.approx(slope, rel=1e-6)
    assert not notes


def test_differences_that_do_not_settle_say_so() -> None:
    _, notes = notes_of("x = ?\nz = floor(x)\n", "numeric", x=2.0)
    assert notes[0].startswith("differences by `x` do not settle: they change by ")
    assert notes[1] == "there is a jump here that a difference does not see"
    found, notes = notes_of("x = ?\nz = sqrt(x)\n", "numeric", x=0.0)
    assert math.isnan(found["x"])
    assert notes == ["there are no differences by `x`: the program has no values on both sides of it"]


@pytest.mark.parametrize(("by", "who"), [("numeric", "difference"), ("symbolic", "closed form")])
def test_ways_without_rules_tell_the_kinks_they_pass(by: str, who: str) -> None:
    if by == "symbolic":
        pytest.importorskip("sympy")
    found, notes = notes_of("x = ?\nz = abs(x)\n", by, x=0.0)
    assert found == {"x": 0.0}
    assert notes == [f"there is a kink here that a {who} does not see: the derivative is -1 below and 1 above"]
    _, notes = notes_of("x = ?\nz = 2 * x if x > 0 else x\n", by, x=0.0)
    assert notes[-1] == f"equal values are compared here, and a {who} does not see that there may be a kink"
    text = "x = ?\nif x > 1:\n    z = x**2\nelse:\n    z = 2 * x - 1\n"
    assert not notes_of(text, "symbolic", x=1.0)[1]
    assert not lang.parse("x = ?\nz = abs(x)\n").ask("grad", "z", by=by, at={"x": 0}, kinks="silent").notes


def test_a_closed_form_at_a_tie_gives_what_the_rules_give() -> None:
    pytest.importorskip("sympy")
    for text, at in (("max(x, 2 * x)", 0.0), ("clamp(x, 0, 1)", 1.0), ("relu(x)", 0.0), ("min(x, 3)", 3.0)):
        program = lang.parse(f"x = ?\nz = {text}\n")
        assert program.grad("z", by="symbolic", x=at) == program.grad("z", x=at), text


def test_a_closed_form_without_a_value_says_why() -> None:
    pytest.importorskip("sympy")
    found, notes = notes_of("x = ?\nz = sqrt(x)\n", "symbolic", x=0.0)
    assert math.isnan(found["x"])
    assert notes == ["this closed form has no value here: 1 / 0 is not a real number"]


@pytest.mark.parametrize("text", [
    "y = log(-x)\nw = sin(y) * y\nz = exp(w) + w\n",
    "y = 1 / (x - 1)\nw = sin(y) * y\nz = w * w + y\n",
])  # fmt: skip
def test_where_nan_flows_its_first_statement_alone_is_told(text: str) -> None:
    """A value that is nan makes every later partial nan; reverse told each of them, forward the first."""
    program = lang.parse("x = ?\n" + text)
    told = [program.ask("grad", "z", by=by, at={"x": 1.0}, ieee=True).notes for by in ("reverse", "forward")]
    assert [(note.kind, note.message, note.span) for note in told[0]] == [
        (note.kind, note.message, note.span) for note in told[1]
    ]
