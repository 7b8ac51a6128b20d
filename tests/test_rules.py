"""The table of derivatives: what its loader refuses, and every line against numerical derivatives.

The truth about values is `tests/references.py` (mpmath); derivatives here are differences of those values, so
they share nothing with any rule."""

from __future__ import annotations

import math
import random
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import pytest
from mpmath import mp, mpf

import lang
from lang.evaluate import rulecode
from lang.grammar_files import read
from lang.kernels import KERNELS
from lang.rules import Primitive, load, table
from lang.rules.table import _from_lines
from lang.source import Source
from lang.syntax import tree, walk
from lang.syntax.walk import operands
from tests.references import VALUES

PRIMITIVES = table().primitives
KEYS = [(each.name, each.arity) for each in PRIMITIVES]
every_primitive = pytest.mark.parametrize(
    "primitive", PRIMITIVES, ids=[f"{name}/{arity}" for name, arity in KEYS]
)

ASKED = """
+/2 -/2 */2 //2 **/2 +/1 -/1 sin/1 cos/1 tan/1 exp/1 log/1 sqrt/1 abs/1 min/2 max/2 exp2/1 exp10/1 expm1/1
log2/1 log10/1 log1p/1 log/2 square/1 inv/1 cbrt/1 hypot/2 asin/1 acos/1 atan/1 atan2/2 sinh/1 cosh/1 tanh/1
rsqrt/1 sec/1 csc/1 cot/1 asec/1 acsc/1 acot/1 sech/1 csch/1 coth/1 asinh/1 acosh/1 atanh/1 asech/1 acsch/1
acoth/1 deg2rad/1 rad2deg/1 sinc/1 sign/1 step/1 relu/1 clamp/3 floor/1 ceil/1 round/1 trunc/1 mod/2 rem/2
copysign/2 where/3 sinpi/1 cospi/1 sigmoid/1 logit/1 softplus/1 logaddexp/2 xlogy/2 silu/1 gelu/1 erf/1
erfc/1 erfinv/1 gamma/1 lgamma/1 digamma/1 trigamma/1 polygamma/2 beta/2 lbeta/2
"""


def test_all_the_primitives_asked_for_are_there() -> None:
    asked = {(word.rsplit("/", 1)[0], int(word.rsplit("/", 1)[1])) for word in ASKED.split()}
    assert len(asked) == 84
    assert ("/", 2) in asked
    assert asked <= set(KEYS)


def test_every_primitive_has_a_value_and_stands_once() -> None:
    assert set(KEYS) == set(KERNELS)
    assert len(set(KEYS)) == len(KEYS)


def test_aliases_stand_for_primitives_and_hide_none() -> None:
    names = {name for name, _ in KEYS}
    for new, old in table().aliases.items():
        assert old in names, new
        assert new not in names, new
    for new, old in [("ln", "log"), ("arcsin", "asin"), ("pow", "**")]:
        assert table().arities(new) == table().arities(old), new


# --- what the loader refuses ------------

BROKEN = [
    ("c = f(a) => dc = da * da", "da * da"),
    ("c = f(a, b) => dc = da * db", "da * db"),
    ("c = f(a) => dc = sin(da)", "sin(da)"),
    ("c = f(a) => dc = a / da", "a / da"),
    ("c = f(a) => dc = da ** 2", "da ** 2"),
    ("c = f(a) => dc = da + 1", "da + 1"),
    ("c = f(a) => dc = cos(a)", "cos(a)"),
    ("c = f(a) => dc = da if da > 0 else 0", None),
    ("c = f(a) => dc = da if a > 0 else 1", "da if a > 0 else 1"),
    ("c = f(a) => dc = db", "db"),
    ("c = f(a) => dc = b * da", "b"),
    ("c = f(a, b) => dc = da * q", "q"),
    ("c = f(a) => dc = sine(a) * da", "sine"),
    ("c = f(a) => dc = sin(a, a) * da", "sin"),
    ("c = f(a) => de = da", "de"),
    ("c = f(a, a) => dc = da", None),
    ("c = f(a) + 1 => dc = da", "f(a) + 1"),
    ("c = f(2) => dc = 0", "f(2)"),
    ("c = f(a) => dc = da domain b > 0", "b"),
    ("c = f(a) => dc = da kink q == 0", "q"),
    ("c = f(a) => dc = da fixed b", "b"),
    ("c = f(a, b) => dc = db fixed a and d", "d"),
    ("c = f(a, b) => dc = db fixed a + 1", "a + 1"),
    ("c = f(a) => dc = da lecture da * da", "da * da"),
    ("c = f(a) => dc = da\nc = f(b) => dc = db", None),
    ("c = sin(a) => dc = cos(a) * da\nc = sin(a) => dc = cos(a) * da", None),
    ("c = f(a)", None),
    ("c = f(a) => dc", None),
    ("f(a) => dc = da", None),
    ("x = 3", None),
    ("alias one two", None),
]


@pytest.mark.parametrize(("line", "under"), BROKEN, ids=[line for line, _ in BROKEN])
def test_a_line_that_is_no_rule_is_refused_with_its_place(line: str, under: str | None) -> None:
    good = read("rules.ad").rstrip() + "\n"
    with pytest.raises((lang.RuleError, lang.ParseError)) as caught:
        load(Source(good + line + "\n", "rules.ad"))
    error = caught.value
    assert error.source is not None, error
    assert error.span is not None
    assert error.source.position(error.span[0])[0] >= good.count("\n") + 1
    if under is not None:
        assert error.source.slice(error.span).startswith(under)


def test_a_primitive_is_one_line() -> None:
    text = "c = cube(a) => dc = 3 * square(a) * da   domain a < 100\n"
    known = load(Source(read("rules.ad") + text, "rules.ad"))
    found = known.find("cube", 1)
    assert found is not None
    assert (found.arity, known.arities("cube"), "cube" in known.function_names()) == (1, (1,), True)
    assert rulecode.partial(found, 0)(2.0, 8.0) == 12  # type: ignore[misc]


ADDED = """
import lang.grammar_files as files
plain = files.read
line = "c = cube(a) => dc = 3 * square(a) * da domain a < 100 kink a == 7\\n"
files.read = lambda name: plain(name) + (line if name == "rules.ad" else "")
import lang.kernels as kernels
cube = {("cube", 1): lambda a: a * a * a if a < 100 else float("nan")}
kernels.KERNELS, kernels.FAST = {**kernels.KERNELS, **cube}, {**kernels.FAST, **cube}
import lang
program = lang.parse("x = ?; f(a) = cube(a); z = cube(x) * 2")
print(program.grad("z", x=2), program.grad("z", x=2, by="forward"), program.hessian("z", x=2).tolist())
print(lang.parse("z = cube''(2)").run()["z"], [n.kind for n in program.ask("grad", "z", at={"x": 7}).notes])
for text in ("z = cube(1, 2)", "z = cub(2)", "z = cube(100)", "cube = 3"):
    try:
        lang.parse(text).run()
    except lang.AdError as error:
        print(type(error).__name__, error.hint)
"""


def test_adding_a_primitive_is_one_line_and_its_value() -> None:
    done = subprocess.run([sys.executable, "-c", ADDED], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0] == "{'x': 24.0} {'x': 24.0} [[24.0]]"
    assert lines[1] == "12.0 ['kink']"
    assert [line.split()[0] for line in lines[2:]] == [
        "CheckError",
        "CheckError",
        "DomainError",
        "CheckError",
    ]
    assert "`cube(a)`" in lines[2]
    assert "`cube`" in lines[3]


# --- every line ------------


def functions_in(expression: tree.Expression) -> set[tuple[str, int]]:
    found, pending = set(), [expression]
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Apply):
            found.add((node.function, len(node.arguments)))
        pending.extend(operands(node))
    return found


@every_primitive
def test_right_sides_and_clauses_use_primitives_of_the_table_only(primitive: Primitive) -> None:
    for each in (
        primitive.differential,
        primitive.domain,
        primitive.kink,
        primitive.vertical,
        primitive.lecture,
    ):
        for name, arity in functions_in(each) if each is not None else ():
            assert table().find(name, arity) is not None, (name, arity)


def test_a_right_side_never_leads_back_to_a_power_of_log_where_none_is() -> None:
    # x**n for a number n never asks for log(x): only the term of the exponent does
    power = table().find("**", 2)
    assert power is not None
    by_base = functions_in(power.partial(0))  # type: ignore[arg-type]
    assert not by_base & {("log", 1), ("powlog", 3)}


def points(primitive: Primitive, count: int = 24) -> Iterator[tuple[float, ...]]:
    """Ordinary seeded arguments, inside the domain and beside no kink."""
    key = primitive.name, primitive.arity
    rng = random.Random(zlib.crc32(repr(key).encode()))
    kink = rulecode.condition(primitive, "kink")
    for _ in range(4000):
        values = [
            round(rng.choice((rng.uniform(-3, 3), rng.uniform(0, 1), rng.uniform(1, 9))), 5)
            for _ in range(primitive.arity)
        ]
        for index, name in enumerate(primitive.parameters):
            if name in primitive.discrete:
                values[index] = rng.random() < 0.5
            elif name in primitive.fixed:
                values[index] = float(rng.randrange(4))
        if defined(primitive, values) and not (kink and kink(*values, KERNELS[key](*values))):
            yield tuple(values)


def defined(primitive: Primitive, values: list[Any]) -> bool:
    """Is the primitive defined here and around?"""
    found = VALUES[primitive.name, primitive.arity]
    for side in (-0.01, 0.0, 0.01):
        moved = [mpf(each) + side if moves(primitive, index) else each for index, each in enumerate(values)]
        try:
            value = found(*moved)
        except (ValueError, ZeroDivisionError):
            return False
        if value is None or not mp.isfinite(value) or abs(value) > 1e12 or not isinstance(mpf(value), mpf):
            return False
    return True


def moves(primitive: Primitive, index: int) -> bool:
    return primitive.parameters[index] not in primitive.discrete | primitive.fixed


def slope(function: Callable[..., Any], at: tuple[Any, ...], by: tuple[int, ...]) -> mpf:
    """A derivative by central differences with a tiny step, in 130 digits (exact to about 40)."""
    if not by:
        return function(*at)
    step = mpf(10) ** (-25 if len(by) == 1 else -20)
    moved = [
        [mpf(each) + side if index == by[0] else each for index, each in enumerate(at)]
        for side in (step, -step)
    ]
    ends = [slope(function, tuple(each), by[1:]) for each in moved]
    return (ends[0] - ends[1]) / (2 * step)


def call(primitive: Primitive, names: tuple[str, ...]) -> str:
    if primitive.name.isidentifier():
        return f"{primitive.name}({', '.join(names)})"
    sign = "%" if primitive.name == "mod" else primitive.name
    return f"{names[0]} {sign} {names[1]}" if len(names) == 2 else f"{sign}{names[0]}"


def written(value: float | bool) -> str:
    """An operand as a program writes it."""
    return repr(value) if isinstance(value, float) else "1 < 2" if value else "1 > 2"


@every_primitive
def test_partials_are_those_of_60_digit_differences(primitive: Primitive) -> None:
    inputs = [f"x{index}" for index in range(primitive.arity)]
    seen = 0
    for at in islice(points(primitive), 24):
        declared = "".join(f"{name} = ?\n" for index, name in enumerate(inputs) if moves(primitive, index))
        operand = tuple(name if moves(primitive, i) else written(at[i]) for i, name in enumerate(inputs))
        program = lang.parse(f"{declared}z = {call(primitive, operand)}")
        given = {name: at[index] for index, name in enumerate(inputs) if moves(primitive, index)}
        reverse = program.grad("z", at=given)
        forward = program.grad("z", by="forward", at=given)
        with mp.workdps(130):
            for index, name in enumerate(inputs):
                if moves(primitive, index):
                    true = slope(VALUES[primitive.name, primitive.arity], at, (index,))
                    scale = max(abs(float(true)), 1e-30)
                    assert abs(reverse[name] - float(true)) <= 1e-13 * scale, (
                        at,
                        name,
                        reverse[name],
                        float(true),
                    )
                    assert abs(forward[name] - float(true)) <= 1e-13 * scale, (
                        at,
                        name,
                        forward[name],
                        float(true),
                    )
        seen += 1
    assert seen >= 8


@every_primitive
def test_second_derivatives_are_those_of_60_digit_differences(primitive: Primitive) -> None:
    inputs = [f"x{index}" for index in range(primitive.arity)]
    by = [index for index in range(primitive.arity) if moves(primitive, index)]
    for at in islice(points(primitive), 6):
        declared = "".join(f"{inputs[index]} = ?\n" for index in by)
        operand = tuple(name if i in by else written(at[i]) for i, name in enumerate(inputs))
        found = lang.parse(f"{declared}z = {call(primitive, operand)}").hessian(
            "z", at={inputs[index]: at[index] for index in by}
        )
        with mp.workdps(130):
            for row, i in enumerate(by):
                for column, j in enumerate(by):
                    true = float(slope(VALUES[primitive.name, primitive.arity], at, (i, j)))
                    assert math.isclose(found[row, column], true, rel_tol=1e-11, abs_tol=1e-12), (
                        at,
                        i,
                        j,
                        found,
                        true,
                    )


@pytest.mark.parametrize("x", [1e17, 1e160, 1e200, 1.5e308])
@pytest.mark.parametrize("name", ["log2", "log10", "rsqrt", "asec", "acsc", "acsch", "acoth"])
def test_derivative_programs_run_at_the_largest_numbers(name: str, x: float) -> None:
    program = lang.parse(f"x = ?\nz = {name}(x)")
    forward, reverse = program.forward("z", wrt="x"), program.reverse("z")
    wanted = program.grad("z", x=x)["x"]
    assert forward.run(x=x)[forward.derivatives["z"]] == pytest.approx(wanted, rel=1e-15, abs=0)
    assert reverse.run(x=x)[reverse.derivatives["x"]] == pytest.approx(wanted, rel=1e-15, abs=0)


@every_primitive
def test_third_derivatives_exist(primitive: Primitive) -> None:
    names = ("a", "b", "d", "e")[: primitive.arity]
    (at,) = islice(points(primitive), 1)
    index = next(index for index in range(primitive.arity) if moves(primitive, index))
    operand = tuple(written(each) for each in at)
    body = call(
        primitive, tuple(name if place == index else operand[place] for place, name in enumerate(names))
    )
    value = lang.parse(f"f({names[index]}) = {body}\nz = f'''({operand[index]})").run()["z"]
    with mp.workdps(60):
        known = VALUES[primitive.name, primitive.arity]
        moved = [(*at[:index], mpf(at[index]) + k * mpf(10) ** -12, *at[index + 1 :]) for k in (-2, -1, 1, 2)]
        ends = [known(*each) for each in moved]
        true = float((ends[3] - 2 * ends[2] + 2 * ends[1] - ends[0]) / (2 * mpf(10) ** -36))
    assert math.isclose(value, true, rel_tol=1e-7, abs_tol=1e-7), (at, value, true)


@every_primitive
def test_a_rule_is_linear_in_its_differentials(primitive: Primitive) -> None:
    active = tuple(index for index in range(primitive.arity) if moves(primitive, index))
    code = rulecode.differential(primitive, active)
    partials = [rulecode.partial(primitive, index) for index in active]
    for at in islice(points(primitive), 8):
        value = KERNELS[primitive.name, primitive.arity](*at)
        tangents = [0.5 + place for place in range(len(active))]
        whole = (code and code(*at, value, *tangents)) or 0.0
        parts = sum(
            ((each and each(*at, value)) or 0.0) * tangent
            for each, tangent in zip(partials, tangents, strict=True)
        )
        assert math.isclose(whole, parts, rel_tol=1e-12, abs_tol=1e-13), (at, whole, parts)
        doubled = (code and code(*at, value, *(2 * each for each in tangents))) or 0.0
        assert math.isclose(doubled, 2 * whole, rel_tol=1e-14), at
        assert not (code and code(*at, value, *(0.0 for _ in tangents)))


@every_primitive
def test_the_lectures_form_is_equal_to_the_rule(primitive: Primitive) -> None:
    if primitive.lecture is None:
        assert primitive.differential is not None
        return
    arguments = ", ".join([*primitive.parameters, *(f"d{name}" for name in primitive.parameters)])
    forms = [
        f"{name}({arguments}, c) = {unparsed(each)}"
        for name, each in (("rule", primitive.differential), ("lecture", primitive.lecture))
    ]
    for at in islice(points(primitive), 8):
        value = KERNELS[primitive.name, primitive.arity](*at)
        given = ", ".join(
            repr(each) for each in (*at, *(0.5 + place for place in range(primitive.arity)), value)
        )
        try:
            found = lang.parse("\n".join(forms) + f"\np, q = rule({given}), lecture({given})").run()
        except lang.DomainError:
            continue
        assert math.isclose(found["p"], found["q"], rel_tol=1e-9, abs_tol=1e-9), (at, found.values)


def unparsed(expression: tree.Expression) -> str:
    from lang.syntax.unparse import unparse

    return unparse(expression)


@every_primitive
def test_domain_clauses_hold_exactly_where_there_is_a_value(primitive: Primitive) -> None:
    inside = rulecode.condition(primitive, "domain")
    special = (0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 1.5, -2.5, 3.0)
    rng = random.Random(5)
    for _ in range(60):
        at = tuple(
            rng.random() < 0.5 if name in primitive.discrete else rng.choice(special)
            for name in primitive.parameters
        )
        value = KERNELS[primitive.name, primitive.arity](*at)
        holds = inside is None or inside(*at, value)
        assert holds == math.isfinite(value), (at, value)


EDGES = (
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    2.0,
    -2.0,
    3.0,
    -3.0,
    1e-310,
    -5e-324,
    1e308,
    -1e308,
    710.0,
    1e16,
    math.pi,
    math.inf,
    -math.inf,
    math.nan,
)


@every_primitive
def test_at_every_edge_a_derivative_is_a_number_both_ways_and_nothing_raises(primitive: Primitive) -> None:
    rng = random.Random(11)
    inputs = [f"x{index}" for index in range(primitive.arity)]
    moving = [name for index, name in enumerate(inputs) if moves(primitive, index)]
    for _ in range(40):
        at = {name: rng.choice(EDGES) for name in inputs}
        text = "".join(f"u{name} = ? 1\n" for name in moving)
        text += "".join(f"{name} = u{name} * ({literal(at[name])})\n" if name in moving else
                        f"{name} = {'1 < 2' if parameter in primitive.discrete else '2'}\n"
                        for name, parameter in zip(inputs, primitive.parameters, strict=True))  # fmt: skip
        program = lang.parse(text + f"z = {call(primitive, tuple(inputs))}")
        answers = [program.ask("grad", "z", wrt=moving, by=by, ieee=True) for by in ("reverse", "forward")]
        for name in moving:
            one, other = (each.value[name] for each in answers)
            same = (
                one == other
                or (math.isnan(one) and math.isnan(other))
                or math.isclose(one, other, rel_tol=1e-13)
            )
            assert same, (at, name, one, other)
        program.ask("hessian", "z", wrt=[f"u{name}" for name in moving], ieee=True)
        value = program.run(ieee=True)["z"]
        if math.isfinite(value) and all(math.isfinite(each) for each in at.values()):
            assert program.run()["z"] == value


def literal(value: float) -> str:
    """A number as a program can make it."""
    return (
        "log(-1)"
        if math.isnan(value)
        else "-log(0)"
        if value == math.inf
        else "log(0)"
        if value == -math.inf
        else repr(value)
    )


def test_a_line_is_read_when_it_is_asked_for() -> None:
    whole = load(Source(read("rules.ad"), "rules.ad"))
    places = [[each.name, each.arity, each.part, *each.rule.span] for each in whole.primitives]
    lazy = _from_lines(Source(read("rules.ad"), "rules.ad"), places, [list(each) for each in whole.aliases.items()])
    assert not any(lazy._made.values())
    sine = lazy.find("sin", 1)
    assert sine is lazy.find("sin", 1)
    assert [key for key, made in lazy._made.items() if made] == [("sin", 1)]
    assert lazy.function_names() == whole.function_names()
    for one, other in zip(lazy.primitives, whole.primitives, strict=True):
        assert walk.same(one.rule, other.rule)
        assert (one.parameters, one.fixed, one.discrete) == (other.parameters, other.fixed, other.discrete)


@pytest.mark.parametrize("engine", ["interpreter", "python", "native"])
def test_the_third_derivative_of_csc_is_small_where_sin_stands_still(engine: str) -> None:
    f = lang.parse("x = ?\nz = csc'''(x)").compile("z", engine=engine)
    for x in (math.pi / 2, -math.pi / 2, 7 * math.pi / 2):
        assert abs(f(x)) < 1e-13, x  # 5 times the distance to the pole of tan, which no float is
