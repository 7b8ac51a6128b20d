"""Derivative programs: each construct of the language in both modes, again and again, against the numbers.

Law: the evaluator (`grad`, `jvp`, `hessian`) knows nothing of the translations, so each is the other's oracle.

`cases/translate/NAME.ad` are programs with `# inputs:` lines, one a point; beside each stands what `forward z` and
`reverse z` print (`pytest --update` rewrites it).

AGREEMENT=3000 pytest tests/test_translations.py        # more random programs
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import lang
from lang.program import Derived, Program
from tests import expectations
from tests.programs import generate
from tests.test_examples import process

CASES = sorted((Path(__file__).parent / "cases" / "translate").glob("*.ad"))
COUNT = int(os.environ.get("AGREEMENT", "0")) or 60
FIRST = int(os.environ.get("AGREEMENT_FIRST", "1"))
BATCH = 20
WILD = 1e6

Point = dict[str, float]


# --- helpers ------------------------------------------------------------------------------------------------------


def points(text: str) -> list[Point]:
    """The inputs of each `# inputs:` line."""
    lines = re.findall(r"^# inputs:.*$", text, re.MULTILINE)
    return [expectations.inputs(each) for each in lines] or [{}]


def close(one: float, other: float, scale: float = 1.0) -> bool:
    """Equal up to rounding errors, of numbers of this size."""
    if not (math.isfinite(one) and math.isfinite(other)):
        return repr(one) == repr(other)
    return abs(one - other) <= 1e-9 * max(abs(one), abs(other), scale * 1e-3)


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


def same(got: Mapping[str, float], wanted: Mapping[str, float], what: object) -> None:
    scale = max([0.0, *(abs(each) for each in wanted.values() if math.isfinite(each))])
    assert got.keys() == wanted.keys(), what
    differing = {name: (got[name], wanted[name]) for name in wanted if not close(got[name], wanted[name], scale)}
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


def second_order_of_a_listing(text: str, *commands: str) -> str:
    """What a session prints for commands after a program."""
    session = lang.Session(inputs={})
    shown = session.run(text + "\n" + "\n".join(commands) + "\n")
    assert shown.error is None, shown.error.render()
    return "\n".join(piece.text for each in shown.shown for piece in each.pieces)


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
        if options and set(options) <= {"by"} and verb == "forward":
            continue
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


SMOOTH = [each for each in CASES if each.stem not in ("kinks", "target_is_an_input")]


@pytest.mark.parametrize("path", SMOOTH, ids=lambda path: path.stem)
def test_derivative_programs_of_derivative_programs_give_the_hessian(path: Path) -> None:
    program, places = read(path)
    same_hessian(program, "z", places[0])
