"""A grade's findings -> what a student is told, in plain words.

Law: words never give an answer: no right value, no right statement, no point at which it was tried. How much is said is
the exercise's `feedback`: nothing, the score, the first wrong line, or the mistake too. "Passed" is said of what the
student can see only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lang.diagnostic import visible
from lang.grade.facts import (
    BLANK,
    BROKEN,
    CARRIED,
    FAULT,
    GRADED,
    MISSING,
    REFUSED,
    RIGHT,
    STOPPED,
    WRONG,
    Finding,
    Marks,
)
from lang.grade.mistakes import MISTAKES

LINE, MISTAKE = "line", "mistake"
STATES = {
    BROKEN: "It cannot be read, so nothing in it was marked.",
    STOPPED: "It was stopped: it needs more than a submission may use.",
    REFUSED: "It uses what this exercise does not allow.",
    FAULT: "It could not be marked. This is not your fault; tell your lecturer.",
}


def points(number: float) -> str:
    """`7.5`, `10`."""
    return f"{round(number, 2):g}"


def headline(grade: Marks) -> str:
    """The score in a line, or that nothing is said."""
    if grade.feedback == "none":
        return "received"
    return f"{points(shown_points(grade))} of {points(shown_most(grade))} points"


def shown_points(grade: Marks) -> float:
    """The points of what the student may see."""
    return sum(each.points for each in grade.items if each.visible or grade.hidden == "count")


def shown_most(grade: Marks) -> float:
    """All points of what the student may see."""
    return sum(each.most for each in grade.items if each.visible or grade.hidden == "count")


def sentences(grade: Marks) -> list[str]:
    """What the student is told, besides the score and the error's own lines."""
    if grade.feedback in ("none", "score"):
        return []
    if grade.state != GRADED:
        return [STATES[grade.state]]
    return [*_about_lines(grade), *_about_checks(grade)]


def summary(grade: Marks) -> str:
    """One sentence: the first thing that is wrong, or that nothing is."""
    first = sentences(grade)
    if not first:
        return headline(grade)
    wrong = any(each.status == WRONG for each in grade.findings)
    return first[0] if wrong or not grade.error else f"{first[0]} {told_error(grade)}"


def told_error(grade: Marks) -> str:
    """The first line of what is wrong with a submission as a program; empty where nothing is."""
    return grade.error.partition("\n")[0]


def _about_lines(grade: Marks) -> Iterator[str]:
    wrong = [each for each in grade.findings if each.status == WRONG]
    if grade.items and grade.items[0].passed:
        return
    if wrong:
        yield _located(wrong[0])
        if grade.feedback == MISTAKE:
            yield from explanation(wrong[0])
    carried = [each.name for each in grade.findings if each.status == CARRIED]
    if carried:
        yield f"{_list(carried)} {_is(carried)} right for what {'it was' if len(carried) == 1 else 'they were'} given."
    blank = [each.name for each in grade.findings if each.status == BLANK]
    if blank:
        yield f"{_list(blank)} {_is(blank)} still blank." if len(blank) < 6 else _many(blank, "still blank")
    missing = [each.name or each.quantity for each in grade.findings if each.status == MISSING]
    if grade.cut:
        yield f"From line {grade.cut} on nothing was marked."
    elif missing and not (wrong and grade.error):
        yield f"{_list(missing)} {_is(missing)} missing." if len(missing) < 6 else _many(missing, "missing")
    if len(wrong) > 1:
        others = sorted({each.line for each in wrong[1:] if each.line})
        if others:
            yield f"There is more to look at on line{'s' if len(others) > 1 else ''} {', '.join(map(str, others))}."


def _many(names: Sequence[str], what: str) -> str:
    return f"{', '.join(map(_list, zip(names[:4])))} and {len(names) - 4} more are {what}."


def _located(finding: Finding) -> str:
    """`dx and dy are right; da on line 6 is wrong.`"""
    name = f"`{visible(finding.name or finding.quantity)[:60]}`"
    place = f" on line {finding.line}" if finding.line else ""
    if not finding.reads:
        return f"{name}{place} is wrong."
    return f"{_list(finding.reads[:4])} {_is(finding.reads)} right; {name}{place} is wrong."


def explanation(finding: Finding) -> Iterator[str]:
    """The mistake behind a line, and where to look."""
    found = MISTAKES.get(finding.mistake)
    if found is None:
        return
    words = {"name": finding.name or finding.quantity, "op": "", "other": "", "number": "", **dict(finding.detail)}
    if finding.name:
        words["name"] = finding.name
    text = found.why
    for word, value in words.items():
        text = text.replace("{" + word + "}", visible(value)[: 300 if word == "both" else 60])
    yield f"{found.title[0].upper()}{found.title[1:]}. {text}"
    rule = words.get("rule", "")
    look = found.look.replace("{name}", visible(words["name"])[:60])
    look = look.replace("{rule}", f" {rule}") if rule else look.replace("{rule}` shows the rule", "` shows every rule")
    yield f"Look: {look}" if look.endswith("?") else f"Look: {look}."


def _about_checks(grade: Marks) -> Iterator[str]:
    visible_ones = [each for each in grade.items if each.visible]
    hidden = [each for each in grade.items if not each.visible]
    failed = [each.name for each in visible_ones[1:] if not each.passed]
    if failed:
        yield f"Not passed: {', '.join(failed)}."
    elif visible_ones and all(each.passed for each in visible_ones):
        other = next((each for each in grade.findings if each.status == WRONG), None)
        said = "All that is asked for is right." if other is not None else "Everything is right."
        yield "All visible checks passed." if hidden else said
        if other is not None:
            yield _located(replace(other, reads=()))
            if grade.feedback == MISTAKE:
                yield from explanation(other)
    if hidden and grade.hidden == "count":
        passed = sum(each.passed for each in hidden)
        yield f"Hidden checks: {passed} of {len(hidden)} passed."


def marks(grade: Marks) -> list[tuple[str, str, str]]:
    """A row for each line: the line, the name, what is said of it. Empty where feedback does not go into lines."""
    if grade.feedback in ("none", "score") or grade.state != GRADED:
        return []
    rows = []
    for each in grade.findings:
        if each.status == MISSING or not each.line:
            continue
        title = MISTAKES[each.mistake].title if each.mistake and grade.feedback == MISTAKE else ""
        rows.append((str(each.line), visible(each.name)[:40], SAID[each.status] + (f": {title}" if title else "")))
    return rows


SAID = {
    RIGHT: "right",
    CARRIED: "right for what it was given",
    WRONG: "wrong",
    BLANK: "blank",
}


def _list(names: Sequence[str]) -> str:
    quoted = [f"`{visible(each)[:60]}`" for each in dict.fromkeys(names)]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _is(names: Sequence[str]) -> str:
    return "is" if len(dict.fromkeys(names)) == 1 else "are"
