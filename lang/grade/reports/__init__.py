"""Grades -> the reports of people and of learning platforms; one file for each family of formats.

Law: every format tells a student the same, and no more than the exercise allows; and whatever a submission holds, a
report is well-formed: no control characters, no markup, no formulas of spreadsheets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

from lang.grade.facts import Marks

Report = Callable[[Sequence[Marks]], str]

FORMATS = {
    "text": "text",
    "json": "data",
    "csv": "data",
    "junit": "junit",
    "markdown": "text",
    "gradescope": "platforms",
    "prairielearn": "platforms",
    "coderunner": "platforms",
}
"""Each format, and the file that writes it."""


def report(form: str, grades: Sequence[Marks]) -> str:
    """The report of some grades, without a last line end."""
    write: Report = getattr(import_module(f"lang.grade.reports.{FORMATS[form]}"), form)
    return write(grades)
