"""Grades -> JUnit's XML, a suite for each submission and a case for each thing that gives points.

Source: the schema of Jenkins' xUnit plugin (jenkins-junit.xsd).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as Xml

from lang.diagnostic import visible
from lang.grade import feedback
from lang.grade.facts import GRADED, Marks
from lang.grade.reports.text import told


def junit(grades: Sequence[Marks]) -> str:
    """One document for all submissions."""
    root = Xml.Element("testsuites", name=_clean(grades[0].title if grades else "grades"))
    sums = {"tests": 0, "failures": 0, "errors": 0}
    for grade in grades:
        shown = [each for each in grade.items if each.visible]
        wrong = sum(not each.passed for each in shown)
        counts = {"tests": len(shown), "failures": 0, "errors": 0}
        counts["failures" if grade.state == GRADED else "errors"] = wrong
        sums = {word: sums[word] + count for word, count in counts.items()}
        seconds = f"{grade.seconds:.3f}"
        about = {"name": _clean(grade.file), **_words(counts), "time": seconds}
        suite = Xml.SubElement(root, "testsuite", about)
        for each in shown:
            case = Xml.SubElement(suite, "testcase", classname=_clean(grade.file), name=_clean(each.name), time="0")
            if not each.passed:
                kind = "failure" if grade.state == GRADED else "error"
                trouble = Xml.SubElement(case, kind, message=_clean(feedback.summary(grade)), type=grade.state)
                trouble.text = "\n".join(map(_clean, told(grade).split("\n")))
    root.attrib.update(_words(sums))
    Xml.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(root, encoding="unicode")


def _words(counts: Mapping[str, int]) -> dict[str, str]:
    return {word: str(count) for word, count in counts.items()}


def _clean(words: str) -> str:
    """Words without characters that XML does not have."""
    return visible(words)
