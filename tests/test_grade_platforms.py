"""Reports have the shapes that learning platforms document, and autograders take cells that require a grade."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from lang.grade.exercise import Check, Exercise
from lang.grade.grade import Grade
from lang.grade.marking import Marker
from lang.grade.reports import report
from tests.test_examples import ROOT
from tests.wrong_answers import LECTURE

EXERCISE = ROOT / "examples" / "course" / "forward"
INPUTS = "x = ?\ndx = ?\ny = ?\ndy = ?\n"
RIGHT = INPUTS + "a = x * y\nda = y * dx + x * dy\nb = sin(x)\ndb = cos(x) * dx\nz = a + b\ndz = da + db\n"
TEXTS = {"anna.ad": RIGHT, "ben.ad": RIGHT.replace(" + x * dy", ""), "cleo.ad": "x = (", "dan.ad": ""}


@pytest.fixture(scope="module")
def grades() -> list[Grade]:
    checks = (Check("far away", {"x": 12.5, "y": -30}, {}, 2.0, False), Check("near", {"x": 1, "y": 2}, {}, 1.0, True))
    marker = Marker(Exercise("Forward mode", "derivative", LECTURE, points=10.0, checks=checks))
    return [marker.grade(text, name, name[:-3]) for name, text in TEXTS.items()]


def whole(shape: Any, value: Any, where: str = "") -> None:
    """Check a value against a shape: a type, a set of values, a list of one shape, or a dict of keys (`?` optional)."""
    if isinstance(shape, dict):
        assert isinstance(value, dict), where
        assert set(value) <= {key.rstrip("?") for key in shape}, where
        for key, inner in shape.items():
            if key.rstrip("?") in value or not key.endswith("?"):
                whole(inner, value[key.rstrip("?")], f"{where}.{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list), where
        for at, each in enumerate(value):
            whole(shape[0], each, f"{where}[{at}]")
    elif isinstance(shape, set):
        assert value in shape, where
    else:
        assert isinstance(value, shape), where
        assert not (shape is not bool and isinstance(value, bool)), where


NUMBER = (int, float)
VISIBLE = {"hidden", "after_due_date", "after_published", "visible"}
FORMATS = {"text", "html", "simple_format", "md", "ansi"}
GRADESCOPE = {
    "score?": NUMBER,
    "execution_time?": NUMBER,
    "output?": str,
    "output_format?": FORMATS,
    "test_output_format?": FORMATS,
    "test_name_format?": FORMATS,
    "visibility?": VISIBLE,
    "stdout_visibility?": VISIBLE,
    "extra_data?": dict,
    "tests?": [
        {
            "score?": NUMBER,
            "max_score?": NUMBER,
            "status?": {"passed", "failed"},
            "name?": str,
            "name_format?": FORMATS,
            "number?": str,
            "output?": str,
            "output_format?": FORMATS,
            "tags?": [str],
            "visibility?": VISIBLE,
            "extra_data?": dict,
        }
    ],
}
PRAIRIELEARN = {
    "gradable": bool,
    "score": NUMBER,
    "message?": str,
    "output?": str,
    "images?": list,
    "tests?": [
        {"name": str, "description?": str, "points": NUMBER, "max_points": NUMBER, "message?": str, "output?": str}
    ],
}
CODERUNNER = {
    "fraction": NUMBER,
    "prologuehtml?": str,
    "epiloguehtml?": str,
    "testresults?": [list],
    "columnformats?": [str],
    "showdifferences?": bool,
    "graderstate?": str,
}


@pytest.mark.parametrize(
    ("form", "shape"), [("gradescope", GRADESCOPE), ("prairielearn", PRAIRIELEARN), ("coderunner", CODERUNNER)]
)
def test_results_have_the_documented_shape(form: str, shape: Any, grades: list[Grade]) -> None:
    for grade, made in zip(grades, json.loads(report(form, grades)), strict=True):
        whole(shape, made, grade.file)
    alone = json.loads(report(form, grades[:1]))
    whole(shape, alone, "alone")


def test_numbers_mean_what_platforms_take_them_for(grades: list[Grade]) -> None:
    for grade in grades:
        scope = json.loads(report("gradescope", [grade]))
        assert scope["score"] == pytest.approx(sum(each["score"] for each in scope["tests"]), abs=1e-5)
        assert all(0 <= each["score"] <= each["max_score"] for each in scope["tests"])
        assert 0 <= json.loads(report("prairielearn", [grade]))["score"] <= 1
        runner = json.loads(report("coderunner", [grade]))
        assert 0 <= runner["fraction"] <= 1
        head, *rows = runner["testresults"]
        assert head[0] == "iscorrect"
        assert all(len(row) == len(head) and row[0] in (0, 1) for row in rows)


JUNIT = {
    "testsuites": ({"name", "time", "tests", "failures", "errors", "disabled"}, {"testsuite"}, set()),
    "testsuite": (
        {"name", "tests", "failures", "errors", "time", "skipped", "timestamp", "hostname", "id", "package"},
        {"properties", "testcase", "system-out", "system-err"},
        {"name", "tests"},
    ),
    "testcase": (
        {"name", "assertions", "time", "classname", "status"},
        {"skipped", "error", "failure", "system-out", "system-err"},
        {"name", "classname"},
    ),
    "failure": ({"type", "message"}, set(), set()),
    "error": ({"type", "message"}, set(), set()),
}
"""What Jenkins' schema lets stand: attributes, elements, and the attributes that must be there."""


def test_junit_follows_the_schema_and_counts_right(grades: list[Grade]) -> None:
    root = ElementTree.fromstring(report("junit", grades))
    for node in root.iter():
        attributes, children, needed = JUNIT[node.tag]
        assert needed <= set(node.attrib) <= attributes
        assert {each.tag for each in node} <= children
    assert root.get("tests") == str(len(list(root.iter("testcase"))))
    for word in ("failure", "error"):
        assert root.get(f"{word}s") == str(len(list(root.iter(word))))
        assert sum(int(each.get(f"{word}s", 0)) for each in root) == len(list(root.iter(word)))


# --- autograders ----------------------------------------------------------------------------------------------------

ANSWERS = {"anna": "solution.ad", "ben": "wrong/one_term.ad"}


def environment(folder: Path) -> dict[str, str]:
    """Where the autograder's own programs, this project and a kernel of this interpreter are found."""
    kernel = folder / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (kernel / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "Python 3", "language": "python"}))
    paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    here = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {
        **os.environ,
        "PATH": here,
        "PYTHONPATH": paths,
        "JUPYTER_PATH": str(folder / "jupyter"),
        "HOME": str(folder),
    }


def notebook(path: Path, cells: list[tuple[str, dict[str, Any]]]) -> None:
    import nbformat

    facts = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    made = nbformat.v4.new_notebook(metadata=facts)
    made.cells = [nbformat.v4.new_code_cell(text, metadata=more) for text, more in cells]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(made, path)


def test_nbgrader_marks_a_cell_that_requires_a_grade(tmp_path: Path) -> None:
    pytest.importorskip("nbgrader", reason="nbgrader is not installed (`pip install nbgrader`)")
    cell = {"schema_version": 3, "task": False}
    solution = {"nbgrader": {**cell, "grade": False, "solution": True, "locked": False, "grade_id": "answer"}}
    test = {"nbgrader": {**cell, "grade": True, "solution": False, "locked": True, "points": 12, "grade_id": "test"}}
    part = {"nbgrader": {**test["nbgrader"], "grade_id": "part"}}
    toml = str(EXERCISE / "exercise.toml")
    for student, answer in {"": "solution.ad", **ANSWERS}.items():
        folder = tmp_path / (f"submitted/{student}" if student else "source") / "ps1"
        text = (EXERCISE / answer).read_text()
        notebook(
            folder / "problem.ipynb",
            [
                (f'answer = """{text}"""', solution),
                (f"import lang.grade\nlang.grade.require(answer, {toml!r})", test),
                (f"import lang.grade\nround(lang.grade.check(answer, {toml!r}).points, 2)", part),
            ],
        )
    (tmp_path / "nbgrader_config.py").write_text("get_config().CourseDirectory.course_id = 'ad'\n")
    settings = environment(tmp_path)
    for words in (["generate_assignment", "ps1", "--create"], ["autograde", "ps1"]):
        command = [sys.executable, "-m", "nbgrader", *words]
        done = subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr[-3000:]
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
        found = {
            each.student.id: {one.name: one.score for sheet in each.notebooks for one in sheet.grades}
            for each in book.assignment_submissions("ps1")
        }
    assert found["anna"] == {"test": 12.0, "part": 12.0}
    assert found["ben"] == {"test": 0.0, "part": 6.67}
    told = (tmp_path / "autograded" / "ben" / "ps1" / "problem.ipynb").read_text()
    assert "Product rule with a term missing" in told


def test_otter_marks_a_notebook_with_a_test_that_requires_a_grade(tmp_path: Path) -> None:
    pytest.importorskip("otter", reason="otter-grader is not installed (`pip install otter-grader`)")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "q1.py").write_text(
        "from otter.test_files import test_case\nOK_FORMAT = False\nname = 'q1'\npoints = 12\n\n"
        "@test_case(points=12)\ndef test_forward(answer):\n    import lang.grade\n"
        f"    lang.grade.require(answer, {str(EXERCISE / 'exercise.toml')!r})\n"
    )
    settings = environment(tmp_path)

    def otter(*words: str) -> None:
        command = [sys.executable, "-m", "otter", *words]
        done = subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr[-3000:]

    otter("generate", "-t", "tests", "--no-environment")
    scores = {}
    for student, answer in ANSWERS.items():
        text = (EXERCISE / answer).read_text()
        notebook(tmp_path / f"{student}.ipynb", [(f'answer = """{text}"""', {})])
        (tmp_path / student).mkdir()
        otter("run", "-a", "autograder.zip", f"{student}.ipynb", "-o", student)
        results = json.loads((tmp_path / student / "results.json").read_text())
        scores[student] = [each["score"] for each in results["tests"] if each["name"] == "q1"]
        told = results["tests"][-1]["output"]
        assert ("Product rule with a term missing" in told) == (student == "ben")
    assert scores == {"anna": [12], "ben": [0]}
