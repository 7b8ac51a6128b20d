"""A program and an exercise -> a grade, for tests, notebooks and other graders.

Law: the same marking as `ad grade`, in this process and within the limits for other people's programs; only `ad grade`
adds a process of its own for each submission.

    grade = lang.grade.check("x = ? ...", "exercise.toml")
    assert grade, grade.told                    # pytest, nbgrader
    lang.grade.require(text, "exercise.toml")   # otter, and any cell: raises with the feedback
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from lang.grade.exercise import Exercise
from lang.grade.exercise_file import load
from lang.grade.grade import Grade
from lang.grade.marking import Marker
from lang.program import Program


def check(program: Program | str | Path, exercise: Exercise | str | Path, student: str = "") -> Grade:
    """Mark a submission.

    Args:
        program: its text, its path (a `Path`), or a program.
        exercise: an exercise, or the path of its TOML file.
        student: whose variant it is.

    Returns:
        The grade; it is true where everything is right, and `print(grade)` shows what a student is told.

    Raises:
        OSError: a file cannot be read. ExerciseError: the exercise is none.
    """
    if isinstance(program, Path):
        data: bytes | str = program.read_bytes()
        label = program.name
    elif isinstance(program, Program):
        data, label = program.source.text, program.source.name
    else:
        data, label = program, "<submission>"
    return _marker(exercise, student).grade(data, label, student)


def require(program: Program | str | Path, exercise: Exercise | str | Path, student: str = "") -> Grade:
    """Mark a submission that has to be right.

    Raises:
        AssertionError: it is not; the message is what a student is told.
    """
    grade = check(program, exercise, student)
    if not grade:
        raise AssertionError(grade.told)
    return grade


def _marker(exercise: Exercise | str | Path, student: str) -> Marker:
    if isinstance(exercise, Exercise):
        return Marker(exercise.variant(student))
    path = Path(exercise)
    stamps = tuple(
        sorted((each.name, each.stat().st_mtime_ns) for each in path.resolve().parent.iterdir() if each.is_file())
    )
    return _cached(str(path.resolve()), stamps, student)


@lru_cache(maxsize=32)
def _cached(path: str, stamps: tuple[tuple[str, int], ...], student: str) -> Marker:
    return Marker(load(path).variant(student))
