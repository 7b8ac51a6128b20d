"""Awkward points: each convention has a test that names it, forward and reverse."""

from __future__ import annotations

import math
from typing import Any

import pytest

import lang

WAYS = ("reverse", "forward")
both_ways = pytest.mark.parametrize("by", WAYS)
INF, NAN = math.inf, math.nan


def ask(text: str, by: str, target: str = "z", **inputs: float) -> Any:
    """The answer to `grad`; the inputs that are given are declared, one a line, before the text."""
    declared = "".join(f"{name} = ?\n" for name in inputs)
    return lang.parse(declared + text).ask("grad", target, by=by, at=inputs)


def same(found: float, expected: float) -> bool:
    return math.isnan(found) if math.isnan(expected) else found == expected


# --- kinks ------------

# convention, statement, inputs, derivatives, (below, above) by each moving operand
KINKS: list[tuple[str, str, dict[str, float], list[float], list[tuple[float, float]]]] = [
    ("abs'(0) = 0", "z = abs(x)", {"x": 0}, [0], [(-1, 1)]),
    ("relu'(0) = 0", "z = relu(x)", {"x": 0}, [0], [(0, 1)]),
    ("hypot'(0, 0) = (0, 0)", "z = hypot(x, y)", {"x": 0, "y": 0}, [0, 0], [(-1, 1), (-1, 1)]),
    ("a tie of max shares 1/2 and 1/2", "z = max(x, y)", {"x": 2, "y": 2}, [0.5, 0.5], [(0, 1), (0, 1)]),
    ("a tie of min shares 1/2 and 1/2", "z = min(x, y)", {"x": 2, "y": 2}, [0.5, 0.5], [(1, 0), (1, 0)]),
    ("a tie of max with a constant gives 1/2", "z = max(x, 3)", {"x": 3}, [0.5], [(0, 1)]),
    ("sign has derivative 0 at its step", "z = sign(x)", {"x": 0}, [0], [(0, 0)]),
    ("step has derivative 0 at its step", "z = step(x)", {"x": 0}, [0], [(0, 0)]),
    ("floor has derivative 0 at its step", "z = floor(x)", {"x": 2}, [0], [(0, 0)]),
    ("ceil has derivative 0 at its step", "z = ceil(x)", {"x": 2}, [0], [(0, 0)]),
    ("round has derivative 0 at its step", "z = round(x)", {"x": 2.5}, [0], [(0, 0)]),
    ("trunc has derivative 0 at its step", "z = trunc(x)", {"x": 2}, [0], [(0, 0)]),
    ("// has derivative 0 at its step", "z = x // 2", {"x": 4}, [0], [(0, 0)]),
    ("mod at its jump has the derivative of its continuous branch", "z = mod(x, y)", {"x": 6, "y": 2},
     [1, -3], [(1, 1), (-3, -2)]),
    ("% is mod", "z = x % 2", {"x": 6}, [1], [(1, 1)]),
    ("clamp at its end shares", "z = clamp(x, 0, 1)", {"x": 0}, [0.5], [(0, 1)]),
]  # fmt: skip


@both_ways
@pytest.mark.parametrize(
    ("convention", "text", "inputs", "slopes", "sides"), KINKS, ids=[each[0] for each in KINKS]
)
def test_a_kink_uses_its_convention_and_is_noted(
    convention: str,
    text: str,
    inputs: dict[str, float],
    slopes: list[float],
    sides: list[tuple[float, float]],
    by: str,
) -> None:
    found = ask(text, by, **inputs)
    assert list(found.value.values()) == slopes
    kinks = [note for note in found.notes if note.kind == "kink"]
    assert [note.line for note in kinks] == [len(inputs) + 1]
    assert len(found.notes) == 1


@pytest.mark.parametrize(
    ("convention", "text", "inputs", "slopes", "sides"), KINKS, ids=[each[0] for each in KINKS]
)
def test_a_note_on_a_kink_tells_both_one_sided_derivatives(
    convention: str,
    text: str,
    inputs: dict[str, float],
    slopes: list[float],
    sides: list[tuple[float, float]],
) -> None:
    (note,) = ask(text, "reverse", **inputs).notes
    assert [(side.below, side.above) for side in note.sides] == sides
    assert [side.used for side in note.sides] == slopes
    for below, above in sides:
        assert f"{below} below" in note.message
        assert f"{above} above" in note.message


SMOOTH = [
    ("z = abs(x)", {"x": 1e-300}), ("z = relu(x)", {"x": -1e-300}),
    ("z = max(x, y)", {"x": 1, "y": 1.0000000000000002}),
    ("z = hypot(x, 0)", {"x": 1}), ("z = floor(x)", {"x": 2.5}), ("z = round(x)", {"x": 2}),
    ("z = trunc(x)", {"x": 0}),
    ("z = mod(x, 2)", {"x": 1}), ("z = clamp(x, 0, 1)", {"x": 0.5}), ("z = copysign(x, 0)", {"x": 2}),
    ("z = max(x, x)", {"x": 0}),
    ("z = min(x, x)", {"x": 3}), ("z = abs(0) * x + max(1, 1) * x + floor(2) * x", {"x": 1}),
    ("k = 0; z = abs(k) + relu(k) + x", {"x": 1}), ("if 1 == 1: z = x", {"x": 1}),
    ("k = 2\nif k <= 2: z = x", {"x": 1}),
    ("z = x if 1 <= 1 else 2 * x", {"x": 1}), ("z = x if x < 2 else abs(x - 1)", {"x": 1}),
]  # fmt: skip


@both_ways
@pytest.mark.parametrize(("text", "inputs"), SMOOTH, ids=[text for text, _ in SMOOTH])
def test_where_there_is_no_kink_or_only_of_what_does_not_move_there_is_no_note(
    text: str, inputs: dict[str, float], by: str
) -> None:
    assert not ask(text, by, **inputs).notes


@both_ways
def test_hypot_of_one_value_with_itself_has_a_kink_at_0(by: str) -> None:
    found = ask("z = hypot(x, x)", by, x=0)
    assert found.value == {"x": 0}
    assert [note.kind for note in found.notes] == ["kink"]


@both_ways
def test_max_of_one_value_with_itself_moves_as_it_does(by: str) -> None:
    assert ask("z = max(x, x) + min(x, x)", by, x=1).value == {"x": 2}


# --- conditions ------------


@both_ways
@pytest.mark.parametrize("text", ["if x < y: z = x\nelse: z = 2 * y", "if x != y: z = 0 * x\nelse: z = 2 * y",
                                  "z = x if x > y else 2 * y", "b = x < y\nz = x if b else 2 * y",
                                  "z = x if 1 > 2 or x < y else 2 * y",
                                  "f(a, b) = a if a < b else 2 * b\nz = f(x, y)"])  # fmt: skip
def test_a_condition_on_equal_moving_values_takes_its_branch_and_is_noted(text: str, by: str) -> None:
    found = ask(text, by, x=1, y=1)
    assert found.value == {"x": 0, "y": 2}
    assert [note.kind for note in found.notes] == ["condition"]
    assert found.notes[0].line == 3


@both_ways
def test_a_condition_in_a_loop_is_noted_once_with_its_count(by: str) -> None:
    found = ask("z = 0\nfor i in range(5):\n  if x <= y: z += x", by, x=1, y=1)
    assert found.value == {"x": 5, "y": 0}
    (note,) = found.notes
    assert (note.kind, note.line) == ("condition", 5)
    assert note.count == 5 or by == "forward"


# --- vertical tangents ------------

VERTICAL = [("sqrt(x)", 0, INF), ("asin(x)", 1, INF), ("asin(x)", -1, INF), ("acos(x)", 1, -INF),
            ("cbrt(x)", 0, INF),
            ("acosh(x)", 1, INF), ("x ** 0.5", 0, INF), ("asech(x)", 1, -INF), ("asec(x)", 1, INF),
            ("acsc(x)", 1, -INF),
            ("-sqrt(x)", 0, -INF), ("sqrt(x) + x", 0, INF)]  # fmt: skip


@both_ways
@pytest.mark.parametrize(("expression", "at", "slope"), VERTICAL)
def test_a_vertical_tangent_gives_an_infinite_derivative_and_a_note(
    expression: str, at: float, slope: float, by: str
) -> None:
    found = ask(f"y = 3\nz = {expression}", by, x=at)
    assert found.value == {"x": slope}
    assert [(note.kind, note.line) for note in found.notes] == [("vertical tangent", 3)]


# --- structural zeros ------------

ZEROS: list[tuple[str, dict[str, float], list[float]]] = [
    ("z = x ** 3", {"x": -2}, [12]),
    ("z = x ** 0", {"x": 0}, [0]),
    ("z = x ** 0", {"x": -1.5}, [0]),
    ("z = x ** 1", {"x": 0}, [1]),
    ("z = x ** 2", {"x": 0}, [0]),
    ("z = x ** 2", {"x": -3}, [-6]),
    ("z = x ** -1", {"x": -2}, [-0.25]),
    ("z = 2 ** y", {"y": 0}, [math.log(2)]),
    ("z = 0 ** y", {"y": 2}, [0]),
    ("z = max(x, sqrt(y))", {"x": 1, "y": 0}, [1, 0]),
    ("z = min(x, sqrt(y) + 5)", {"x": 1, "y": 0}, [1, 0]),
    ("z = where(x > 0, x, sqrt(y))", {"x": 1, "y": 0}, [1, 0]),
    ("z = x if x > 0 else log(x)", {"x": 2}, [1]),
    ("z = log(x) if x > 0 else x", {"x": -2}, [1]),
    ("z = x\nif x < 0: z = sqrt(x)", {"x": 4}, [1]),
    ("a = sqrt(y)\nz = x", {"x": 1, "y": 0}, [1, 0]),
    ("k = 0; z = sqrt(k) * x", {"x": 1}, [0]),
    ("z = relu(x - sqrt(y) - 5)", {"x": 1, "y": 0}, [0, 0]),
    ("z = clamp(x + sqrt(y), 5, 7)", {"x": 1, "y": 0}, [0, 0]),
    ("z = floor(sqrt(y) + 0.5) + x", {"x": 1, "y": 0}, [1, 0]),
    ("z = sign(sqrt(y) + 1) * x", {"x": 3, "y": 0}, [1, 0]),
]


@both_ways
@pytest.mark.parametrize(("text", "inputs", "slopes"), ZEROS, ids=[text for text, _, _ in ZEROS])
def test_zeros_are_structural(text: str, inputs: dict[str, float], slopes: list[float], by: str) -> None:
    assert list(ask(text, by, **inputs).value.values()) == slopes


@both_ways
def test_a_power_of_a_negative_number_has_the_derivative_by_its_base_alone(by: str) -> None:
    text = "z = x ** y"
    found = ask(text, by, x=-2, y=3)
    assert found.value["x"] == 12
    assert math.isnan(found.value["y"])
    assert [(note.kind, note.line) for note in found.notes] == [("not finite", 3)]
    program = lang.parse("x = ?; y = ?\nz = x ** y")
    one = program.ask("grad", "z", wrt="x", by=by, at={"x": -2, "y": 3})
    assert (one.value, one.notes) == ({"x": 12}, ())
    one = program.ask("jvp", "z", along={"x": 2, "y": 0}, at={"x": -2, "y": 3})
    assert (one.value, one.notes) == ({"z": (-8, 24)}, ())


POWERS_AT_0 = [(0, 0), (1, 0), (2, 2), (3, 0), (2.5, 0)]


@pytest.mark.parametrize(("power", "second"), POWERS_AT_0)
def test_powers_at_0_have_the_second_derivatives_of_polynomials(power: float, second: float) -> None:
    program = lang.parse(f"x = ?\nz = x ** {power}")
    answer = program.ask("hessian", "z", at={"x": 0})
    assert answer.fact["rows"] == [[second]]
    assert not answer.notes
    assert lang.parse(f"f(x) = x ** {power}\nz = f''(0)").run()["z"] == second


def test_a_seed_of_0_counts_as_not_differentiated() -> None:
    program = lang.parse("x = ?; y = ?\nz = x + sqrt(y)")
    moving = program.ask("jvp", "z", along={"x": 1, "y": 0}, at={"x": 1, "y": 0})
    assert moving.value == {"z": (1, 1)}
    assert not moving.notes
    program = lang.parse("x = ?\na = sqrt(x)\nz = x * 2")
    pulled = program.ask("vjp", "a", "z", along={"a": 0, "z": 1}, at={"x": 0})
    assert pulled.value == {"x": 2}


# --- inf and nan ------------

NOT_FINITE = [
    # 0 * inf along a chain: never a made-up 0
    ("a = x ** 3\nz = a ** (1 / 3)", 0, NAN, {2, 3}),
    ("z = (x ** 3) ** (1 / 3)", 0, NAN, {2}),
    ("z = sqrt(x * x)", 0, NAN, {2}),
    ("a = x * x\nb = sqrt(a)\nz = b + 1", 0, NAN, {3}),
    ("a = sqrt(x)\nb = 0 * a\nz = b + x", 0, NAN, {2, 3}),
    ("a = sqrt(x)\nb = a * a\nz = b", 0, NAN, {2, 3}),
    ("a = sqrt(x)\nz = a - a", 0, NAN, {2, 3}),
    ("a = sqrt(x)\nb = cbrt(x)\nz = a + b", 0, INF, {2, 3}),
    ("f(a) = sqrt(a)\nz = 1 + f(x)", 0, INF, {2}),
    ("z = x * 1e200\nz = z * 1e200", 1e-300, INF, {2, 3}),
    ("a = 1e308 * x\nb = 1e308 * x\nz = a + b", 0.1, INF, {2, 3, 4}),
]


@both_ways
@pytest.mark.parametrize(("text", "at", "slope", "lines"), NOT_FINITE, ids=[each[0] for each in NOT_FINITE])
def test_a_derivative_that_is_not_finite_has_a_note_on_the_statement_that_made_it(
    text: str, at: float, slope: float, lines: set[int], by: str
) -> None:
    found = ask(text, by, x=at)
    if (
        text == "a = sqrt(x)\nz = a - a"
    ):  # reverse adds 1 - 1 before it meets the root, forward subtracts infinities
        assert math.isnan(found.value["x"])
    assert same(found.value["x"], slope), found.value
    assert found.notes
    assert found.notes[0].line in lines


@both_ways
@pytest.mark.parametrize(
    "text", ["z = (x ** 3) ** (1 / 3)", "z = sqrt(x * x)", "z = 0 * sqrt(x)", "a = sqrt(x)\nz = a * a"]
)
def test_a_note_on_a_nan_says_that_it_is_nan(text: str, by: str) -> None:
    found = ask(text, by, x=0)
    assert math.isnan(found.value["x"])
    assert any("nan" in note.message for note in found.notes), [note.message for note in found.notes]


@both_ways
def test_the_first_of_several_statements_that_make_infinities_is_noted_first(by: str) -> None:
    found = ask("a = sqrt(x)\nb = a + 1\nc = b * 2\nz = c + x", by, x=0)
    assert found.value == {"x": INF}
    assert [note.line for note in found.notes] == [2]


@pytest.mark.parametrize("text",
                         ["x = ?\nz = x ** 1.5", "x = ?\nz = x * sqrt(x)",
                          "x = ?\nf(a) = a ** 1.5\nz = f'(x)",
                                  "x = ?\nz = cbrt(x) * x", "x = ?\nz = asin(x) * (x - 1)"])  # fmt: skip
def test_a_second_derivative_that_is_not_finite_has_a_note(text: str) -> None:
    at = {"x": 1 if "asin" in text else 0}
    answer = lang.parse(text).ask("hessian", "z", at=at)
    assert not math.isfinite(answer.fact["rows"][0][0])
    assert answer.notes


@both_ways
def test_a_derivative_inside_the_program_that_is_not_finite_has_a_note(by: str) -> None:
    found = ask("f(a) = a ** 1.5\nz = f'(x)", by, x=0)
    assert found.value == {"x": INF}
    assert found.notes
    result = lang.parse("f(a) = sqrt(a)\nz = f'(0)").run(ieee=True)
    assert result["z"] == INF
    assert [note.line for note in result.notes] == [1]


# --- policies ------------


@both_ways
@pytest.mark.parametrize(("text", "inputs"), [(text, inputs) for _, text, inputs, _, _ in KINKS])
def test_kinks_error_stops_at_a_kink_with_its_place(text: str, inputs: dict[str, float], by: str) -> None:
    program = lang.parse("".join(f"{name} = ?\n" for name in inputs) + text)
    with pytest.raises(lang.DerivativeError) as caught:
        program.grad("z", by=by, kinks="error", at=inputs)
    assert caught.value.source.position(caught.value.span[0])[0] == len(inputs) + 1


@both_ways
def test_kinks_error_stops_at_equal_conditions(by: str) -> None:
    with pytest.raises(lang.DerivativeError):
        lang.parse("x = ?; y = ?\nz = x if x < y else y").grad("z", by=by, kinks="error", x=1, y=1)


@both_ways
@pytest.mark.parametrize(
    ("text", "inputs", "slopes"), [(text, inputs, slopes) for _, text, inputs, slopes, _ in KINKS]
)
def test_kinks_silent_uses_the_convention_without_a_note(
    text: str, inputs: dict[str, float], slopes: list[float], by: str
) -> None:
    program = lang.parse("".join(f"{name} = ?\n" for name in inputs) + text)
    answer = program.ask("grad", "z", by=by, kinks="silent", at=inputs)
    assert list(answer.value.values()) == slopes
    assert not answer.notes


def test_an_unknown_policy_is_an_error() -> None:
    with pytest.raises(lang.AdError, match="kinks"):
        lang.parse("x = ?; z = x").grad("z", kinks="loud", x=1)


def test_a_run_without_derivatives_has_no_notes() -> None:
    assert not lang.parse("x = ?; z = abs(x) + max(x, 0) + sqrt(x)\nif x == 0: z = 1").run(x=0).notes


# --- domains ------------


@both_ways
@pytest.mark.parametrize(("expression", "at", "under"), [
    ("log(x - 3)", 2, "log(-1)"), ("1 / (x - 2)", 2, "1 / 0"), ("exp(x * 500)", 2, "exp(1000)"),
    ("(x - 10) ** (1 / 3)", 2, "(-8)**"), ("sqrt(x) + sqrt(-x)", 2, "sqrt(-2)"),
    ("x * 1e308", 2, "2 * 1e+308"),
])  # fmt: skip
def test_a_value_that_does_not_exist_stops_a_derivative_as_it_stops_a_run(
    expression: str, at: float, under: str, by: str
) -> None:
    text = f"x = ?\nz = 1 + {expression}"
    errors = []
    for act in (lambda p: p.run(x=at), lambda p: p.grad("z", by=by, x=at), lambda p: p.hessian("z", x=at)):
        with pytest.raises(lang.DomainError) as caught:
            act(lang.parse(text))
        errors.append((caught.value.message, caught.value.span))
    assert len(set(errors)) == 1
    assert under in errors[0][0].replace("1e308", "1e+308")


@both_ways
def test_ieee_mode_lets_inf_and_nan_flow(by: str) -> None:
    program = lang.parse("x = ?\na = 1 / x\nb = log(x - 1)\nz = a + b")
    assert program.run(ieee=True, x=0)["a"] == INF
    assert math.isnan(program.run(ieee=True, x=0)["b"])
    assert not math.isfinite(program.grad("z", by=by, ieee=True, x=0)["x"])
    assert lang.parse("x = ?; z = x * x").grad("z", by=by, ieee=True, x=3) == {"x": 6}


def test_ieee_mode_compares_nan_as_ieee_does() -> None:
    found = lang.parse("n = log(-1); a = n == n; b = n < 1; c = n != n; z = max(n, 1)").run(ieee=True)
    assert (found["a"], found["b"], found["c"]) == (False, False, True)


@both_ways
def test_a_rules_own_arithmetic_never_stops_a_program(by: str) -> None:
    found = ask("z = sqrt(x)", by, x=5e-324)
    assert math.isfinite(found.value["x"])
    found = ask("z = tanh(x)", by, x=1000)
    assert found.value == {"x": 0}
    assert not found.notes


@both_ways
def test_a_derivative_by_an_operand_that_has_none_is_an_error(by: str) -> None:
    assert ask("z = polygamma(1, x)", by, x=2).value["x"] < 0
    with pytest.raises(lang.DerivativeError, match="polygamma"):
        ask("z = polygamma(x, 2)", by, x=1)


# --- the other side of a condition ------------

ENDLESS = "s = x\nwhile s < 0:\n    s = s * s\nz = s\n"


@both_ways
def test_the_other_side_of_a_loop_need_not_end(by: str) -> None:
    answer = ask(ENDLESS + "w = x\n", by, x=0.0)
    assert answer.value == {"x": 1.0}
    (note,) = answer.notes
    assert note.message.endswith("with its left side smaller the program would not end, larger it is 1")
    assert math.isnan(note.sides[0].below)
    assert note.sides[0].above == 1


def test_what_the_other_side_takes_is_not_taken_from_the_program() -> None:
    session = lang.Session(limits=lang.Limits(steps=2_000))
    outcome = session.run("x = ? 0\n" + ENDLESS + "grad z\ngrad z by forward\nz\n")
    assert outcome.error is None
    assert len(outcome.shown) == 3


def test_a_side_that_has_no_value_says_so() -> None:
    (note,) = ask("z = 0 if x == 0 else sin(x) / x\n", "reverse", x=0.0).notes
    assert note.message.endswith("with its left side smaller or larger the program would stop with an error")


@both_ways
def test_a_side_is_told_of_if_one_derivative_sees_it(by: str) -> None:
    text = "if x > 1:\n    z = x**3 + y\nelse:\n    z = x + y\n"
    (note,) = ask(text, by, x=1.0, y=2.0).notes
    assert "smaller and larger it is 1 and 3" in note.message


def test_second_derivatives_tell_both_sides_of_a_condition() -> None:
    program = lang.parse("x = ?\ny = ?\nif x > 1:\n    z = x**2 + y\nelse:\n    z = 2 * x - 1 + y\n")
    (note,) = program.ask("hessian", "z", at={"x": 1.0, "y": 2.0}).notes
    assert note.message.endswith("with its left side smaller and larger it is 0 and 2 by x")
    (note,) = program.ask("jacobian", "z", at={"x": 1.0, "y": 2.0}).notes
    assert note.message.endswith("both sides have the same derivative")


# --- what an answer does not need ------------

ELSEWHERE = "f(t) = abs(t)\nq = f(x)\nz = 2 * x\n"


@pytest.mark.parametrize("verb", ["grad", "jacobian", "hessian", "trace", "tape", "graph", "explain", "why"])
def test_a_kink_that_an_answer_does_not_need_is_none_of_its_notes(verb: str) -> None:
    program = lang.parse("x = ?\n" + ELSEWHERE + "w = f(x) * 3\n")
    more = {"wrt": "x"} if verb == "why" else {}
    assert not program.ask(verb, "z", at={"x": 0}, **more).notes
    assert [note.line for note in program.ask(verb, "w", at={"x": 0}, **more).notes] == [2]


@both_ways
def test_policies_are_about_what_an_answer_needs(by: str) -> None:
    program = lang.parse("x = ?\n" + ELSEWHERE)
    assert program.grad("z", by=by, x=0, kinks="error") == {"x": 2}
    with pytest.raises(lang.DerivativeError):
        program.grad("q", by=by, x=0, kinks="error")


def test_a_later_answer_of_a_session_has_only_its_own_notes() -> None:
    session = lang.Session()
    session.run("x = ? 0\nq = abs(x)\nz = 2 * x\n")
    assert not session.run("grad z\n").shown[0].notes
    assert session.run("grad q\n").shown[0].notes


@both_ways
def test_an_input_that_is_given_another_value_is_not_needed_for_that(by: str) -> None:
    assert not ask("w = x * y\ny = abs(x)\nz = w\n", by, x=0.0, y=1.0).notes
