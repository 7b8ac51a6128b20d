"""Hostile submissions gain nothing, stop nothing, learn nothing, and leave no mark in a report."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from lang.cli.options import GRADE_FORMATS
from lang.grade.exercise import Check, Exercise, Samples
from lang.grade.facts import BROKEN, GRADED, REFUSED, STOPPED
from lang.grade.grade import Grade
from lang.grade.marking import Marker
from lang.grade.pool import grade_files
from lang.grade.reports import report
from tests.test_examples import ROOT, process
from tests.wrong_answers import LECTURE

INPUTS = "x = ?\ndx = ?\ny = ?\ndy = ?\n"
RIGHT = INPUTS + "a = x * y\nda = y * dx + x * dy\nb = sin(x)\ndb = cos(x) * dx\nz = a + b\ndz = da + db\n"
SECRET = Exercise(
    "Forward mode",
    "derivative",
    LECTURE,
    points=10.0,
    samples=Samples(at=({"x": 0.123456789, "y": 0.987654321},)),
    checks=(Check("very far away", {"x": 12.345678, "y": -30.25}, {"x": 1.0}, 2.0, False),),
)
MARKER = Marker(SECRET)
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")

HOSTILE = {
    "escape.ad": INPUTS + "# \x1b[2J\x1b]0;owned\x07\nda = y * dx\x1b[31m\n",
    "escape_name.ad": INPUTS + "d\u202ea = 1\nda = d\u202ea\n",
    "=cmd|' /C calc'!A0.ad": INPUTS + "da = y * dx\ndb = cos(x) * dx\ndz = da + db\n",
    "+1+cmd.ad": "da = cmd\n",
    "\t=1+1.ad": "",
    "<script>alert(1)</script>.ad": INPUTS + "da = <script>alert(1)</script>\n",
    "](javascript:alert(1)) **x** `.ad": INPUTS + "da = `x`\n",
    "]]>&lt;.ad": "x = ]]> &amp; <!--\n",
    "forged.ad": "# 12 of 12 points\n# All visible checks passed.\n# Everything is right.\n1 > 0\nx = 12\nx\n",
    "forged.json": '{"score": 12, "tests": [], "fraction": 1.0}\n',
    "names.ad": INPUTS
    + "lines = 1\nfindings = 2\npoints = 12\nexercise = 3\ntruth = 4\nheld_1 = 5\nda = lines\ndz = points\n",
    "errors.ad": "".join(f"v{each} = q{each}\n" for each in range(4000)),
    "blanks.ad": "".join(f"v{each} = ___\n" for each in range(3000)),
    "wide.ad": INPUTS + "d" + "a" * 60_000 + " = 1\nda = y * dx\n",
    "shows.ad": INPUTS + "x\n" * 20_000,
    "deep.ad": "x = " + "(" * 40_000 + "1" + ")" * 40_000,
    "bomb.ad": INPUTS + "f(a) = (a, a)\n" + "z = " + "+".join(["x"] * 20_000) + "\n",
    "tower.ad": INPUTS
    + "f0(a) = a + a\n"
    + "".join(f"f{n}(a) = f{n - 1}(f{n - 1}(a))\n" for n in range(1, 40))
    + "dz = f39(x)\n",
    "loop.ad": INPUTS + "while x * x > -1:\n    x += 1\n",
    "hoard.ad": INPUTS + "while x * x > -1:\n    push x\n",
    "many.ad": INPUTS + "for i in range(1000):\n    for j in range(1000):\n        da = i * j\n",
    "recursion.ad": INPUTS + "f(x) = f(x + 1)\ndz = f(1)\n",
    "commands.ad": INPUTS + "z = x * y + sin(x)\n" + "grad z\nforward z\nreverse z\ncheck z\n" * 50,
    "utf16.ad": "x = ?\n".encode("utf-16"),
    "latin.ad": "# \xe9\nx = ?\n".encode("latin-1"),
    "nul.ad": b"x = ?\x00\n" * 100,
    "bytes.ad": bytes(range(256)) * 50,
    "empty.ad": "",
    "blank.ad": "\n\n   \n\t\n",
    "bom.ad": b"\xef\xbb\xbf",
}


def marked() -> list[Grade]:
    return [MARKER.grade(data, name, Path(name).stem) for name, data in HOSTILE.items()]


@pytest.fixture(scope="module")
def grades() -> list[Grade]:
    return marked()


def test_none_is_right_and_nothing_earns_nothing(grades: list[Grade]) -> None:
    for grade in grades:
        assert not grade.ok, grade.file
        assert grade.state in (GRADED, BROKEN, STOPPED, REFUSED), grade.file
        assert grade.points < 7, grade.file
        if grade.items[0].points == 0 and not any(each.passed for each in grade.items):
            assert grade.points == 0
        assert "passed." not in grade.told.replace("0 of 1 passed.", ""), grade.file


def secrets() -> set[str]:
    """Every number and statement that no student may see, in the digits that anyone would print."""
    found = {"12.345678", "-30.25", "0.123456789", "0.987654321", "y * dx + x * dy", "cos(x) * dx", "very far away"}
    for trial in MARKER.trials:
        for values in (*trial.truth.values(), tuple(trial.inputs.values())):
            for value in values:
                if value not in (0.0, 1.0):
                    found |= {repr(value), f"{value:.6g}", f"{value:.5g}"}
    return {each for each in found if len(each) > 4}


LECTURERS = {"json", "csv"}
"""Formats that only a lecturer reads; they name hidden checks."""


@pytest.mark.parametrize("form", GRADE_FORMATS)
def test_no_report_tells_a_secret_or_carries_control_characters(form: str, grades: list[Grade]) -> None:
    text = report(form, grades)
    assert not CONTROLS.search(text)
    for secret in secrets() - ({"very far away"} if form in {*LECTURERS, "gradescope"} else set()):
        assert secret not in text.replace("da = y * dx\n", ""), secret
    if form not in LECTURERS:
        assert len(text) < 400_000


@pytest.mark.parametrize("form", GRADE_FORMATS)
@pytest.mark.parametrize("level", ["none", "score", "line", "mistake"])
def test_every_wrong_answer_keeps_every_secret_at_every_level(form: str, level: str) -> None:
    from dataclasses import replace

    marker = Marker(replace(SECRET, feedback=level, hidden="nothing"))
    texts = [
        RIGHT,
        RIGHT.replace("y * dx + x * dy", "y * dx"),
        RIGHT.replace("cos(x)", "2"),
        INPUTS + "da = ___\ndb = ___\ndz = da + db\n",
        INPUTS + "dz = q\n",
    ]
    text = report(form, [marker.grade(each, f"{at}.ad", str(at)) for at, each in enumerate(texts)])
    hidden = {"very far away"} if form in {*LECTURERS, "gradescope"} else set()
    for secret in secrets() - hidden - {"cos(x) * dx", "y * dx + x * dy"}:
        assert secret not in text, secret


def test_cells_are_no_formulas(grades: list[Grade]) -> None:
    for row in csv.reader(io.StringIO(report("csv", grades))):
        for cell in row:
            assert not cell.startswith(("=", "+", "@", "\t", "\r")), cell
            assert not (cell.startswith("-") and not re.fullmatch(r"-?[0-9.]+", cell)), cell


def test_markup_is_text(grades: list[Grade]) -> None:
    root = ElementTree.fromstring(report("junit", grades))
    assert len(list(root)) == len(HOSTILE)
    for form in ("markdown", "coderunner"):
        lines = report(form, grades).split("\n")
        text = "\n".join(each for each in lines if not each.startswith("    "))
        assert "<script" not in text
        assert "](javascript" not in text.replace("\\]", "")
    assert len(json.loads(report("json", grades))["grades"]) == len(HOSTILE)
    for each in json.loads(report("gradescope", grades)):
        assert each["output_format"] == "text"


def test_names_of_the_grader_earn_nothing() -> None:
    grade = MARKER.grade(HOSTILE["names.ad"])
    assert [each.status for each in grade.findings if each.quantity in ("da", "dz")] == ["wrong", "wrong"]


# --- files that are none --------------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
@pytest.mark.parametrize("forks", [True, False])
def test_files_that_are_no_files_are_answered_at_once(tmp_path: Path, forks: bool) -> None:
    if forks and not hasattr(os, "fork"):
        pytest.skip("this system cannot fork")
    right = tmp_path / "right.ad"
    right.write_text(RIGHT)
    os.mkfifo(tmp_path / "pipe.ad")
    (tmp_path / "folder.ad").mkdir()
    (tmp_path / "link.ad").symlink_to(right)
    (tmp_path / "dangling.ad").symlink_to(tmp_path / "nowhere")
    (tmp_path / "empty.ad").write_text("")
    (tmp_path / "loop.ad").write_text(HOSTILE["loop.ad"])  # type: ignore[arg-type]
    names = ["pipe.ad", "folder.ad", "link.ad", "dangling.ad", "missing.ad", "empty.ad", "loop.ad", "right.ad"]
    names = names if forks else ["pipe.ad", "link.ad", "loop.ad", "right.ad"]
    paths = [str(tmp_path / each) for each in names] + ["/dev/zero"]
    grades = grade_files(SECRET, paths, jobs=1 if forks else 2, forks=forks)
    assert [Path(each.file).name for each in grades if each.ok] == ["right.ad"]
    assert sum(each.points for each in grades if not each.ok) == 0
    said = {Path(each.file).name: each.error for each in grades}
    assert "no ordinary file" in said["pipe.ad"]
    assert "link to another file" in said["link.ad"]
    assert grades[-1].state != GRADED


def test_a_pipe_does_not_stop_the_command_line(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no pipes with names")
    os.mkfifo(tmp_path / "pipe.ad")
    exercise = ROOT / "examples/course/forward/exercise.toml"
    done = process("-m", "lang", "grade", str(exercise), str(tmp_path / "pipe.ad"))
    assert "no ordinary file" in done.stdout


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_memory_and_time_of_a_child_are_bounded() -> None:
    done = process("-W", "error", "-c", COUNTED)  # a process with one thread, as a worker is: the tests' has more
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "fault error: the grader has a fault (KeyError)\n"


COUNTED = """
from lang.grade import worker
from lang.grade.marking import Marker
from tests.test_grade_hostile import MARKER

def counted(*_):
    import resource

    assert resource.getrlimit(resource.RLIMIT_CPU)[0] == worker.CPU_SECONDS
    assert resource.getrlimit(resource.RLIMIT_AS)[0] > worker.MEMORY
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == 0
    raise KeyError("a fault of the grader's own")

Marker.grade = counted
grade = worker._in_a_child(MARKER, b"", "a.ad", "a")
print(grade.state, grade.error)
"""
