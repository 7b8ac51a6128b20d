"""`check`: wrong rules are found and located, right ones pass, lost digits are told from both."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import lang
from tests.test_compare import _env


def checked(text: str, target: str = "z", **inputs: float) -> Any:
    return lang.parse(text).ask("check", target, inputs=inputs)


@pytest.mark.parametrize(
    "rule", ["3 * a * da", "a**2 * da", "-3 * a**2 * da", "3.000001 * a**2 * da", "0 * da", "3 * a**2 * (da + da)"]
)
def test_a_wrong_rule_is_found_at_its_line_and_its_call(rule: str) -> None:
    text = f"x = ?\ny = ?\nf(a) = a**3\nc = f(a) => dc = {rule}\nt = sin(y)\nz = t * f(x)\n"
    answer = checked(text, x=2, y=3)
    assert not answer.ok
    call, line = answer.notes
    assert (call.line, line.line) == (6, 4)
    assert answer.fact["first"]["function"] == "f"
    assert answer.fact["first"]["line"] == 6
    assert answer.fact["first"]["true"] == pytest.approx(12)
    assert "the rule for `f` (line 4), first met on line 6" in answer.fact["verdict"][0]


def test_the_first_wrong_call_is_named_not_what_it_spoils() -> None:
    rules = "f(a) = a * a\nc = f(a) => dc = a * da\ng(a) = exp(a)\nc = g(a) => dc = c * da\n"
    text = f"x = ?\n{rules}u = g(x)\nv = f(u)\nz = g(v)\n"
    answer = checked(text, x=0.5)
    assert answer.fact["first"]["line"] == 7
    assert answer.fact["first"]["function"] == "f"


def test_a_wrong_rule_of_what_the_target_does_not_need_is_nobodys_fault() -> None:
    text = "x = ?\nf(a) = a * a\nc = f(a) => dc = a * da\nw = f(x)\nz = sin(x)\n"
    assert checked(text, x=0.5).ok
    assert not checked(text, "w", x=0.5).ok


def test_a_rule_wrong_only_nearby_is_found_there() -> None:
    text = "x = ?\nf(a) = a * a\nc = f(a) => dc = 2 * da\nz = f(x)\n"
    assert checked(text, x=1).fact["points"][0]["agrees"] is False
    assert not checked(text, x=1).ok


def test_a_long_program_is_checked_at_fewer_points(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "x = ?\nz = x\nfor i in range(10):\n    z = sin(z)\n"
    for many, count in ((10**6, 5), (210, 3), (100, 1), (1, 1)):  # a point takes some 67 values
        monkeypatch.setattr("lang.verbs.check.MANY", many)
        answer = checked(text, x=0.5)
        assert answer.ok
        assert len(answer.fact["points"]) == count - 1
        assert (", here only, for the program is long" in answer.fact["verdict"][0]) == (count == 1)


def test_a_wrong_rule_in_a_loop_a_branch_and_a_function_is_found() -> None:
    text = """x = ?
f(a) = a * a
c = f(a) => dc = a * da
def g(n, a):
    if n > 0:
        return g(n - 1, f(a))
    else:
        return a
z = x
for i in range(2):
    z = g(2, z)
"""
    assert checked(text, x=0.9).fact["first"]["line"] == 6


@pytest.mark.parametrize(
    "text",
    [
        "z = x * y + sin(x)\n",
        "z = x\nfor i in range(50):\n    z = sin(z) + y * x\n",
        "z = x\nwhile z < 20:\n    z = z * y\n",
        "f(a, n) = a**n\nc = f(a, n) => dc = n * a**(n - 1) * da fixed n\nz = f(x, 3) + y\n",
        "f(a) = a**3\nz = f'(x) + f''(y)\n",
        "def f(n):\n    return x * f(n - 1) if n > 0 else y\nz = f(6)\n",
        "z = erf(x) + gamma(y) + beta(x, y) + polygamma(1, x) + gelu(x) + silu(y) + sinc(x)\n",
        "z = hypot(x, y) + atan2(x, y) + logaddexp(x, y) + softplus(x) + mod(y, x)\n",
        "p, q = x * y, x / y\nz = p ** q\n",
    ],
)
def test_right_derivatives_pass(text: str) -> None:
    answer = checked(f"x = ?\ny = ?\n{text}", x=0.7, y=1.3)
    assert answer.ok, answer.fact["verdict"]
    assert max(answer.fact["errors"].values()) < 1e-12
    assert answer.fact["forward_minus_reverse"] < 1e-12


def test_lost_digits_are_rounding_not_a_wrong_rule() -> None:
    answer = checked("x = ?\nz = (x**3 - 3 * x**2 + 3 * x - 1) / (x - 1)**3\n", x=1.0001)
    assert answer.ok
    words = " ".join(answer.fact["verdict"])
    assert "the value itself keeps only" in words
    assert "rounding, not a wrong rule" in words


def test_an_ill_conditioned_value_is_called_so() -> None:
    answer = checked("x = ?\nz = tan(x)\n", x=1.5707963)
    assert answer.ok
    assert answer.fact["condition"] > 1e7
    assert "ill-conditioned" in " ".join(answer.fact["verdict"])


def test_a_kink_is_not_a_disagreement() -> None:
    answer = checked("x = ?\nz = abs(x) + 2 * x\n", x=0)
    assert answer.ok
    assert answer.fact["smooth"] == {"x": False}
    assert "1 on the left, 3 on the right" in " ".join(answer.fact["verdict"])


@pytest.mark.parametrize(("value", "x"), [("sin(x)", 1e300), ("sin(1e200 * x)", 1.0), ("1e-60 * x", 3.0)])
def test_no_scale_is_too_large_or_too_small(value: str, x: float) -> None:
    answer = checked(f"x = ?\nz = {value}\n", x=x)
    assert answer.ok
    assert answer.fact["smooth"] == {"x": True}
    assert answer.fact["errors"]["x"] < 1e-15
    assert not checked(f"x = ?\nf(x) = {value}\nc = f(x) => dc = c * dx\nz = f(x)\n", x=x).ok


def test_points_outside_the_domain_are_told_and_left_out() -> None:
    answer = checked("x = ?\nz = sqrt(x - 1)\n", x=1.001)
    assert answer.ok
    assert "outside the domain" in [each["why"] for each in answer.fact["points"]]


def test_the_same_question_has_the_same_answer() -> None:
    text = "x = ?\ny = ?\nz = x**y\n"
    assert checked(text, x=2, y=3).fact == checked(text, x=2, y=3).fact


def test_a_forward_that_is_not_reverse_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from lang.evaluate.point import Point
    from lang.evaluate.recipe import Recipe

    honest = Recipe.adjoints

    def broken(self: Recipe, *arguments: Any) -> Point:
        found = honest(self, *arguments)
        return Point(found.values, {name: 1.5 * value for name, value in found.derivatives.items()}, found.notes)

    monkeypatch.setattr(Recipe, "adjoints", broken)
    answer = checked("x = ?\nz = x * x\n", x=2)
    assert not answer.ok
    assert "forward and reverse differ" in " ".join(answer.fact["verdict"])


@pytest.mark.parametrize(("rule", "code"), [("2 * a * da", 0), ("a * da", 1)])
def test_the_exit_code_tells_the_verdict(tmp_path: Path, rule: str, code: int) -> None:
    (tmp_path / "p.ad").write_text(f"x = ?\nf(a) = a * a\nc = f(a) => dc = {rule}\nz = f(x)\n")
    words = [sys.executable, "-m", "lang", "check", "p.ad", "z", "x=2"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120, env=_env())
    assert done.returncode == code
    assert ("--> p.ad:3:1" in done.stderr) == bool(code)


def test_a_name_on_the_way_cannot_be_asked_by() -> None:
    with pytest.raises(lang.CommandError, match="is not one"):
        lang.parse("x = ?\na = x * x\nz = a * 2\n").check("z", wrt="a", x=1)
