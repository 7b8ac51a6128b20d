"""Exercises and submissions -> points, the first wrong line, and the mistake behind it (level 10).

Comes in: an exercise (a TOML file beside its programs) and texts that strangers wrote. Goes out: a `Grade`, facts that
every report is made of. Must not know: terminals and options.

    exercise        what is asked;  exercise_file   the TOML file that asks it
    variants        a student's name -> that student's numbers
    blanks          a program -> the same with blanks to fill in

    quantities      what lines compute;  wanted   what a right answer amounts to
    expected        an exercise -> what is right;  builder   values, tangents;  expected_back   adjoints
    outline         statements in order, what moves;  inlining   functions' bodies in the places of their calls
    differential    an expression -> its differential;  sweep   executed statements -> adjoints
    trials          an exercise -> points, and what is true there
    standard        all of these, worked out once for all submissions

    submission      text -> a program to watch
    watching        a program -> events: which line gave which value
    evidence        events -> what each name held;  naming, aliases   names -> quantities
    evaluating      an expression -> a number, again and again;  numbers   many of them at once

    judge           a submission, the standard -> a verdict, by one of the hearings
    hearing         a line is right when it gives what its definition gives from what it read;  cases   what that was
    hearing_back    the same on the way back through loops and branches;  meeting, following   where it goes wrong
    overall         what is to be said of a submission as a whole
    inside          the wrong line in a function;  splitting   the wrong step in a statement that was split
    summing         the wrong summand of a line that adds up
    tables          a table worked out by hand -> findings

    mistakes        one table: every mistake that has a name;  mistakes_rule, mistakes_back   parts of it
    blame           a wrong line's numbers -> its mistake
    change_rule, change_line, change_contribution, change_sweep     make mistakes: in a rule, in a line, on the way back
    pairs           makes two at once;  factors   what is right in a line that none of them explains

    facts           findings and marks;  feedback   their words;  grade   a grade that says itself
    reports         grades -> text, JSON, JUnit, Gradescope, ...
    marking         the one path that every face goes: exercise, submission -> grade
    checking        `check` and `require`, for Python programs
    pool            many files, on all cores;  worker   a process that marks
    promises        `# => value` comments -> what they promise;  pytest_plugin   the same as tests

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
