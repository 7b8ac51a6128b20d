"""Grades -> what learning platforms read: Gradescope, PrairieLearn, CodeRunner.

One submission gives the platform's own object; several give a list of them.

Sources: Gradescope, "Autograder Specifications" (output format); PrairieLearn, "External grading" (results);
CodeRunner, "Template graders" (JSON with fraction, prologuehtml, testresults).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from lang.diagnostic import visible
from lang.grade import feedback
from lang.grade.facts import FAULT, Marks
from lang.grade.reports.text import told

Made = dict[str, Any]


def gradescope(grades: Sequence[Marks]) -> str:
    """`results.json`: a score, and a test for each thing that gives points; hidden ones are hidden there too."""

    def one(grade: Marks) -> Made:
        tests = [
            {
                "name": each.name,
                "score": round(each.points, 6),
                "max_score": each.most,
                "status": "passed" if each.passed else "failed",
                "visibility": "visible" if each.visible else "hidden",
            }
            for each in grade.items
        ]
        return {
            "score": grade.points,
            "output": told(grade),
            "output_format": "text",
            "visibility": "hidden" if grade.feedback == "none" else "visible",
            "stdout_visibility": "hidden",
            "tests": tests,
        }

    return _written(grades, one)


def prairielearn(grades: Sequence[Marks]) -> str:
    """`results.json`: a score from 0 to 1 and the visible tests."""

    def one(grade: Marks) -> Made:
        said = grade.feedback != "none"
        return {
            "gradable": grade.state != FAULT,
            "score": round(grade.fraction, 6),
            "message": feedback.headline(grade),
            "output": told(grade) if said else "",
            "tests": [
                {"name": each.name, "points": round(each.points, 6), "max_points": each.most, "message": ""}
                for each in grade.items
                if each.visible and said
            ],
        }

    return _written(grades, one)


def coderunner(grades: Sequence[Marks]) -> str:
    """A template grader's result: the fraction, words as HTML, and a table of the visible checks."""

    def one(grade: Marks) -> Made:
        rows: list[list[Any]] = [["iscorrect", "Check", "Points"]]
        for each in grade.items:
            if each.visible and grade.feedback != "none":
                points = f"{feedback.points(each.points)} of {feedback.points(each.most)}"
                rows.append([1 if each.passed else 0, escape(visible(each.name)), points])
        return {
            "fraction": round(grade.fraction, 6),
            "prologuehtml": f"<pre>{escape(told(grade))}</pre>",
            "testresults": rows,
            "showdifferences": False,
        }

    return _written(grades, one)


def _written(grades: Sequence[Marks], one: Callable[[Marks], Made]) -> str:
    made = [one(grade) for grade in grades]
    return json.dumps(made[0] if len(made) == 1 else made, indent=2)
