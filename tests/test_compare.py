"""`compare` and `symbolic`: ways to a derivative on one table, each against 50 digits; closed forms, their bounds."""

from __future__ import annotations

import contextlib
import gc
import json
import math
import random
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from time import monotonic, process_time
from types import FunctionType
from typing import Any

import pytest

import lang
from lang.domains.deadline import Late, deadline
from lang.domains.digits import Digits
from lang.domains.reference import reference
from lang.domains.spellings import SPELLINGS
from lang.evaluate.settings import Settings
from lang.kernels import KERNELS
from lang.rules import table
from lang.show.forms import everything
from lang.show.remarks import merged, note
from tests.references import VALUES

CASES = sorted((Path(__file__).parent / "cases" / "compare").glob("c*_*.ad"))
CASES += sorted((Path(__file__).parent / "cases" / "compare").glob("symbolic_*.ad"))
LECTURE = "x = ?\ny = ?\na = x * y\nb = sin(x)\nz = a + b\n"
LOGISTIC = "l = ?\nfor i in range({}):\n    l = 4 * l * (1 - l)\n"


def seen(path: Path) -> str:
    """All that a person sees of a program."""
    outcome = lang.Session().run(lang.load(path).source)
    pieces = everything(outcome.shown)
    for each in merged(outcome.shown, outcome.notes):
        pieces += [("\n", ""), *note(each)]
    if outcome.error is not None:
        pieces += [("\n", ""), (outcome.error.render(), "")]
    return "".join(text for text, _ in pieces) + "\n"


def ways(answer: Any, name: str) -> dict[str, Any]:
    return {each["way"]: each for each in answer["wrt"][name]["ways"]}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_answer_reads_as_written_down(path: Path, golden: Callable[[Path, str], None]) -> None:
    golden(path, seen(path).replace(f"{path.parent}/", ""))


# --- the numbers --------------------------------------------------------------------------------


def test_every_primitive_is_spelled() -> None:
    assert {(each.name, each.arity) for each in table().primitives} == set(SPELLINGS)


@pytest.mark.parametrize("key", sorted(SPELLINGS), ids=lambda key: f"{key[0]}/{key[1]}")
def test_a_spelling_is_the_primitive(key: tuple[str, int]) -> None:
    """Against the references that the table itself is tested with, at points of each kind."""
    digits = Digits(600)
    primitive = next(each for each in table().primitives if (each.name, each.arity) == key)
    points = (-2.5, -1.25, -0.5, 0.3, 0.75, 1.5, 3.0)
    generator = random.Random(str(key))
    for _ in range(12):
        point = [generator.choice(points) for _ in primitive.parameters]
        for at, name in enumerate(primitive.parameters):
            if name in primitive.fixed:
                point[at] = float(generator.randrange(3))
            if name in primitive.discrete:
                point[at] = bool(generator.randrange(2))  # type: ignore[call-overload]
        double = KERNELS[key](*point)
        if not math.isfinite(double):
            continue
        numbers = [each if isinstance(each, bool) else digits.number(each) for each in point]
        ours = digits.value(primitive, tuple(numbers))
        assert abs(ours - double) <= 1e-13 * max(1e-3, abs(double)), point
        theirs = VALUES[key](*[each if isinstance(each, bool) else digits_of(each) for each in point])
        if theirs is not None:
            assert abs(digits_of(str(ours)) - theirs) <= 1e-50 * max(1e-3, abs(theirs)), point


def digits_of(value: Any) -> Any:
    from mpmath import mpf

    return mpf(value)


def test_the_reference_is_right_to_50_digits() -> None:
    from mpmath import mp

    program = lang.parse("x = ?\ny = ?\nz = exp(x * y) / (1 + x**2) + atan2(y, x)\n")
    recipe = program._recipe({"x": 0.7, "y": 1.3}, Settings())
    found = reference(recipe.parts, recipe.supply, ("z",), ("x", "y"), program.limits).slopes["z"]
    with mp.workdps(90):
        x, y = mp.mpf(0.7), mp.mpf(1.3)
        wanted = mp.exp(x * y) * (y * (1 + x * x) - 2 * x) / (1 + x * x) ** 2 - y / (x * x + y * y)
        assert abs(mp.mpf(str(found["x"].value)) / wanted - 1) < mp.mpf(10) ** -55
    assert found["x"].smooth
    assert abs(found["x"].rule / found["x"].value - 1) < 1e-50


def test_the_lectures_program_goes_every_way() -> None:
    answer = lang.parse(LECTURE).compare("z", x=2, y=3)
    for name in ("x", "y"):
        found = ways(answer, name)
        differences = ["forward difference", "central difference"]
        assert list(found) == ["symbolic", *differences, "complex step", "AD, forward", "AD, reverse"]
        for way in ("symbolic", "complex step", "AD, forward", "AD, reverse"):
            assert found[way]["error"] < 1e-15
    x = ways(answer, "x")
    assert 1e-10 < x["forward difference"]["error"] < 1e-6
    assert 1e-13 < x["central difference"]["error"] < 1e-9
    assert [x[way]["runs_for_all"] for way in x] == [2, 3, 4, 2, 2, 1]
    assert 1e-9 < answer["wrt"]["x"]["best_step"]["forward"] < 1e-6
    assert 1e-7 < answer["wrt"]["x"]["best_step"]["central"] < 1e-3


@pytest.mark.parametrize(
    ("text", "way", "words"),
    [
        ("z = x\nwhile z < 9:\n    z = z * 2\n", "symbolic", "turns of this loop depends on an input (line 3)"),
        ("z = 0\nfor i in range(floor(x)):\n    z = z + x\n", "symbolic", "depends on an input (line 3)"),
        ("f(n) = 1 if n < 1 else x * f(n - 1)\nz = f(x)\n", "symbolic", "as deep as an input says (line 2)"),
        ("z = round(x) * x\n", "symbolic", "SymPy has no `round` (line 2)"),
        ("z = abs(x)\n", "complex step", "`abs` is not an analytic function (line 2)"),
        ("z = floor(x) * x\n", "complex step", "`floor` is not an analytic function (line 2)"),
        ("z = max(x, 1)\n", "complex step", "a choice by size is not an analytic function (line 2)"),
        (LOGISTIC.format(20).replace("l = ?\n", "l = x / 9\n") + "z = l\n", "symbolic", "expression swell"),
    ],
)  # fmt: skip
def test_a_way_that_cannot_work_says_why(text: str, way: str, words: str) -> None:
    found = ways(lang.parse("x = ?\n" + text).compare("z", x=2.3), "x")
    assert found[way]["derivative"] is None
    assert words in found[way]["why"]
    assert found["AD, reverse"]["error"] < 1e-8


def test_a_choice_by_size_is_followed_by_the_complex_step() -> None:
    found = ways(lang.parse("x = ?\nif x > 1:\n    z = x**3\nelse:\n    z = x\n").compare("z", x=2), "x")
    assert found["complex step"]["derivative"] == 12


def test_no_error_is_told_where_no_derivative_exists() -> None:
    answer = lang.parse("x = ?\nz = abs(x)\n").compare("z", x=0)["wrt"]["x"]
    assert not answer["exists"]
    assert answer["sides"] == [-1, 1]


# --- closed forms ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "slope"),
    [
        ("z = x**2 * y\n", "2*x*y"),
        ("z = exp(-x) / 2\n", "-exp(-x)/2"),
        ("f(a) = sin(a)\nz = f'(x)\n", "-sin(x)"),
        ("z = x if x > y else y\n", "(1 if x > y else 0)"),
        ("z = 0\nfor i in range(3):\n    z += x**i\n", "2*x + 1"),
        ("z = lgamma(x)\n", "digamma(x)"),
        ("z = pi * x\n", "pi"),
    ],
)
def test_a_derivative_in_closed_form(text: str, slope: str) -> None:
    found = lang.parse(f"x = ?\ny = ?\n{text}").symbolic("z", wrt="x", x=1.5, y=0.5)
    assert found["dz/dx"] == slope


def test_a_closed_form_is_a_program_with_the_same_derivative() -> None:
    text = "x = ?\ny = ?\nz = sin(x * y) / (1 + y**2) + log(x) * atan(y) + max(x, y) + erf(x) + sqrt(x)\n"
    at = {"x": 1.3, "y": 0.4}
    found = lang.parse(text).symbolic("z", **at)
    gradient = lang.parse(text).grad("z", **at)
    for name in at:
        program = lang.parse(f"x = ?\ny = ?\nslope = {found[f'dz/d{name}']}\n")
        assert program.run(**at)["slope"] == pytest.approx(gradient[name], rel=1e-14)
    assert lang.parse(text).grad("z", by="symbolic", **at) == pytest.approx(gradient, rel=1e-14)


def test_a_closed_form_needs_no_numbers() -> None:
    assert lang.parse("x = ?\nz = x * x\n").symbolic("z")["dz/dx"] == "2*x"


def test_names_of_the_users_are_never_run_by_sympy() -> None:
    text = "E = ?\nI = ?\nlambda_ = ?\nS = E * I + sin(lambda_)\n"
    assert lang.parse(text).symbolic("S", E=1, I=2, lambda_=3)["dS/dlambda_"] == "cos(lambda_)"


def test_swell_is_counted_against_the_adjoint_program() -> None:
    fact = lang.parse(LOGISTIC.format(4)).ask("symbolic", "l", inputs={"l": 0.3}).fact
    assert fact["nodes"]["dl/dl"] > 400
    assert fact["adjoint_operations"] < 20


@pytest.mark.parametrize(
    "text",
    [
        LOGISTIC.format(60),
        "l = ?\nfor i in range(100000):\n    l = sin(l)\n",
        "l = ?\nz = 9.0**9**9.5 if l < 0 else l\nl = l * 3.0**300 * 7.0**300\n",
        "l = ?\nl = l + gamma(170.5) * 1e-300 + exp(700) + 9**300\n",
        "l = ?\nfor i in range(400):\n    if l > i:\n        l = l + 1\n    else:\n        l = l * 2\n",
        "l = ?\nl = " + "(" * 3000 + "l" + " + 1)" * 3000 + "\n",
        "l = ?\nl = " + " * ".join(["(l + 1)"] * 500) + "\n",
    ],
    ids=["logistic", "nested", "untaken power", "large numbers", "choices", "parentheses", "product"],
)
def test_hostile_programs_end_soon(text: str) -> None:
    started = process_time()
    words = "closed form"
    try:
        lang.parse(text).symbolic("l", l=0.3, limits=lang.Limits(seconds=2))
    except lang.AdError as error:
        words = error.message
    assert "closed form" in words
    assert process_time() - started < 60


def test_the_clock_of_the_limits_stands_over_all() -> None:
    limits = lang.Limits(seconds=0.5)
    with pytest.raises(lang.LimitExceeded):
        lang.parse("x = ?\nz = x\nfor i in range(100000):\n    z = sin(z) + x\n", limits=limits).compare("z", x=1)


# --- faces --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["text", "json", "markdown", "latex", "csv"])
@pytest.mark.parametrize("verb", ["compare", "check", "symbolic"])
def test_every_face_shows_it(verb: str, form: str) -> None:
    answer = lang.parse(LECTURE).ask(verb, "z", as_=form, inputs={"x": 2, "y": 3})
    text = "".join(piece for piece, _ in everything([answer]))
    assert any(each in text for each in ("dz/dx", r"\frac", r"\mathrm{d}z/\mathrm{d}x")) or form == "json"
    if form == "json":
        assert json.loads(text)["of"] == "z"


def test_the_picture_follows_light_and_dark() -> None:
    text = lang.parse(LECTURE).ask("compare", "z", wrt="x", as_="svg", inputs={"x": 2, "y": 3}).pieces[0].text
    assert text.startswith("<svg")
    assert "prefers-color-scheme: dark" in text
    assert "automatic differentiation" in text
    assert "#1f2328" not in text.split("</style>", 1)[1]


@pytest.mark.parametrize("text", [LECTURE, "x = ? 3\nz = x**2\n", "x = ? 1\nz = exp(x)\n", "x = ? 1e-3\nz = 1 / x\n"])
def test_labels_of_a_picture_stand_apart_and_inside(text: str) -> None:
    from matplotlib.text import Annotation

    from lang.verbs.core import picture

    program = lang.parse(text)
    found = []
    original = picture._drawn

    def drawn(target: str, compared: object) -> Any:
        found.append(original(target, compared))
        return found[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(picture, "_drawn", drawn)
        program.ask("compare", "z", as_="svg", inputs={"x": 1, "y": 2} if "y = ?" in text else {})
    renderer = found[0].canvas.get_renderer()
    for axes in found[0].axes:
        boxes = {}
        for each in axes.texts:
            if isinstance(each, Annotation):
                each.update_positions(renderer)
                boxes[each.get_text()] = matplotlib_box(each, renderer)
        assert len(boxes) == 5
        for label, box in boxes.items():
            others = [other for other, their in boxes.items() if other != label and box.overlaps(their)]
            assert others == [], (label, others)
            assert 0 <= box.x0 < box.x1 <= found[0].bbox.x1
            assert box.y0 >= axes.get_window_extent(renderer).y0


def matplotlib_box(each: Any, renderer: Any) -> Any:
    """The place of a label's text alone, without its arrow."""
    from matplotlib.text import Text

    return Text.get_window_extent(each, renderer)


def test_the_command_writes_the_picture(tmp_path: Path) -> None:
    (tmp_path / "p.ad").write_text(LECTURE)
    for name, begins in (("curve.png", b"\x89PNG"), ("curve.svg", b"<svg"), ("table.csv", b"dz/dx")):
        words = [sys.executable, "-m", "lang", "compare", "p.ad", "z", "x=2", "y=3", "--wrt", "x", "-o", name]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120, env=_env())
        assert (done.returncode, done.stdout) == (0, "")
        assert (tmp_path / name).read_bytes().startswith(begins)


def _env() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}


def test_a_missing_library_is_an_error_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("sympy", "mpmath", "mpmath.ctx_mp"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(lang.CommandError) as caught:
        lang.parse("x = ?\nz = x\n").symbolic("z", x=1)
    assert "SymPy" in caught.value.message
    assert "pip install sympy mpmath" in caught.value.hint
    with pytest.raises(lang.CommandError, match="mpmath"):
        lang.parse("x = ?\nz = x\n").check("z", x=1)


@pytest.mark.filterwarnings("error")
def test_a_deadline_is_not_lost_where_something_ends() -> None:
    class Ends:
        def __del__(self) -> None:
            for _ in range(10):
                str(len(repr(self)))
                self.more()

        def more(self) -> None:
            pass

    def work() -> None:
        started = monotonic()
        while monotonic() < started + 20:
            Ends()
            beside()

    def beside() -> None:
        pass

    with pytest.raises(Late), deadline(0.05, ("tests",)):
        work()


MET: list[str] = []


def collected(phase: str, info: object) -> None:
    MET.append(phase)


def released(gone: object) -> None:
    MET.append("gone")


def test_a_deadline_is_not_lost_in_what_python_calls_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    swallowed: list[object] = []
    met: list[str] = []
    elsewhere = {"MET": met, "__name__": "other"}  # as functions of a library that the bound is not for
    callback = FunctionType(collected.__code__, elsewhere)
    monkeypatch.setattr(sys, "unraisablehook", swallowed.append)
    gc.callbacks.append(callback)

    class Ends:
        pass

    def work() -> None:
        started = monotonic()
        while monotonic() < started + 20:
            gc.collect(0)
            each = Ends()
            kept = weakref.ref(each, FunctionType(released.__code__, elsewhere))
            del each
            assert kept() is None
            if monotonic() > started + 0.1:  # by now it has been late for a while, in those alone
                beside()

    def beside() -> None:
        pass

    try:
        with pytest.raises(Late), deadline(0.05, ("tests",)):
            work()
    finally:
        gc.callbacks.remove(callback)
    assert {"start", "stop", "gone"} <= set(met)
    assert not swallowed


@pytest.mark.parametrize("verb", ["compare", "check"])
@pytest.mark.parametrize("ieee", [False, True])
def test_numbers_that_outgrow_every_double_do_not_take_for_ever(verb: str, ieee: bool) -> None:
    """The sine of 2**2**40 to 50 digits would need a terabit of pi."""
    program = lang.parse("x = ? 2\ny = x\nfor i in range(40):\n    y = y * y\nz = sin(y) + x\n")
    with contextlib.suppress(lang.DomainError):
        assert program.ask(verb, "z", ieee=ieee).fact
