"""Exercises and submissions -> points, the first wrong line, and the mistake behind it (level 8).

Comes in: an exercise (a TOML file beside its programs) and texts that strangers wrote. Goes out: a `Grade`, facts that
every report is made of. Must not know: terminals and options.

    exercise_file  the TOML file -> Exercise                  submission   text -> events: which line gave which value
    expected     the program -> what is right, line by line   judge        events -> which lines are right, given theirs
    mistakes     one table: every mistake that has a name     feedback     findings -> words
    pool         many files, each in a process of its own     reports/     grades -> text, JSON, JUnit, Gradescope, ...

Law: nothing that a submission prints, names or raises decides a point; only the numbers its lines compute do.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lang.grade.checking import check, require
    from lang.grade.exercise import Exercise
    from lang.grade.exercise_file import load
    from lang.grade.facts import Finding
    from lang.grade.grade import Grade

_HOMES = {
    "check": "lang.grade.checking",
    "require": "lang.grade.checking",
    "Exercise": "lang.grade.exercise",
    "load": "lang.grade.exercise_file",
    "Finding": "lang.grade.facts",
    "Grade": "lang.grade.grade",
}

__all__ = ["Exercise", "Finding", "Grade", "check", "load", "require"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module `lang.grade` has no `{name}`")
    return getattr(import_module(_HOMES[name]), name)
