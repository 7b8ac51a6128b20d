"""`trace` and `tape`: the tables of forward and reverse mode.

The oracle of the worked example is Baydin, Pearlmutter, Radul and Siskind, "Automatic differentiation in machine
learning: a survey", Journal of Machine Learning Research 18(153), 2018, Tables 2 and 3, as printed there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import lang
from lang.errors import CommandError
from lang.show import ansi, bundles, csv, html, latex, text
from lang.verbs.core.answer import Grid
from tests.test_examples import ROOT, process

SURVEY = (
    (Path(__file__).parents[1] / "examples" / "survey.ad").read_text(encoding="utf-8").split("# Table")[0]
)
CASES = sorted((ROOT / "tests/cases/explain").glob("*.ad"))
LOOP = "x = ? 2\ns = 1\nfor i in range(100):\n    s = s + x / 2\n"


def said(program: str, verb: str, *targets: str, columns: int = 80, **options: Any) -> str:
    answer = lang.parse(program).ask(verb, *targets, **options)
    return ansi.text(text.pieces(answer.pieces, columns))


def table(program: str, verb: str, *targets: str, **options: Any) -> list[list[Any]]:
    piece = lang.parse(program).ask(verb, *targets, **options).pieces[0]
    assert isinstance(piece, Grid)
    return [list(row) for row in piece.rows]


# --- the survey ------------------------------------------------------------------------------------------------


def test_table_2_of_the_survey() -> None:
    """Values on the left, tangents for the seed (1, 0) on the right, to the three digits printed there."""
    printed = {
        "x1": (2, 1),
        "x2": (5, 0),
        "v1": (0.693, 0.5),
        "v2": (10, 5),
        "v3": (-0.959, 0),
        "v4": (10.693, 5.5),
        "v5": (11.652, 5.5),
        "y": (11.652, 5.5),
    }
    rows = lang.parse(SURVEY).trace("y", wrt="x1")["rows"]
    found = {row["name"]: (round(row["value"], 3), round(row["derivatives"]["x1"], 3)) for row in rows}
    assert found == printed


def test_differentials_of_table_2_have_the_numbers_put_in() -> None:
    """As printed: 1/2, 1*5 + 0*2 (the 0 is structural here), 0*cos 5, 0.5 + 5, 5.5 - 0."""
    rows = lang.parse(SURVEY).trace("y", wrt="x1")["rows"]
    assert [row["differential"] for row in rows] == [
        "dx1 = 1",
        "dx2 = 0",
        "dv1 = 1 / 2",
        "dv2 = 5 * 1",
        "dv3 = 0",
        "dv4 = 0.5 + 5",
        "dv5 = 5.5",
        "dy = 5.5",
    ]


def test_table_3_of_the_survey() -> None:
    """Adjoints, and for the inputs each contribution: x2 gets -0.284, then 2; x1 gets 5, then 0.5."""
    fact = lang.parse(SURVEY).tape("y")
    adjoints = {row["name"]: round(row["adjoint"], 3) for row in fact["record"]}
    assert adjoints == {"x1": 5.5, "x2": 1.716, "v1": 1, "v2": 1, "v3": -1, "v4": 1, "v5": 1, "y": 1}
    parts: dict[str, list[tuple[float, float]]] = {}
    for each in fact["sweep"]:
        parts.setdefault(each["name"], []).append((round(each["part"], 3), round(each["total"], 3)))
    assert parts["x2"] == [(-0.284, -0.284), (2, 1.716)]
    assert parts["x1"] == [(5, 5), (0.5, 5.5)]


def test_contributions_are_written_as_they_are_added() -> None:
    fact = lang.parse("x = ? 2\ny = ? 3\na = x * y\nz = a - sin(x)\n").tape("z")
    assert [each["text"] for each in fact["sweep"]] == [
        "ga += gz = 1",
        "gt1 += -gz = -1",
        "gx += cos(x) * gt1 = 0.416147",
        "gx += y * ga = 3",
        "gy += x * ga = 2",
    ]


# --- what is shown ------------------------------------------------------------------------------------------------


def test_each_input_has_a_column() -> None:
    rows = table("x = ? 2\ny = ? 5\nz = x * y\n", "trace", "z")
    assert rows == [
        [1, "x = ?", 2.0, "dx = ?", 1.0, 0.0],
        [2, "y = ?", 5.0, "dy = ?", 0.0, 1.0],
        [3, "z = x * y", 10.0, "dz = 5 * dx + 2 * dy", 5.0, 2.0],
    ]


def test_a_direction_has_one_column() -> None:
    rows = table("x = ? 2\ny = ? 5\nz = x * y\n", "trace", "z", along={"x": 1, "y": 10})
    assert rows[-1] == [3, "z = x * y", 10.0, "dz = 5 * 1 + 2 * 10", 25.0]


def test_what_the_result_does_not_need_is_left_out() -> None:
    program = "x = ? 2\nunused = exp(x)\nz = x * x\n"
    assert "unused" not in said(program, "trace", "z")
    assert "unused" not in said(program, "tape", "z")
    program = "x = ? 2\nz = x * x\nunused = z\nwhile unused < 100:\n    unused *= 2\n"
    assert "unused" not in said(program, "trace", "z")
    assert "unused" not in said(program, "tape", "z")


@pytest.mark.parametrize("verb", ["trace", "tape"])
def test_names_that_a_derivative_call_reads_have_their_line(verb: str) -> None:
    program = "k = 3\na = ? 2\nf(x) = k * (x - a)**2\nm = 0\nfor i in range(2):\n    m -= f'(m) / f''(m)\n"
    first, second, *_ = table(program, verb, "m")
    assert [first[1], second[1]] == ["k = 3", "a = ?"]


def test_turns_are_told_and_long_loops_folded() -> None:
    lines = [row[1] for row in table(LOOP, "trace", "s")]
    assert lines == [
        "x = ?",
        "s = 1",
        *(line for turn in range(3) for line in (f"i = {turn}:", "  t1 = x / 2", "  s = s + t1")),
        "… 95 turns, i = 3 to 97",
        *(line for turn in (98, 99) for line in (f"i = {turn}:", "  t1 = x / 2", "  s = s + t1")),
    ]
    assert table(LOOP.replace("100", "6"), "trace", "s")[-3][1] == "i = 5:"


def test_a_sweep_goes_through_the_turns_backwards() -> None:
    fact = lang.parse(LOOP).tape("s")
    heads = [each["text"] for each in fact["sweep"] if "to" not in each]
    assert heads == ["i = 99:", "i = 98:", "i = 97:", "… 95 turns, i = 96 to 2", "i = 1:", "i = 0:"]
    assert fact["wrt"] == {"x": 50.0}


def test_calls_are_indented() -> None:
    program = "x = ? 2\nf(a) = a * a\ng(a) = f(a) + 1\nz = g(x)\n"
    assert [row[1] for row in table(program, "trace", "z")] == [
        "x = ?",
        "g(x):",
        "  a = x",
        "  f(a):",
        "    a = a",
        "    t1 = a * a",
        "  t1 = f(a)",
        "  t2 = t1 + 1",
        "z = g(x)",
    ]


def test_deep_recursion_is_folded() -> None:
    program = "x = ? 1.01\np(a, n) = 1 if n < 1 else a * p(a, n - 1)\nz = p(x, 300)\n"
    assert len(said(program, "trace", "z").splitlines()) < 100
    assert lang.parse(program).tape("z")["wrt"]["x"] == pytest.approx(300 * 1.01**299)


def test_a_long_program_is_folded() -> None:
    program = "x = ? 1\n" + "x = x * 1\n" * 500
    assert any(row[1] == "… 441 steps" for row in table(program, "trace", "x"))


def test_a_choice_in_a_rule_is_decided() -> None:
    program = "x = ? 2\ny = ? 5\nz = max(x, y) * abs(x - y)\n"
    assert table(program, "trace", "z", wrt="y")[2][3] == "dt1 = 1"


def test_derivative_calls_and_rules_are_one_step() -> None:
    program = "x = ? 2\nf(a) = a**3\nz = f'(x)\n"
    assert table(program, "trace", "z")[-1] == [2, "z = f'(x)", 12.0, "dz = 12 * 1", 12.0]
    assert lang.parse(program).tape("z")["record"][-1]["partials"] == [12.0]


def test_notes_come_along() -> None:
    assert [note.kind for note in lang.parse("x = ? 0\nz = abs(x)\n").ask("trace", "z").notes] == ["kink"]
    beside = lang.parse("x = ? 1\nz = x if x < 1 else 2 * x\n").ask("tape", "z").notes
    assert beside[0].sides[0].below == 1.0
    swept = lang.parse("x = ? 0\nz = (x**3)**(1/3)\n").ask("tape", "z").notes
    assert {note.kind for note in swept} == {"vertical tangent", "not finite"}


def test_a_constant_has_derivative_0() -> None:
    assert table("x = ? 1\nz = 3\n", "trace", "z")[-1][2:] == [3.0, "dz = 0", 0.0]
    assert lang.parse("x = ? 1\nz = 3\n").tape("z")["wrt"] == {"x": 0.0}


def test_names_on_the_way_may_be_asked_by() -> None:
    assert lang.parse(SURVEY).tape("y", wrt="v2, v3")["wrt"] == {"v2": 1.0, "v3": -1.0}
    assert lang.parse(SURVEY).trace("y", wrt="v3")["derivatives"] == {"v3": -1.0}


def test_a_condition_has_no_derivative() -> None:
    with pytest.raises(CommandError, match="true or false"):
        lang.parse("x = ? 1\nz = x > 0\n").trace("z")


@pytest.mark.parametrize("verb", ["trace", "tape"])
@pytest.mark.parametrize("program", [SURVEY.replace("y =", "s ="), LOOP])
def test_tables_fit_80_columns(verb: str, program: str) -> None:
    assert max(map(len, said(program, verb, "s").splitlines())) <= 80


# --- faces ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_case_shows_what_is_written_beside_it(case: Path, golden: Callable[[Path, str], None]) -> None:
    done = process("-m", "lang", "run", f"tests/cases/explain/{case.name}")
    golden(case, (done.stdout + done.stderr).rstrip("\n"))


def test_html_names_its_tables_and_heads() -> None:
    page = html.pieces(lang.parse(LOOP).ask("tape", "s").pieces)
    assert page.count("<caption>") == 2
    assert '<th scope="col">adjoint</th>' in page
    assert '<th scope="row">1</th>' in page
    assert "&nbsp;&nbsp;t1 = x / 2" in page


def test_latex_writes_statements_as_mathematics() -> None:
    made = latex.pieces(lang.parse(SURVEY).ask("tape", "y").pieces)
    assert r"v_{2} = x_{1} \cdot x_{2} & 10" in made
    assert r"\bar{x}_{2} \mathrel{+}= \cos\left(x_{2}\right) \cdot \bar{v}_{3} = -0.283662" in made
    assert "text{i = 0:}" in latex.pieces(lang.parse(LOOP).ask("trace", "s").pieces)


def test_latex_of_a_trace_takes_no_name_for_an_adjoint() -> None:
    made = latex.pieces(lang.parse("x = ? 2\ngx = x * x\n").ask("trace", "gx").pieces)
    assert "bar" not in made


def test_csv_has_all_digits() -> None:
    assert "0.28366218546322625" in csv.pieces(lang.parse(SURVEY).ask("trace", "y").pieces)


def test_a_notebook_shows_tables() -> None:
    bundle = bundles.answer(lang.parse(SURVEY).ask("trace", "y"))
    assert {"text/plain", "text/html", "text/latex"} <= set(bundle)
