"""Derivative programs: each construct of the language in both modes, again and again, against the numbers.

Law: the evaluator (`grad`, `jvp`, `hessian`) knows nothing of the translations, so each is the other's oracle.

`cases/translate/NAME.ad` are programs with `# inputs:` lines, one a point; beside each stands what `forward z` and
`reverse z` print (`pytest --update` rewrites it).

AGREEMENT=3000 pytest tests/test_translations.py        # more random programs
"""

from __future__ import annotations

import math
import os
import pickle
import random
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import lang
from lang.program import Derived, Program
from tests import expectations
from tests.programs import generate
from tests.shrink import shrunk
from tests.test_docs import FENCE, commands
from tests.test_examples import ROOT, process

CASES = sorted((Path(__file__).parent / "cases" / "translate").glob("*.ad"))
COUNT = int(os.environ.get("AGREEMENT", "0")) or 200
FIRST = int(os.environ.get("AGREEMENT_FIRST", "1"))
BATCH = 20
WILD = 1e6

Point = dict[str, float]


# --- helpers ------------------------------------------------------------------------------------------------------


def points(text: str) -> list[Point]:
    """The inputs of each `# inputs:` line."""
    lines = re.findall(r"^# inputs:.*$", text, re.MULTILINE)
    return [expectations.inputs(each) for each in lines] or [{}]


def close(one: float, other: float, scale: float = 1.0, tolerance: float = 1e-9) -> bool:
    """Equal up to rounding errors, of numbers of this size."""
    if not (math.isfinite(one) and math.isfinite(other)):
        return repr(one) == repr(other)
    return abs(one - other) <= tolerance * max(abs(one), abs(other), scale * 1e-3)


def run(program: Program, point: Mapping[str, float]) -> dict[str, Any]:
    """What a program gives its names where those inputs that it has are given."""
    known = {name: value for name, value in point.items() if name in program.inputs}
    return program.run(at=known, ieee=True).values


def well_formed(derived: Derived) -> None:
    """A derivative program is text that formats to itself."""
    assert str(lang.parse(str(derived))) == str(derived) == derived.source.text


def by_reverse(program: Program, target: str, point: Mapping[str, float], wrt: Any = None) -> Point:
    """The gradient that the adjoint program computes."""
    derived = program.reverse(target, wrt=wrt)
    well_formed(derived)
    values = run(derived, point)
    return {name: values[word] for name, word in derived.derivatives.items()}


def by_forward(program: Program, target: str, point: Mapping[str, float], wrt: Any = None) -> Point:
    """The gradient that forward programs compute, one for each name."""
    found = {}
    for name in wrt or program.inputs:
        derived = program.forward(target, wrt=name)
        well_formed(derived)
        found[name] = run(derived, point)[derived.derivatives[target]]
    return found


def same(got: Mapping[str, float], wanted: Mapping[str, float], what: object, tolerance: float = 1e-9) -> None:
    scale = max([1.0, *(abs(each) for each in wanted.values() if math.isfinite(each))])
    assert got.keys() == wanted.keys(), what
    pairs = {name: (got[name], wanted[name]) for name in wanted}
    differing = {name: pair for name, pair in pairs.items() if not close(*pair, scale, tolerance)}
    assert differing == {}, what


def second_orders(program: Program, target: str, point: Mapping[str, float]) -> Iterator[tuple[str, list[list[float]]]]:
    """The Hessian by each of the four translations of a translation; what a program lost does not move it."""
    names = program.inputs

    def slopes(derived: Derived, word: str, mode: str) -> list[float]:
        way = by_forward if mode == "forward" else by_reverse
        there = [name for name in names if name in derived.inputs]
        found = way(derived, word, point, there) if there else {}
        return [found.get(name, 0.0) for name in names]

    adjoint = program.reverse(target)
    tangents = [program.forward(target, wrt=name) for name in names]
    for mode in ("forward", "reverse"):
        yield f"{mode} of reverse", [slopes(adjoint, adjoint.derivatives[name], mode) for name in names]
        yield f"{mode} of forward", [slopes(each, each.derivatives[target], mode) for each in tangents]


def same_hessian(program: Program, target: str, point: Mapping[str, float]) -> None:
    wanted = program.hessian(target, at=point).tolist()
    scale = max(abs(each) for row in wanted for each in row)
    for what, table in second_orders(program, target, point):
        for row, true in zip(table, wanted, strict=True):
            assert all(close(a, b, scale) for a, b in zip(row, true, strict=True)), (what, table, wanted, str(program))


# --- the slides ---------------------------------------------------------------------------------------------------

LECTURE = "x = ?\ny = ?\na = x * y\nb = sin(x)\nz = a + b\n"
PRIMAL = LECTURE.splitlines()
ADJOINTS = ["gz = 1", "gb = gz", "ga = gz", "gy = x * ga", "gx = y * ga + cos(x) * gb"]
TANGENTS = ["da = y * dx + x * dy", "db = cos(x) * dx", "dz = da + db"]
BETWEEN = [line for pair in zip(PRIMAL[2:], TANGENTS, strict=True) for line in pair]
SLIDES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("forward", {}, ["x = ?", "dx = ?", "y = ?", "dy = ?", *BETWEEN]),
    ("forward", {"by": "separate"}, ["dx = ?", "dy = ?", *TANGENTS]),
    ("forward", {"along": {"x": 1, "y": 0}}, ["x = ?", "dx = 1", "y = ?", "dy = 0", *BETWEEN]),
    ("forward", {"along": {"x": 1, "y": 0}, "by": "separate"}, ["dx = 1", "dy = 0", *TANGENTS]),
    ("forward", {"along": {"x": 0, "y": 1}, "by": "separate"}, ["dx = 0", "dy = 1", *TANGENTS]),
    (
        "forward",
        {"wrt": "x"},
        ["x = ?", "dx = 1", "y = ?", "a = x * y", "da = y * dx", "b = sin(x)", TANGENTS[1], "z = a + b", TANGENTS[2]],
    ),
    (
        "forward",
        {"wrt": "y"},
        ["x = ?", "y = ?", "dy = 1", "a = x * y", "da = x * dy", "b = sin(x)", "z = a + b", "dz = da"],
    ),
    ("forward", {"wrt": "x", "by": "separate"}, ["dx = 1", "da = y * dx", "db = cos(x) * dx", "dz = da + db"]),
    ("reverse", {}, [*PRIMAL, *ADJOINTS]),
    ("reverse", {"by": "separate"}, ADJOINTS),
    ("reverse", {"along": {"z": None}}, [*PRIMAL, "gz = ?", *ADJOINTS[1:]]),
    ("reverse", {"along": {"z": None}, "by": "separate"}, ["gz = ?", *ADJOINTS[1:]]),
    ("reverse", {"along": {"z": 2}}, [*PRIMAL, "gz = 2", *ADJOINTS[1:]]),
    ("reverse", {"wrt": "x"}, [*PRIMAL, *ADJOINTS[:3], ADJOINTS[4]]),
    ("reverse", {"wrt": "y"}, [*PRIMAL, "gz = 1", "ga = gz", "gy = x * ga"]),
]


def clauses(options: Mapping[str, Any]) -> dict[str, str]:
    """Options of a method as the words of a command."""
    words = {name: value for name, value in options.items() if isinstance(value, str)}
    if "along" in options:
        pairs = options["along"].items()
        words["along"] = ",".join(f"{name}={'?' if value is None else value}" for name, value in pairs)
    return words


@pytest.mark.parametrize(("verb", "options", "wanted"), SLIDES)
def test_slide_is_printed_by_a_method(verb: str, options: dict[str, Any], wanted: list[str]) -> None:
    derived = getattr(lang.parse(LECTURE), verb)("z", **options) if "by" not in options else None
    text = lang.parse(LECTURE).ask(verb, "z", **options).value.text if derived is None else str(derived)
    assert text.splitlines() == wanted


@pytest.mark.parametrize(("verb", "options", "wanted"), SLIDES)
def test_slide_is_printed_by_a_command(verb: str, options: dict[str, Any], wanted: list[str]) -> None:
    command = " ".join([verb, "z", *(f"{word} {value}" for word, value in clauses(options).items())])
    session = lang.Session(inputs={"x": 0.5, "y": 4.2})
    outcome = session.run(f"{LECTURE}{command}\n")
    assert outcome.error is None
    assert [line for piece in outcome.shown[0].pieces for line in piece.text.splitlines()] == wanted


def test_slides_are_printed_by_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "lecture.ad"
    file.write_text(LECTURE, encoding="utf-8")
    for verb, options, wanted in SLIDES:
        words = [word for name, value in clauses(options).items() for word in (f"--{name}", value)]
        done = process("-m", "lang", verb, str(file), "z", *words)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines() == wanted


def test_listings_name_what_they_hold() -> None:
    program = lang.parse(LECTURE)
    forward, reverse = program.forward("z"), program.reverse("z")
    assert (forward.seeds, forward.derivatives) == ({"x": "dx", "y": "dy"}, {"z": "dz"})
    assert (reverse.seeds, reverse.derivatives) == ({"z": "gz"}, {"x": "gx", "y": "gy"})
    assert forward.results["z"] == reverse.results["z"] == "z"
    assert run(reverse, {"x": 0.5, "y": 4.2})["gx"] == 4.2 + math.cos(0.5)


@pytest.mark.parametrize(
    "body",
    ["z = floor(x) * y", "z = y if x > 1 else 2 * y", "z = 0 * x\nz = y", "z = 3\nif x > 9:\n    z = y"],
)
def test_seeds_are_those_that_the_program_asks_for(body: str) -> None:
    program = lang.parse(f"x = ? 2\ny = ? 3\n{body}\n")
    derived = program.forward("z")
    assert "x" not in derived.seeds
    assert set(derived.seeds.values()) == {each for each in derived.inputs if each in ("dx", "dy")}
    values = derived.run(at=dict.fromkeys(derived.seeds.values(), 1.0))
    assert values[derived.derivatives["z"]] == program.jvp("z", along={"x": 1, "y": 1})["z"][1]


# --- every construct in both modes --------------------------------------------------------------------------------


def read(path: Path) -> tuple[Program, list[Point]]:
    text = path.read_text(encoding="utf-8")
    return lang.parse(text), points(text)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_listing_stays_as_it_was_read_last(path: Path, golden: Any) -> None:
    program, _ = read(path)
    golden(path, f"# forward z\n{program.forward('z')}\n# reverse z\n{program.reverse('z')}".rstrip("\n"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_adjoint_program_gives_the_gradient(path: Path) -> None:
    program, places = read(path)
    for point in places:
        same(by_reverse(program, "z", point), program.grad("z", at=point), str(program.reverse("z")))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_forward_program_gives_the_gradient(path: Path) -> None:
    program, places = read(path)
    for point in places:
        same(by_forward(program, "z", point), program.grad("z", at=point), str(program.forward("z")))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_forward_program_takes_any_direction(path: Path) -> None:
    program, places = read(path)
    whole = program.forward("z")
    well_formed(whole)
    for point in places:
        along = {name: 0.7 - index for index, name in enumerate(program.inputs)}
        wanted = program.jvp("z", along=along, at=point)["z"][1]
        seeds = {whole.seeds[name]: value for name, value in along.items() if name in whole.seeds}
        fixed = program.forward("z", along=along)
        for derived, given in ((whole, point | seeds), (fixed, point)):
            assert close(run(derived, given)[derived.derivatives["z"]], wanted), str(derived)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_derivative_programs_keep_the_values(path: Path) -> None:
    program, places = read(path)
    for point in places:
        wanted = program.run(at=point)["z"]
        for derived in (program.forward("z"), program.reverse("z")):
            seeds = dict.fromkeys(derived.seeds.values(), 1.0)
            assert run(derived, point | seeds)[derived.results["z"]] == wanted, str(derived)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_adjoints_are_linear_in_a_seed_that_stays(path: Path) -> None:
    program, places = read(path)
    derived = program.reverse("z", along={"z": None})
    well_formed(derived)
    word = derived.seeds["z"]
    for point in places[:1]:
        gradient = program.grad("z", at=point)
        for seed in (1.0, -2.5, 0.0):
            values = run(derived, point | {word: seed})
            assert values[word] == seed, str(derived)
            got = {name: values[each] for name, each in derived.derivatives.items()}
            same(got, {name: seed * slope for name, slope in gradient.items()}, str(derived))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_without_a_target_every_name_has_its_differential(path: Path) -> None:
    program, places = read(path)
    whole = program.forward()
    well_formed(whole)
    along = {whole.seeds[name]: 1.0 for name in whole.seeds}
    values = run(whole, places[0] | along)
    wanted = program.jvp("z", along=dict.fromkeys(program.inputs, 1.0), at=places[0])["z"][1]
    assert close(values.get(whole.derivatives.get("z", ""), 0.0), wanted), str(whole)


@pytest.mark.parametrize("form", ["raw", "lecture"])
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_other_ways_of_writing_mean_the_same(path: Path, form: str) -> None:
    program, places = read(path)
    point = places[0]
    gradient = program.grad("z", at=point)
    text = program.ask("reverse", "z", as_=form).value
    values = run(lang.parse(text.text), point)
    same({name: values[word] for name, word in text.derivatives.items()}, gradient, text.text)
    for name in program.inputs:
        text = program.ask("forward", "z", wrt=name, as_=form).value
        assert close(run(lang.parse(text.text), point)[text.derivatives["z"]], gradient[name]), text.text


@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_separate_statements_belong_to_the_whole(path: Path, mode: str) -> None:
    program, _ = read(path)
    whole = str(getattr(program, mode)("z")).splitlines()
    alone = program.ask(mode, "z", by="separate").value.text.splitlines()
    rest = iter(whole)
    assert all(line in rest for line in alone), "\n".join(alone)


SMOOTH = [each for each in CASES if each.stem != "kinks"]


@pytest.mark.parametrize("path", SMOOTH, ids=lambda path: path.stem)
def test_derivative_programs_of_derivative_programs_give_the_hessian(path: Path) -> None:
    program, places = read(path)
    same_hessian(program, "z", places[0])


THIRD = {
    "straight": "x = ?\nz = sin(x) * x**3 / (1 + x)\n",
    "loop": "x = ?\nz = x\nfor i in range(3):\n    z = z * x + sin(z)\n",
    "function": "x = ?\nf(a) = a * sin(a)\nz = f(x) * f(f(x))\n",
    "branch": "x = ?\nif x > 0:\n    z = exp(x) * x\nelse:\n    z = x\nz = z * x\n",
}


@pytest.mark.parametrize("text", THIRD.values(), ids=THIRD.keys())
@pytest.mark.parametrize("modes", ["fff", "frf", "rff", "rrf", "frr", "ffr"])
def test_a_third_order_exists(text: str, modes: str) -> None:
    program, word, at = lang.parse(text), "z", {"x": 0.7}
    for mode in modes:
        derived = program.forward(word, wrt="x") if mode == "f" else program.reverse(word, wrt="x")
        program, word = derived, derived.derivatives[word if mode == "f" else "x"]
    well_formed(program)
    step = 1e-5
    ends = [lang.parse(text).hessian("z", at={"x": 0.7 + h}).tolist()[0][0] for h in (step, -step)]
    wanted = (ends[0] - ends[1]) / (2 * step)
    assert abs(run(program, at)[word] - wanted) < 1e-6 * max(1.0, abs(wanted)), str(program)


def test_forward_of_forward_doubles_the_d() -> None:
    twice = lang.parse(LECTURE).forward("z").forward("dz", wrt="x")
    assert {"dx", "ddz", "da_1"} & set(twice.names) >= {"dx", "ddz"}
    assert twice.derivatives["dz"] == "ddz"


def test_forward_of_reverse_is_the_product_of_hessian_and_vector() -> None:
    program = lang.parse("x = ?\ny = ?\nz = x * x * y + sin(x * y)\n")
    at, along = {"x": 0.5, "y": 4.2}, {"x": 2.0, "y": -1.0}
    product = program.reverse("z").forward("gx", "gy", along=along)
    values = run(product, at)
    table = program.hessian("z", at=at).tolist()
    for row, name in zip(table, ("gx", "gy"), strict=True):
        assert close(values[product.derivatives[name]], row[0] * 2.0 - row[1])


# --- names --------------------------------------------------------------------------------------------------------

CROWDED = [
    "x = ?\ndx = x * 2\nz = dx * x\n",
    "x = ?\ngx = x * 2\ngz = gx * x\nz = gz * x\n",
    "dx = ?\nx = dx * 3\nddx = x * dx\nz = ddx * x\n",
    "x = ?\nt1 = x * 2\nz = sin(t1 * x) * t1\n",
    "x = ?\nx_1 = x * 2\nx = x * x_1\ndx_1 = x\nx = x * dx_1\nz = x * x_1\n",
    "x = ?\nn = 2\nk = 3\nway = x\nz = x\nfor i in range(3):\n    z = z * n + k * way\nif x > 0:\n    z = z * way\n",
    "x = ?\ndz = 1\ngz = 1\nz = x * x + dz * gz\n",
    "x = ?\nf(a) = a * a\ngf(a) = 2 * f(a)\nf_saved(a) = gf(a) * a\ndf(a) = f_saved(a) + a\nz = df(x)\n",
    "x = ?\ngc = 2\nf(a) = a * gc * x\nz = f(x) * gc\n",
    "x = ?\nf_prime = x * 2\nf(a) = a**3\nz = f'(x) * f_prime\n",
    "sine = ?\nd = sine * sine\ng = d * sine\nz = d * g\n",
]


@pytest.mark.parametrize("text", CROWDED)
def test_new_names_never_meet_old_ones(text: str) -> None:
    program = lang.parse(text)
    point = dict.fromkeys(program.inputs, 1.3)
    same(by_forward(program, "z", point), program.grad("z", at=point), str(program))
    same(by_reverse(program, "z", point), program.grad("z", at=point), str(program))
    same_hessian(program, "z", point)


@pytest.mark.parametrize("text", CROWDED)
def test_names_of_the_program_stay(text: str) -> None:
    program = lang.parse(text)
    for derived in (program.forward("z"), program.reverse("z")):
        assert set(program.inputs) <= set(derived.inputs)
        assert derived.results["z"].rstrip("_0123456789") == "z"


def test_a_derivative_that_would_be_called_like_a_function_gets_another_name() -> None:
    program = lang.parse("rop = ?\namma = rop * rop\nz = sin(amma)\n")
    derived = program.reverse("z")
    well_formed(derived)
    assert "gamma" not in derived.names
    same(by_reverse(program, "z", {"rop": 0.4}), program.grad("z", rop=0.4), str(derived))


# --- random programs ----------------------------------------------------------------------------------------------


class Case(NamedTuple):
    """A random program with its gradient, where no number is too wild to compare."""

    text: str
    program: Program
    point: Point
    gradient: Point
    awkward: bool


def random_cases(first: int, count: int) -> Iterator[Case]:
    """The random programs of these seeds that have a finite gradient."""
    for seed in range(first, first + count):
        case = generate(seed)
        program = lang.parse(case.text)
        try:
            values, answer = program.run(at=case.inputs).values, program.ask("grad", "z", at=case.inputs)
        except (lang.DomainError, lang.DerivativeError):
            continue
        if all(abs(each) < WILD for each in (*values.values(), *answer.value.values())):
            text = f"seed {seed} at {case.inputs}\n{case.text}"
            yield Case(text, program, case.inputs, answer.value, bool(answer.notes) or case.special)


def told(got: Point, case: Case) -> Point:
    """A gradient without the numbers that are nan at an awkward point: there a 0 times an infinite slope is written."""
    return {name: case.gradient[name] if case.awkward and math.isnan(each) else each for name, each in got.items()}


def true_programs(case: Case) -> None:
    """Both derivative programs give the gradient."""
    names = case.program.inputs[:2]
    same(told(by_reverse(case.program, "z", case.point), case), case.gradient, case.text, 1e-12)
    got = by_forward(case.program, "z", case.point, names)
    same(told(got, case), {name: case.gradient[name] for name in names}, case.text, 1e-12)


def untrue(text: str, point: Point) -> bool:
    """Has the program a gradient that its derivative programs do not give?"""
    program = lang.parse(text)
    there = {name: value for name, value in point.items() if name in program.inputs}
    answer = program.ask("grad", "z", at=there)
    try:
        true_programs(Case(text, program, there, answer.value, bool(answer.notes)))
    except AssertionError:
        return True
    return False


def hold(case: Case) -> None:
    """Both derivative programs give the gradient; if not, the smallest program for which they do not is told."""
    try:
        true_programs(case)
    except AssertionError as error:
        text = case.text.split("\n", 1)[1]
        smallest = shrunk(text, lambda trial: untrue(trial, case.point))
        raise AssertionError(f"{error}\n\nsmallest, at {case.point}:\n{smallest}") from None


@pytest.mark.parametrize("first", range(FIRST, FIRST + COUNT, BATCH))
def test_random_programs_have_true_derivative_programs(first: int) -> None:
    for case in random_cases(first, min(BATCH, FIRST + COUNT - first)):
        hold(case)


CHOOSING = (
    "s = s + (i if x < 9 else 3) * x",
    "s = s + (i + 0 if s < 9 else (i - 2 if s < 99 else 4)) * x",
    "t = (i if x < 9 else 3)\n    s = s * t + t * x",
    "if i < 2:\n        t = i\n    elif i < 3:\n        t = 3\n    else:\n        t = i * x\n    s = s + t * x",
    "if i < 2:\n        t = i\n    else:\n        t = (3 if s > 7 else x)\n"
    "    for j in range(3):\n        s = s + sin(t * x) * (j if j > i else 2)",
    "s = s + (i if x < 9 else 3) * x\n    while s > 3:\n        s = s / (2 if s > 8 else i + 1.5)",
)


@pytest.mark.parametrize("body", CHOOSING)
def test_what_a_turn_of_a_loop_chose_is_there_when_the_sweep_comes_back(body: str) -> None:
    program = lang.parse(f"x = ?\ns = x\nfor i in range(4):\n    {body}\nz = sin(s)\n")
    wanted = program.grad("z", x=1.7)
    same(by_reverse(program, "z", {"x": 1.7}), wanted, program.reverse("z"))
    same(by_forward(program, "z", {"x": 1.7}), wanted, program.forward("z"))


HIDING = (
    "g(u) = a * a\nh(a) = g(1)\nz = h(2)",
    "g(u) = a * a\nh(a) = g(1) + a\nz = h(x)",
    "g(u) = a * sin(u)\nh(a) = g(a * 3) + a\na = h(x)\nz = sin(a)",
    "g(u) = a * sin(u)\ndef h(a):\n    s = 1\n    for i in range(3):\n        s = s + g(s)\n    return s\nz = h(2)",
)


@pytest.mark.parametrize("rest", HIDING)
def test_a_parameter_hides_a_name_from_its_function_but_not_from_those_it_calls(rest: str) -> None:
    program, point = lang.parse(f"x = ?\na = x * x\n{rest}\n"), {"x": 0.8}
    wanted = program.grad("z", **point)
    assert wanted["x"] != 0.0
    same(by_reverse(program, "z", point), wanted, program.reverse("z"))
    same(by_forward(program, "z", point), wanted, program.forward("z"))
    same_hessian(program, "z", point)


def test_a_failing_program_is_told_as_its_smallest_form() -> None:
    text = "x = ?\na = x * 2\nfor i in range(3):\n    if x > i:\n        b = sin(x)\n    c = x\nz = a + 1\n"
    assert shrunk(text, lambda trial: "sin" in trial and bool(lang.parse(trial))) == "x = ?\nb = sin(x)\n"


@pytest.mark.parametrize("first", range(FIRST, FIRST + COUNT // 3, BATCH // 4))
def test_random_programs_have_true_second_derivative_programs(first: int) -> None:
    for case in random_cases(first, BATCH // 4):
        hessian = case.program.ask("hessian", "z", at=case.point)
        if hessian.notes or case.awkward:
            continue
        names = case.program.inputs
        wanted = dict(zip(names, case.program.hessian("z", at=case.point).tolist()[0], strict=True))
        adjoint = case.program.reverse("z", wrt=names[0])
        there = [each for each in names if each in adjoint.inputs]
        for way in (by_forward, by_reverse):
            got = way(adjoint, adjoint.derivatives[names[0]], case.point, there) if there else {}
            same(got, {each: wanted[each] for each in there}, f"{way.__name__}: {case.text}")
        assert all(wanted[each] == 0.0 for each in wanted if each not in there), case.text


FORMS = (
    *("sin({0} * {1})", "tanh({0}) + cos({1})", "0.5 * {0}", "{0}", "{2}", "{0} / (1 + {1} * {1})", "{0} * {1}"),
    *("{0} - {1}", "{2} * {0} + {1}", "exp(-{0} * {0})", "({0} if {1} > {2} else sin({1}))", "max({0}, {1})"),
    *("f({0}, {1})", "g({0})", "h({1})", "f'[u]({0}, {1})", "g'({0})"),
)
TESTS = ("{0} > {1}", "{0} < 0.3", "{0} * {1} > 0.2", "{0} > 0 and {1} < 1", "not {0} > 0.5")
RANGES = ("2", "3", "0", "1, 3", "3, 0, -1", "2, 2", "4, 0, -3")


class Tangle:
    """Writes a random program of much control flow over few names, which are overwritten again and again."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.lines = ["x = ?", "y = ?", "a = x * y", "b = 1", "c = y"]
        self.known: set[str] = set()
        self.count = 0

    def fresh(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count}"

    def put(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def fill(self, forms: tuple[str, ...], pool: list[str]) -> str:
        """One of the forms that can be used here, with names of the pool."""
        forms = tuple(each for each in forms if each[0] not in "fgh" or each[0] in self.known)
        names = self.rng.choice(pool), self.rng.choice(pool)
        return self.rng.choice(forms).format(*names, self.rng.choice((0.5, 2, -1)))

    def block(self, depth: int, pool: list[str], own: list[str], length: int) -> None:
        for _ in range(length):
            kind = self.rng.choice((self.assign, self.assign, self.several, self.branch, self.turns, self.repeat))
            (kind if depth < 3 else self.assign)(depth, pool, own)

    def assign(self, depth: int, pool: list[str], own: list[str]) -> None:
        sign = self.rng.choice(("=", "=", "=", "+=", "-=", "*="))
        self.put(depth, f"{self.rng.choice(own)} {sign} {self.fill(FORMS, pool)}")

    def several(self, depth: int, pool: list[str], own: list[str]) -> None:
        pair = "q2({0}, {1})" if "q" in self.known and self.rng.random() < 0.5 else "{0} * {1}, sin({1})"
        self.put(depth, f"{', '.join(self.rng.sample(own, 2))} = {self.fill((pair,), pool)}")

    def branch(self, depth: int, pool: list[str], own: list[str]) -> None:
        heads = [f"if {self.fill(TESTS, pool)}:", f"elif {self.fill(TESTS, pool)}:", "else:"]
        for head, chance in zip(heads, (1.0, 0.3, 0.5), strict=True):
            if self.rng.random() < chance:
                self.put(depth, head)
                self.block(depth + 1, pool, own, self.rng.randint(1, 2))

    def turns(self, depth: int, pool: list[str], own: list[str]) -> None:
        turn = self.rng.choice((self.fresh("i"), self.fresh("i"), *own[:1]))
        self.put(depth, f"for {turn} in range({self.rng.choice(RANGES)}):")
        self.block(depth + 1, [*pool, turn], own, self.rng.randint(1, 3))

    def repeat(self, depth: int, pool: list[str], own: list[str]) -> None:
        count = self.fresh("n")
        self.put(depth, f"{count} = 0")
        self.put(depth, f"while {count} < {self.rng.choice((0, 1, 3))}:")
        self.block(depth + 1, pool, own, self.rng.randint(1, 2))
        self.put(depth + 1, f"{count} += 1")

    def function(self, name: str, parameters: list[str], results: int) -> None:
        own = [*parameters, "t", "s"]
        pool = [*own, *self.rng.sample(["a", "b", "x"], self.rng.randint(0, 1))]
        self.put(0, f"def {name}({', '.join(parameters)}):")
        self.put(1, f"t, s = {parameters[0]}, {self.rng.choice(('1', parameters[-1]))}")
        self.block(1, pool, own, self.rng.randint(1, 3))
        depth = self.rng.choice((1, 1, 2))
        if depth == 2:
            self.put(1, f"if {self.fill(TESTS, pool)}:")
            self.put(2, "return " + ", ".join(self.rng.choice(own) for _ in range(results)))
            self.put(1, "else:")
            self.block(2, pool, own, 1)
        self.put(depth, "return " + ", ".join(self.rng.choice(own) for _ in range(results)))
        self.known.add(name[0])

    def program(self) -> str:
        names = ["a", "b", "c", "x", "y"]
        for name, parameters, results in (("f", ["u", "v"], 1), ("g", ["u"], 1), ("q2", ["p", "q"], 2)):
            if self.rng.random() < 0.5:
                self.function(name, parameters, results)
        if "g" in self.known:
            self.put(0, "h(a) = g(a * b) + a")
            self.known.add("h")
        self.block(0, names, names, self.rng.randint(2, 6))
        self.put(0, f"z = {' + '.join(f'sin({name})' for name in names)}")
        return "\n".join(self.lines) + "\n"


def tangles(first: int, count: int) -> Iterator[Case]:
    """Random tangles that have a gradient, where it is not awkward."""
    for seed in range(first, first + count):
        text = Tangle(seed).program()
        program, point = lang.parse(text), {"x": 0.7, "y": -0.4} if seed % 2 else {"x": 1.3, "y": 0.6}
        try:
            answer = program.ask("grad", "z", at=point)
        except (lang.DomainError, lang.UnsetName):
            continue
        if not answer.notes and all(abs(each) < WILD for each in answer.value.values()):
            yield Case(f"tangle {seed} at {point}\n{text}", program, point, answer.value, False)


@pytest.mark.parametrize("first", range(FIRST, FIRST + COUNT, BATCH))
def test_tangled_programs_have_true_derivative_programs(first: int) -> None:
    for case in tangles(first, min(BATCH, FIRST + COUNT - first)):
        hold(case)


@pytest.mark.parametrize("first", range(FIRST, FIRST + COUNT // 5, 4))
def test_tangled_programs_have_true_second_derivative_programs(first: int) -> None:
    for case in tangles(first, 4):
        if len(case.text) < 700 and not case.program.ask("hessian", "z", at=case.point).notes:
            same_hessian(case.program, "z", case.point)


# --- intermediate names, several results --------------------------------------------------------------------------

MIDDLE = "x = ?\ny = ?\na = x * y\nb = sin(a) * x\na = a * b\nz = a * a + b\n"


@pytest.mark.parametrize("name", ["a", "b"])
def test_derivatives_by_intermediate_names(name: str) -> None:
    program, point = lang.parse(MIDDLE), {"x": 0.5, "y": 4.2}
    wanted = program.grad("z", wrt=name, at=point)
    same(by_reverse(program, "z", point, name), wanted, str(program.reverse("z", wrt=name)))
    derived = program.forward("z", wrt=name)
    assert close(run(derived, point)[derived.derivatives["z"]], wanted[name]), str(derived)


def test_derivatives_by_inputs_and_intermediate_names_at_once() -> None:
    program, point = lang.parse(MIDDLE), {"x": 0.5, "y": 4.2}
    names = ["x", "b", "y"]
    same(by_reverse(program, "z", point, names), program.grad("z", wrt=names, at=point), "reverse")


def test_several_results_have_a_seed_each() -> None:
    program, point = lang.parse(LECTURE), {"x": 0.5, "y": 4.2}
    derived = program.reverse("a", "z", along={"a": 2.0, "z": -1.0})
    well_formed(derived)
    values = run(derived, point)
    wanted = program.vjp("a", "z", along={"a": 2.0, "z": -1.0}, at=point)
    same({name: values[word] for name, word in derived.derivatives.items()}, wanted, str(derived))
    both = program.forward("a", "z", along={"x": 1.0, "y": 2.0})
    pushed = program.jvp("a", "z", along={"x": 1.0, "y": 2.0}, at=point)
    values = run(both, point)
    assert all(close(values[both.derivatives[name]], pushed[name][1]) for name in ("a", "z"))


def test_an_adjoint_program_runs_for_many_seeds() -> None:
    text = "x = ?\nz = x\nfor i in range(3):\n    z = z * x + sin(z)\n"
    derived = lang.parse(text).reverse("z", along={"z": None})
    slope = lang.parse(text).grad("z", x=0.7)["x"]
    for seed in (1.0, 0.0, -3.0, 1e-200):
        values = derived.run(at={"x": 0.7, derived.seeds["z"]: seed}).values
        assert values[derived.seeds["z"]] == seed
        assert close(values[derived.derivatives["x"]], seed * slope, 0.0)


# --- stacks -------------------------------------------------------------------------------------------------------


def place(error: lang.AdError) -> tuple[int, int]:
    assert error.span is not None
    assert error.source is not None
    return error.source.position(error.span[0])


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("x = 2\nx = pop()\n", (2, 1)),
        ("x = 2\npush x\nx = pop()\ny = pop()\n", (4, 1)),
        ("x = 2\nfor i in range(3):\n    push x\nx = pop()\n", (3, 5)),
        ("x = 2\ndef f(a):\n    b = pop()\n    return b\ny = f(x)\n", (3, 5)),
        ("x = 2\npush x\n", (2, 1)),
    ],
)
def test_a_stack_that_does_not_balance_is_located(text: str, where: tuple[int, int]) -> None:
    with pytest.raises(lang.StackError) as caught:
        lang.parse(text).run()
    assert place(caught.value) == where
    assert caught.value.hint


# --- what has no derivative program -------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = ?\nz = polygamma(x, 2)\n", "has no derivative by"),
        ("x = ?\nk = x\nf(a) = a * k\nc = f(a) => dc = k * da\nz = f(x)\n", "reads `k`"),
    ],
)
def test_a_derivative_that_does_not_exist_is_an_error_as_for_grad(mode: str, text: str, words: str) -> None:
    program = lang.parse(text)
    with pytest.raises(lang.DerivativeError, match=words) as caught:
        getattr(program, mode)("z")
    assert caught.value.span is not None
    with pytest.raises(lang.DerivativeError, match=words):
        program.grad("z", x=2)


@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize(
    ("targets", "options", "words"),
    [
        (("q",), {}, "no name `q`"),
        (("z",), {"wrt": "q"}, "no name `q`"),
        (("z",), {"along": {"q": 1.0}}, "no name `q`"),
        (("z",), {"by": "sideways"}, "goes by"),
        (("z",), {"as_": "csv"}, "can be shown as"),
    ],
)
def test_a_wrong_question_is_a_command_error(mode: str, targets: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(lang.CommandError, match=words):
        lang.parse(LECTURE).ask(mode, *targets, **options)


def test_reverse_needs_a_target() -> None:
    with pytest.raises(lang.CommandError, match="`reverse` of what"):
        lang.parse(LECTURE).reverse()


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_a_program_without_inputs_has_nothing_to_move(mode: str) -> None:
    with pytest.raises(lang.CommandError, match="no inputs"):
        getattr(lang.parse("x = 2\nz = x * x\n"), mode)("z")


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_a_function_that_calls_its_own_derivative_has_no_derivative_program(mode: str) -> None:
    text = "x = ?\nf(a, n) = a if n < 1 else a * f'[a](a, n - 1)\nz = f(x, 2)\n"
    with pytest.raises(lang.CommandError, match="`f` calls its own derivative") as caught:
        getattr(lang.parse(text), mode)("z")
    assert caught.value.source is not None
    assert caught.value.source.slice(caught.value.span or (0, 0)) == "f'[a](a, n - 1)"


def test_each_meaning_of_a_function_has_a_name_of_its_own_in_a_derivative_program() -> None:
    text = "x = ?\nf(a) = a * a\ng(a) = f(a) + 1\nz = g(x)\nf(a) = sin(a)\nz = z * g(x)\n"
    exported = lang.parse(text).export("z")
    assert str(exported) == (
        "x = ?\nf(a) = a * a\ng(a) = f(a) + 1\nz = g(x)\nf_1(a) = sin(a)\ng_1(a) = f_1(a) + 1\nz = z * g_1(x)\n"
    )


def test_a_meaning_that_nothing_uses_is_not_written() -> None:
    text = "x = ?\nf(a) = a * a\nf(a) = sin(a)\nf(a) = cos(a)\nz = f(x)\n"
    assert "sin" not in str(lang.parse(text).export("z"))


COMMENTED = """# by hand
x = ?

y = x * x  # a square
f(a) = exp(a) * y
s = 0
for i in range(2):
    s += f'(x) * y
z = s + y * x + sin(y); w = z * x
"""


def remarks(text: str) -> dict[str, str]:
    """What stands behind each derivative statement."""
    lines = (each.strip().split("  # ") for each in text.splitlines() if "  # " in each)
    return {statement.split(" = ")[0]: remark for statement, remark in lines}


def test_comments_tell_the_lines_that_forward_statements_came_from() -> None:
    derived = lang.parse(COMMENTED).forward("w", wrt="x", as_="commented")
    well_formed(derived)
    found = remarks(derived.source.text)
    assert found["dy"] == "line 4: y = x * x"
    assert found["ds"] == "line 8: s += f'(x) * y"
    assert found["dw"] == "line 9: w = z * x"
    assert {each.split(":")[0] for each in found.values()} == {"line 4", "line 8", "line 9"}


def test_comments_tell_every_line_that_contributes_to_an_adjoint() -> None:
    derived = lang.parse("x = ?\ny = ?\na = x * y\nb = sin(x)\nz = a + b\n").reverse("z", as_="commented")
    well_formed(derived)
    assert remarks(derived.source.text) == {
        "gb": "line 5: z = a + b", "ga": "line 5: z = a + b", "gy": "line 3: a = x * y",
        "gx": "line 3: a = x * y; line 4: b = sin(x)",
    }
    many = lang.parse("x = ?\na = x * 2\nb = x * 3\nc = x * 4\nd = x * 5\nz = a + b + c + d\n")
    assert remarks(many.reverse("z", as_="commented").source.text)["gx"] == "lines 2, 3, 4, 5"
    long = lang.parse("x = ?\nz = " + " + ".join(f"sin(x) * {i}" for i in range(200)) + "\n")
    assert max(map(len, long.forward("z", as_="commented").source.text.splitlines())) < 150


def test_comments_of_a_session_tell_the_statements_alone() -> None:
    session = lang.Session(inputs={"x": 2.0})
    for line in ("x = ?", "a = x * x", "z = a * x"):
        session.run(line)
    (answer,) = session.run("reverse z by separate as commented").shown
    assert remarks(answer.pieces[0].text) == {"ga": "z = a * x", "gx": "a = x * x; z = a * x"}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_comments_change_nothing_else(path: Path) -> None:
    program = lang.parse(path.read_text())
    for mode in ("forward", "reverse"):
        plain, commented = (getattr(program, mode)("z", as_=form) for form in ("text", "commented"))
        assert lang.parse(re.sub(r"  # .*", "", commented.source.text)).source.text == plain.source.text
        well_formed(commented)


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_separate_statements_are_no_program_for_other_languages(mode: str) -> None:
    with pytest.raises(lang.CommandError, match="not a program"):
        lang.parse(LECTURE).ask(mode, "z", by="separate", as_="python")


# --- how rules are written ----------------------------------------------------------------------------------------


def differential(expression: str, form: str) -> str:
    text = lang.parse(f"x = ?\ny = ?\nz = {expression}\n").ask("forward", "z", wrt="x", by="separate", as_=form)
    return str(text.value.text.splitlines()[-1])


@pytest.mark.parametrize(
    ("expression", "form", "wanted"),
    [
        ("x**2", "text", "dz = 2 * x * dx"),
        ("tanh(x)", "lecture", "dz = (1 - z**2) * dx"),
        ("x * y", "text", "dz = y * dx"),
        ("x + 3", "text", "dz = dx"),
        ("3 * x", "text", "dz = 3 * dx"),
        ("x / 2", "text", "dz = dx / 2"),
        ("exp(x)", "text", "dz = z * dx"),
        ("-x", "text", "dz = -dx"),
    ],
)
def test_rule_is_written_as(expression: str, form: str, wanted: str) -> None:
    assert differential(expression, form) == wanted


def test_raw_shows_the_bare_substitution() -> None:
    raw, plain = differential("x**2", "raw"), differential("x**2", "text")
    assert raw != plain
    assert "x" in raw
    assert "dx" in raw


# --- the walk for students ----------------------------------------------------------------------------------------

WALK = ROOT / "examples" / "derivative_programs.md"


def walk(kind: str) -> list[str]:
    """The blocks of one kind in the walk."""
    return [text for found, text in FENCE.findall(WALK.read_text(encoding="utf-8")) if found == kind]


@pytest.mark.parametrize("text", walk("ad"))
def test_walk_keeps_its_promises(text: str) -> None:
    assert expectations.count(text)
    assert expectations.broken(text) == []


@pytest.mark.parametrize("text", walk("console"))
def test_walk_shows_what_commands_print(text: str) -> None:
    for command, wanted in commands(text):
        done = process("-m", "lang", *shlex.split(command)[1:])
        assert (done.stdout + done.stderr).splitlines() == wanted


@pytest.mark.parametrize("text", walk("python"))
def test_walk_prints_what_its_python_promises(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    exec(compile(text, str(WALK), "exec"), {"__name__": "__main__"})
    wanted = [found[1] for line in text.splitlines() if (found := expectations.PROMISE.search(line))]
    got = capsys.readouterr().out.splitlines()
    assert len(wanted) == len(got)
    assert [pair for pair in zip(wanted, got, strict=True) if not expectations.same_text(*pair)] == []


def test_walk_names_files_that_exist() -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", WALK.read_text(encoding="utf-8")):
        assert (WALK.parent / target).exists(), target


@pytest.mark.parametrize("translated", ["forward", "reverse"])
@pytest.mark.parametrize(
    "text",
    [
        "x = ?\nt2(a) = a * sin(a) * cos(a)\nfor i in range(3):\n    x = t2(x) * 3 * x\nz = x",
        "x = ?\ndef t1(a, b):\n    s = a * b * sin(a * b)\n    return s, a\np, q = t1(x * 2, x)\nz = p * q * 2",
        "x = ?\nt1(a) = a * a\nt2(b) = x * b\nz = t1(x) * 2 + t1(x * x) * t2(3)",
    ],
)
def test_a_function_may_be_called_as_temporaries_are(text: str, translated: str) -> None:
    program = lang.parse(text)
    derivative = getattr(program, translated)("z")
    found = derivative.run(at={"x": 0.7, "dx": 1} if translated == "forward" else {"x": 0.7})
    assert math.isclose(found["dz" if translated == "forward" else "gx"], program.grad("z", x=0.7)["x"], rel_tol=1e-12)


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_separate_statements_can_be_read_from_python(mode: str) -> None:
    alone = getattr(lang.parse(LECTURE), mode)("z", by="separate")
    words = set(alone.derivatives.values())
    assert str(alone).splitlines()[-len(words) :][-1].split(" = ")[0] in words
    again = pickle.loads(pickle.dumps(alone))
    assert (str(again), again.derivatives, again.whole) == (str(alone), alone.derivatives, False)
    assert "# line 3" in str(getattr(lang.parse(LECTURE), mode)("z", by="separate", as_="commented"))
    with pytest.raises(lang.CheckError, match="I don't know the name `y`" if mode == "forward" else "the name `x`"):
        alone.run(at={})
