"""Grades -> JUnit's XML, a suite for each submission and a case for each thing that gives points."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from lang.diagnostic import visible
from lang.grade import feedback
from lang.grade.facts import GRADED, Grade
from lang.grade.reports.text import told


def junit(grades: Sequence[Grade]) -> str:
    """One document for all submissions."""
    root = Xml.Element("testsuites", name=_clean(grades[0].title if grades else "grades"))
    for grade in grades:
        shown = [each for each in grade.items if each.visible]
        failures = sum(not each.passed for each in shown) if grade.state == GRADED else 0
        errors = 0 if grade.state == GRADED else len(shown)
        suite = Xml.SubElement(
            root,
            "testsuite",
            name=_clean(grade.file),
            tests=str(len(shown)),
            failures=str(failures),
            errors=str(errors),
        )
        for each in shown:
            case = Xml.SubElement(suite, "testcase", classname=_clean(grade.file), name=_clean(each.name))
            if not each.passed:
                kind = "failure" if grade.state == GRADED else "error"
                trouble = Xml.SubElement(case, kind, message=_clean(feedback.summary(grade)))
                trouble.text = "\n".join(map(_clean, told(grade).split("\n")))
    Xml.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(root, encoding="unicode")


def _clean(words: str) -> str:
    """Words without characters that XML does not have."""
    return visible(words)
