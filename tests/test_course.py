"""The course's exercises: solutions are right, wrong submissions get the feedback beside them; and the plugin."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lang.grade import check, load
from lang.grade.blanks import blanks
from lang.grade.mistakes import MISTAKES
from tests.test_examples import ROOT

COURSE = ROOT / "examples" / "course"
EXERCISES = sorted(each.parent for each in COURSE.glob("*/exercise.toml"))


def one(folder: Path, pattern: str) -> Path:
    (found,) = folder.glob(pattern)
    return found


def by_name(folder: Path) -> str:
    return folder.name


def test_there_are_six() -> None:
    assert len(EXERCISES) >= 6


@pytest.mark.parametrize("folder", EXERCISES, ids=by_name)
def test_an_exercise_is_whole(folder: Path) -> None:
    names = {each.name for each in folder.iterdir()}
    assert {"statement.md", "exercise.toml", "program.ad", "wrong", "feedback.txt"} <= names
    assert len(list((folder / "wrong").iterdir())) == 3
    assert load(folder / "exercise.toml").title == (folder / "statement.md").read_text().splitlines()[0].strip("# ")


@pytest.mark.parametrize("folder", EXERCISES, ids=by_name)
def test_the_solution_is_right_and_the_template_earns_nothing(folder: Path) -> None:
    assert check(one(folder, "solution.*"), folder / "exercise.toml").ok
    assert check(one(folder, "template.*"), folder / "exercise.toml").points == 0


@pytest.mark.parametrize("folder", EXERCISES, ids=by_name)
def test_wrong_submissions_get_their_feedback(folder: Path, request: pytest.FixtureRequest) -> None:
    grades = [check(each, folder / "exercise.toml") for each in sorted((folder / "wrong").iterdir())]
    assert [grade.ok for grade in grades] == [False] * 3
    assert all(grade.first_wrong and grade.first_wrong.mistake in MISTAKES for grade in grades)
    told = "\n\n".join(grade.told for grade in grades) + "\n"
    path = folder / "feedback.txt"
    if request.config.getoption("--update"):
        path.write_text(told, encoding="utf-8")
    assert told == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", [each for each in EXERCISES if each.name in ("rule", "trace", "fill")], ids=by_name)
def test_the_template_is_made_from_the_program(folder: Path) -> None:
    made = blanks(load(folder / "exercise.toml"))
    words = one(folder, "template.*").read_text().replace("gz = 1", "gz = ___")
    assert [each for each in made.split("\n") if each] == [each for each in words.split("\n") if each]


# --- the pytest plugin --------------------------------------------------------------------------------------------


def run_pytest(folder: Path, *words: str) -> str:
    """What pytest says of a folder, with the plugin and nothing of this project's configuration."""
    paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    plugins = ("-p", "lang.grade.pytest_plugin", "-p", "no:cacheprovider", "-p", "no:xdist")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", str(folder), *plugins, "-v", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": paths, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""},
    )
    return done.stdout + done.stderr


def test_plugin_runs_programs_that_promise(tmp_path: Path) -> None:
    (tmp_path / "test_product.ad").write_text("x = ? 3\nz = x * x    # => 9\ngrad z       # => dz/dx = 6\n")
    (tmp_path / "test_wrong.ad").write_text("x = 3\nx + 1   # => 5\nx + y\n")
    (tmp_path / "other.ad").write_text("1 + 1   # => 2\n")
    said = run_pytest(tmp_path)
    assert "3 passed" not in said
    assert "2 failed, 2 passed" in said
    assert "promised '5'" in said
    assert "I don't know the name `y`" in said
    assert "Traceback" not in said
    assert "other.ad" not in said
    assert "1 passed" in run_pytest(tmp_path, "other.ad")
    assert "2 failed, 3 passed" in run_pytest(tmp_path, "--ad")


def test_plugin_imports_nothing_of_the_language() -> None:
    heavy = ("lark", "numpy", "lang.session")
    code = f"import sys, lang.grade.pytest_plugin; print([each for each in {heavy} if each in sys.modules])"
    paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert done.stdout.strip() == "[]", done.stderr
