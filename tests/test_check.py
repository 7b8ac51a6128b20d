"""The stage `check`: which programs pass, what it finds out about them, and how each error reads.

`cases/check/NAME.ad` is a program with one thing wrong; `NAME.out` is what a person sees.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lang.check import Checked, Scope, check
from lang.check.suggest import nearest, slips
from lang.errors import AdError, CheckError, CommandError, RuleError, UnsetName
from lang.rules import table
from lang.source import Source
from lang.syntax import tree
from lang.syntax.parse import parse

VERBS = ("grad", "jacobian", "hessian", "jvp", "vjp", "trace", "tape", "forward", "reverse", "why", "compare",
         "check", "cost", "symbolic", "graph", "rules")
CASES = sorted((Path(__file__).parent / "cases" / "check").glob("*.ad"))


def checked(text: str, scope: Scope | None = None, name: str = "<program>", first: int | None = None) -> Checked:
    return check(parse(Source(text, name)), scope or Scope(), VERBS, ("rules",), first=first)


def refused(text: str, scope: Scope | None = None) -> AdError:
    with pytest.raises(AdError) as caught:
        checked(text, scope)
    return caught.value


def rendered(path: Path) -> str:
    program = parse(Source(path.read_text(encoding="utf-8"), path.name))
    with pytest.raises(AdError) as caught:
        check(program, Scope(), VERBS, ("rules",))
    return caught.value.render()


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_error_reads_as_written_down(path: Path, golden: Callable[[Path, str], None]) -> None:
    golden(path, rendered(path))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_error_has_a_place_a_label_and_one_thing_to_do(path: Path) -> None:
    error = refused(path.read_text(encoding="utf-8"))
    assert error.span is not None
    assert error.span[0] < error.span[1]
    assert error.hint
    assert error.label or "linear" in error.message
    words = f"{error.message} {error.label} {error.hint} {' '.join(mark.label for mark in error.marks)}".lower()
    assert not any(word in words for word in ("identifier", "token", "arity", "argument", "terminal", "binding"))


# --- what passes ------------------------------------------------------------------------------------------

LECTURE = "x = ?\ndx = ?\ny = ?\ndy = ?\na = x * y\nda = y * dx + x * dy\nb = sin(x)\ndb = cos(x) * dx\nz = a + b\n"

RIGHT = {
    "the lecture's program": LECTURE,
    "an empty program": "",
    "constants": "y = pi + e + tau",
    "a shadowed constant": "y = pi\npi = 3\nz = pi",
    "a name from one branch": "x = 1\nif x > 0:\n    y = 2\nz = y",
    "a name from a loop": "for i in range(3):\n    y = i\nz = y + i",
    "a name from an earlier turn": "for i in range(3):\n    if i > 0:\n        y = x\n    x = i",
    "a choice by an earlier turn": "for i in range(3):\n    y = x if i > 0 else 0\n    x = i",
    "a name from the turn of an outer loop": "for i in range(3):\n    for j in range(i):\n        y = x\n    x = i",
    "an elif by an earlier turn":
        "for i in range(3):\n    if i == 0:\n        x = 1\n    elif y > 0:\n        x = 2\n    y = x",
    "a later name in a function": "f(x) = k * x\nk = 2\ny = f(3)",
    "a later function in a function": "f(x) = g(x)\ng(x) = 2 * x\ny = f(3)",
    "mutual recursion": (
        "def even(n):\n    if n == 0:\n        return 1\n    else:\n        return odd(n - 1)\n"
        "def odd(n):\n    if n == 0:\n        return 0\n    else:\n        return even(n - 1)\neven(4)"),
    "recursion": "f(n) = 1 if n < 1 else n * f(n - 1)\nf(4)",
    "a redefinition with another head": "f(x) = x\na = f(1)\nf(x, y) = x * y\nb = f(1, 2)",
    "a redefinition that fits its callers": "g(x) = x\nf(x) = g(x)\na = f(1)\ng(t) = t**2\nb = f(1)",
    "a body that calls the function as it will be": "g(x) = x\nf(x) = g(x, x)\ng(x, y) = x * y\nf(2)",
    "a parameter over a program name": "x = 3\nf(x) = x**2\nf(x)",
    "a parameter over a function": "f(x) = x\ng(f) = f + 1\ng(2)",
    "an assigned parameter": "def f(x):\n    x = x + 1\n    return x\nf(1)",
    "an assigned loop variable": "for i in range(3):\n    i = i + 1",
    "several results taken apart": "f(x) = x, x**2\np, q = f(3)\nf(4)",
    "values shown together": "x = 1\nx, 2 * x",
    "a rule with a lecture form": "f(x) = x**3\nc = f(a) => dc = 3 * a * a * da lecture 3 * a**2 * da",
    "a swap": "a, b = 1, 2\na, b = b, a",
    "derivatives": "f(x) = x**3\ny = f'(2) + f''(2) + f'[x](2) + f''[x](2) + f'[x, x](2) + f''[x, x](2)",
    "mixed derivatives": "f(x, y) = x * y\nz = f'[x](1, 2) + f'[x, y](1, 2) + f''[y](1, 2) + f''[x, y](1, 2)",
    "derivatives of built-in functions": "y = sin'(1) + atan2'[b](1, 2) + polygamma'[a](1, 2)",
    "several derivatives at once": "f(x) = x, x**2\np, q = f'(3)",
    "a rule": "f(x) = x**2\nc = f(a) => dc = 2 * a * da\ny = f(3)",
    "a rule with result, fixed and domain":
        "k = 2\nf(x, n) = x**n\nc = f(a, b) => dc = k * c / a * da domain a > 0 fixed b",
    "a rule without derivative": "f(x, y) = x\nc = f(a, b) => dc = 0",
    "a rule that reads a later name": "f(x) = x\nc = f(a) => dc = k * da\nk = 2\ny = f(1)",
    "soft words as names": "range = 1\nat = 2\nwrt = 3\nby = range + at + wrt",
    "a verb as a name": "cost = 3\ncost\ny = 2 * cost",
    "inputs with defaults": "x = ? 1.5\ny = ? 2 * pi\nz = ? sqrt(2) if 1 < 2 else -1",
    "commands": "x = ?\nz = x**2\ngrad z wrt x at x = 2 * pi\njvp z along x = 1\nrules sin, mul\nrules",
    "a function without parameters": "f() = 3\nf()",
    "every path returns": (
        "def f(x):\n    if x > 0:\n        if x > 1:\n            return 1\n        else:\n            return 2\n"
        "    elif x < 0:\n        return 3\n    else:\n        return 4\nf(1)"),
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_a_right_program_passes(text: str) -> None:
    checked(text + "\n")


def test_every_built_in_function_can_be_called_with_as_many_values_as_its_line_has() -> None:
    for name in table().function_names():
        for count in table().arities(name):
            checked(f"x = 1\ny = {name}({', '.join(['x'] * count)})\n")


# --- what it finds out ------------------------------------------------------------------------------------


def test_functions_inputs_and_names_are_handed_on() -> None:
    found = checked("x = ?\ny = ? 2\ndef f(a, b):\n    t = a * k\n    return t, b\nk = 3\np, q = f(x, y)\n")
    assert [each.target.name for each in found.inputs] == ["x", "y"]
    assert found.scope.names == {"x", "y", "k", "p", "q"}
    (function,) = found.functions
    assert function.locals == ("t",)
    signature = function.signature
    assert signature is found.scope.functions["f"]
    assert (signature.head, signature.results, signature.ruled) == ("f(a, b)", 2, False)
    assert list(signature.free) == ["k"]


def test_a_signature_has_what_its_own_body_reads_and_calls() -> None:
    found = checked("f(x) = a * g(x)\ng(x) = b * h(x)\nh(x) = f(x) + c + pi\na = 1\nb = 2\nc = 3\n")
    own = [each.signature for each in found.functions]
    assert [list(each.free) for each in own] == [["a"], ["b"], ["c", "pi"]]
    assert [[use.function for use in each.calls] for each in own] == [["g"], ["h"], ["f"]]


def test_a_later_text_that_defines_a_function_anew_leaves_the_scope_before_it() -> None:
    first = checked("k = 1\nm = 2\ng(x) = k * x\nf(x) = g(x)\n")
    second = checked("g(x) = m * x\n", first.scope)
    assert list(first.scope.functions["g"].free) == ["k"]
    assert list(second.scope.functions["g"].free) == ["m"]
    assert second.scope.functions["f"] is first.scope.functions["f"]


def test_a_rule_is_part_of_its_function() -> None:
    found = checked("k = 2\nf(x, n) = x**n\nc = f(a, b) => dc = k * da fixed b\n")
    signature = found.functions[0].signature
    assert (signature.ruled, signature.fixed) == (True, frozenset({"n"}))
    (rule,) = found.rules
    assert (rule.function, rule.parameters) == ("f", ("a", "b"))
    assert (rule.fixed, rule.reads) == (frozenset({"b"}), frozenset({"k"}))


def test_a_rule_names_all_operands_without_derivative() -> None:
    found = checked("f(x, n, m) = m * x**n\nc = f(a, n, b) => dc = n * c / a * da fixed n and b\nf'[x](3, 2, 5)\n")
    assert found.functions[0].signature.fixed == frozenset({"n", "m"})
    assert found.rules[0].fixed == frozenset({"n", "b"})


def test_a_redefinition_loses_the_rule() -> None:
    found = checked("f(x) = x\nc = f(a) => dc = da\nf(x) = 2 * x\n")
    assert [each.signature.ruled for each in found.functions] == [False, False]
    assert not found.scope.functions["f"].ruled


def test_a_verb_alone_becomes_a_command() -> None:
    found = checked("x = 1\nforward\nx\n")
    command, show = found.program.body[1:]
    assert isinstance(command, tree.Command)
    assert (command.verb.name, command.targets) == ("forward", ())
    assert isinstance(show, tree.Show)


def test_a_program_without_such_verbs_is_kept_as_it_is() -> None:
    program = parse(Source(LECTURE))
    assert check(program).program is program


# --- sessions ---------------------------------------------------------------------------------------------


def test_a_session_goes_on_with_the_scope() -> None:
    scope = checked("x = 2\nf(t) = x * t\n").scope
    assert checked("y = f(x)\n", scope).scope.names == {"x", "y"}


def test_a_second_place_may_stand_in_an_earlier_text() -> None:
    scope = checked("f(a, b) = a\n", name="<input 1>").scope
    error = refused("y = f(1)\n", scope)
    assert error.marks[0].source is not None
    assert "<input 1>" not in str(error)
    assert "f(a, b) = a" in error.render()


def test_a_variable_of_the_session_cannot_become_a_function() -> None:
    scope = checked("f = 2\n").scope
    assert "cannot be a function too" in refused("f(x) = x\n", scope).message


def test_a_function_of_the_session_sees_that_its_callee_has_changed() -> None:
    scope = checked("g(x) = x\nf(x) = g(x)\n").scope
    scope = checked("g(x, y) = x * y\n", scope).scope
    assert "cannot run any more" in refused("f(1)\n", scope).message
    checked("f(x) = g(x, x)\nf(1)\n", scope)


def test_a_derivative_by_a_parameter_that_was_renamed_is_refused() -> None:
    text = "g(x) = x**2\nf(x) = g'[x](x)\nf(1)\n"
    checked(text)
    assert "other parameters" in refused(text + "g(t) = t\nf(1)\n").message


def test_only_the_statements_that_ran_are_kept() -> None:
    text = "f(x) = k * x\ny = 1 / 0\nk = 2\n"
    found = checked(text, first=1)
    assert len(found.program.body) == 1
    assert found.scope.names == frozenset()
    assert isinstance(refused("f(1)\n", found.scope), UnsetName)
    checked("k = 3\nf(1)\n", found.scope)


# --- the kinds of errors ----------------------------------------------------------------------------------


def test_blocks_may_stand_deep_inside_each_other() -> None:
    depth = 1_000
    lines = "".join(f"{' ' * at}if x > {at}:\n" for at in range(depth))
    checked(f"x = 1\n{lines}{' ' * depth}y = x\nz = y\n")
    loops = "".join(f"{' ' * at}for i{at} in range(2):\n" for at in range(depth))
    checked(f"{loops}{' ' * depth}y = i0\n")


@pytest.mark.parametrize(("text", "kind"), [
    ("y = x\n", CheckError),
    ("y = x\nx = 1\n", UnsetName),
    ("y = f(1)\nf(x) = x\n", UnsetName),
    ("f(x) = x\nc = f(a) => dc = a\n", RuleError),
    ("grad z\n", CommandError),
    ("grda z\n", CommandError),
])
def test_errors_have_their_kind(text: str, kind: type[AdError]) -> None:
    assert type(refused(text)) is kind


def test_the_first_error_of_the_text_is_the_one_raised() -> None:
    assert "`q`" in refused("f(x) = q\ng(x, x) = r\ny = s\n").message
    assert "`g`" in refused("f(x) = g(x) + q\ny = s\n").message
    assert "`r`" in refused("def f(x):\n    for i in range(r):\n        y = 1\n").message
    assert "`b`" in refused("z = b if c else d\n").message


def test_hand_made_trees_are_checked_as_parsed_ones() -> None:
    def name(word: str) -> tree.Name:
        return tree.Name(word, (0, 1))

    one = tree.Number(1.0, "1", (0, 1))
    for targets, values in ((("p", "q"), (one, one, one)), (("p",), (one, one))):
        assign = tree.Assign(tuple(map(name, targets)), None, values, (0, 1))
        with pytest.raises(CheckError, match="on the right"):
            check(tree.Program((assign,), Source("p")))


# --- did you mean -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("word", "meant"), [
    ("sine", "sin"), ("Sin", "sin"), ("SQRT", "sqrt"), ("sqr", "square"), ("tg", "tan"), ("arctg", "atan"),
    ("log_10", "log10"), ("sgn", "sign"), ("exponent", None), ("cso", "cos"), ("sqtr", "sqrt"), ("q", None),
    ("xy", None), ("hypott", "hypot"), ("sigmod", "sigmoid"), ("zzzzzz", None), ("TG", "tan"), ("lgama", "lgamma"),
])
def test_the_nearest_name_is_suggested(word: str, meant: str | None) -> None:
    assert nearest(word, table().function_names()) == meant


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_slips_are_counted_alike_in_both_directions(word: str, other: str) -> None:
    count = slips(word, other)
    assert count == slips(other, word)
    assert (count == 0) == (word == other)
    assert abs(len(word) - len(other)) <= count <= max(len(word), len(other))


# --- size -------------------------------------------------------------------------------------------------

SIZES: dict[str, Callable[[int], str]] = {
    "statements": lambda n: "x = 1\n" + "x = x * 2 + sin(x)\n" * n,
    "names": lambda n: "v0 = 1\n" + "".join(f"v{i} = v{i - 1} + 1\n" for i in range(1, n)),
    "terms": lambda n: "x = 1\ny = " + " + ".join(["x"] * n) + "\n",
    "nested calls": lambda n: "x = 1\ny = " + "sin(" * (n // 10) + "x" + ")" * (n // 10) + "\n",
    "choices": lambda n: "x = 1\ny = " + "1 if x > 2 else " * (n // 10) + "3\n",
    "branches": lambda n: "x = 1\n" + "if x > 0:\n    y = 1\nelse:\n    y = 2\n" * (n // 4),
    "elif": lambda n: "x = 1\nif x > 0:\n    y = 1\n" + "elif x > 1:\n    y = 2\n" * (n // 2),
    "loops in a loop": lambda n: "for i in range(3):\n" + "    for j in range(3):\n        x = i\n" * (n // 2),
    "functions that call each other":
        lambda n: "f0(x) = x\n" + "".join(f"f{i}(x) = x * f{i - 1}(x)\ny{i} = f{i}(2)\n" for i in range(1, n // 2)),
    "functions of later names":
        lambda n: "".join(f"f{i}(x) = k{i} * x\n" for i in range(n // 3))
        + "".join(f"k{i} = 1\ny{i} = f{i}(2)\n" for i in range(n // 3)),
    "one function defined again and again": lambda n: "f(x) = x\ny = f(1)\n" * (n // 2),
}


@pytest.mark.parametrize("make", SIZES.values(), ids=SIZES)
def test_time_grows_with_the_length_of_the_text_alone(make: Callable[[int], str]) -> None:
    """Ten times the text takes at most forty times as long (far from a hundred, and noise is allowed for)."""
    times = []
    for size in (2_000, 20_000):
        program = parse(Source(make(size)))
        laps = []
        for _ in range(3):
            start = time.perf_counter()
            check(program)
            laps.append(time.perf_counter() - start)
        times.append(min(laps))
    assert times[1] < 40 * times[0] + 0.05


@pytest.mark.parametrize(("word", "advised"), [("exit", ":quit"), ("quit", "Ctrl-D"), ("help", ":help")])
def test_words_of_other_prompts_have_advice(word: str, advised: str) -> None:
    with pytest.raises(AdError) as met:
        check(parse(Source(word)))
    assert advised in met.value.hint
