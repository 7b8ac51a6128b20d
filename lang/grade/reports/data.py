"""Grades -> JSON with every fact, and CSV with a row for each submission; both for lecturers."""

from __future__ import annotations

import csv as tables
import io
import json as notation
from collections.abc import Sequence
from typing import Any

from lang.diagnostic import visible
from lang.grade import feedback
from lang.grade.facts import Marks
from lang.grade.mistakes import MISTAKES

SCHEMA = "adlang-grade/1"
COLUMNS = ("file", "student", "state", "points", "of", "percent", "first_wrong_line", "name", "mistake", "feedback")


def json(grades: Sequence[Marks]) -> str:
    """One object with everything."""
    return notation.dumps({"schema": SCHEMA, "grades": [fact(grade) for grade in grades]}, indent=2)


def fact(grade: Marks) -> dict[str, Any]:
    """A grade as plain data."""
    return {
        "file": grade.file,
        "student": grade.student,
        "exercise": grade.title,
        "state": grade.state,
        "points": grade.points,
        "of": grade.most,
        "fraction": round(grade.fraction, 6),
        "ok": grade.ok,
        "items": [
            {
                "name": each.name,
                "points": round(each.points, 6),
                "of": each.most,
                "visible": each.visible,
                "passed": each.passed,
            }
            for each in grade.items
        ],
        "findings": [
            {
                "quantity": each.quantity,
                "name": each.name,
                "line": each.line,
                "status": each.status,
                "mistake": each.mistake,
                "title": MISTAKES[each.mistake].title if each.mistake in MISTAKES else "",
            }
            for each in grade.findings
        ],
        "cut": grade.cut,
        "error": grade.error,
        "feedback": feedback.sentences(grade),
        "seconds": round(grade.seconds, 4),
    }


def csv(grades: Sequence[Marks]) -> str:
    """A head and a row for each submission."""
    written = io.StringIO()
    rows = tables.writer(written, lineterminator="\n")
    rows.writerow(COLUMNS)
    for grade in grades:
        first = grade.first_wrong
        rows.writerow(
            [
                _cell(grade.file),
                _cell(grade.student),
                grade.state,
                feedback.points(grade.points),
                feedback.points(grade.most),
                f"{100 * grade.fraction:.1f}",
                (first.line if first and first.line else grade.cut) or "",
                _cell(first.name or first.quantity) if first else "",
                first.mistake if first else "",
                _cell(" ".join(filter(None, (*feedback.sentences(grade), feedback.told_error(grade))))),
            ]
        )
    return written.getvalue().rstrip("\n")


def _cell(words: str) -> str:
    """Words that no spreadsheet takes for a formula."""
    text = visible(words)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
