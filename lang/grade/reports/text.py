"""Grades -> text and Markdown for people."""

from __future__ import annotations

from collections.abc import Sequence

from lang.diagnostic import visible
from lang.grade import feedback
from lang.grade.facts import BLANK, BROKEN, FAULT, GRADED, MISSING, REFUSED, STOPPED, WRONG, Marks
from lang.grade.mistakes import MISTAKES

MOST_ROWS = 60
"""Lines of a submission that a report goes into."""
MARKS = {"right": "✓", "right for what it was given": "→", "wrong": "✗", "blank": "·"}


def told(grade: Marks) -> str:
    """What one student is told."""
    lines = [f"{visible(grade.file)}: {feedback.headline(grade)}"]
    rows = feedback.marks(grade)
    if rows and not grade.ok:
        rows, more = rows[:MOST_ROWS], len(rows) - MOST_ROWS
        wide = [max(len(row[at]) for row in rows) for at in (0, 1)]
        lines.append("")
        for line, name, said in rows:
            sign = MARKS.get(said.partition(":")[0], " ")
            lines.append(f"  {sign} line {line:>{wide[0]}}  {name:<{wide[1]}}  {said}")
        if more > 0:
            lines.append(f"  and {more} lines more")
    sentences = feedback.sentences(grade)
    if sentences:
        lines += ["", *(f"  {each}" for each in sentences)]
    if grade.error and grade.feedback not in ("none", "score"):
        lines += ["", *(f"  {each}" for each in grade.error.split("\n"))]
    return "\n".join(lines)


def text(grades: Sequence[Marks]) -> str:
    """Each submission's feedback, then a table of all."""
    parts = [told(grade) for grade in grades]
    if len(grades) > 1:
        parts.append(_table(grades))
    return "\n\n".join(parts)


def _table(grades: Sequence[Marks]) -> str:
    full = sum(grade.ok for grade in grades)
    mean = sum(grade.points for grade in grades) / len(grades)
    lines = [
        f"{len(grades)} submissions, {full} with everything right, "
        f"mean {feedback.points(mean)} of {feedback.points(grades[0].most)} points"
    ]
    counted = mistakes(grades)
    if counted:
        lines += ["", "  first mistakes"]
        lines += [f"  {count:>4}  {_titled(key)}" for key, count in counted]
    return "\n".join(lines)


def mistakes(grades: Sequence[Marks]) -> list[tuple[str, int]]:
    """How many submissions have each mistake first, the most frequent on top."""
    counts: dict[str, int] = {}
    for grade in grades:
        first = grade.first_wrong
        if grade.state != GRADED:
            key = grade.state
        elif first is not None and not grade.ok:
            key = first.mistake or (CUT if grade.cut and first.status == MISSING else first.status)
        else:
            continue
        counts[key] = counts.get(key, 0) + 1
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


CUT = "cut"
TITLES = {
    CUT: "a line that cannot be read or run",
    WRONG: "a wrong line, with no name for its mistake",
    MISSING: "something is missing",
    BLANK: "a blank is left",
    BROKEN: "not a program",
    STOPPED: "stopped at a limit",
    REFUSED: "what the exercise does not allow",
    FAULT: "could not be marked",
}
"""What is counted besides mistakes."""


def _titled(key: str) -> str:
    return MISTAKES[key].title if key in MISTAKES else TITLES.get(key, key)


def markdown(grades: Sequence[Marks]) -> str:
    """A table of all, then each submission's feedback."""
    title = _plain(visible(grades[0].title)) if grades else "Grades"
    lines = [f"# {title}", "", "| submission | points | of | first thing to look at |", "| --- | ---: | ---: | --- |"]
    for grade in grades:
        name = _plain(visible(grade.file))
        shown = feedback.headline(grade) != "received"
        got = feedback.points(feedback.shown_points(grade)) if shown else ""
        most = feedback.points(feedback.shown_most(grade)) if shown else ""
        lines.append(f"| {name} | {got} | {most} | {_escaped(feedback.summary(grade))} |")
    for grade in grades:
        lines += ["", f"## {_plain(visible(grade.file))}", "", f"**{feedback.headline(grade)}**"]
        rows = feedback.marks(grade)
        if rows and not grade.ok:
            lines += ["", "| line | name | |", "| ---: | --- | --- |"]
            lines += [f"| {line} | {_code(name)} | {_escaped(said)} |" for line, name, said in rows[:MOST_ROWS]]
        lines += [line for each in feedback.sentences(grade) for line in ("", _escaped(each))]
        if grade.error and grade.feedback not in ("none", "score"):
            lines += ["", *(f"    {each}" for each in grade.error.split("\n"))]
    return "\n".join(lines)


def _code(name: str) -> str:
    return f"`{name.replace('`', chr(39)).replace('|', chr(92) + '|')}`" if name else ""


def _escaped(words: str) -> str:
    """Words that hold no Markdown but names in backquotes."""
    parts = visible(words).split("`")
    if len(parts) % 2 == 0:
        return _plain("`".join(parts))
    return "".join(f"`{_in_code(part)}`" if at % 2 else _plain(part) for at, part in enumerate(parts))


def _plain(text: str) -> str:
    """Words in which nothing is Markdown or HTML."""
    return "".join(WRITTEN.get(sign, sign) for sign in text)


def _in_code(text: str) -> str:
    """Words between backquotes in a cell of a table."""
    return text.replace("|", "\\|")


SIGNS = "\\|*_[]()#`~!"
WRITTEN = {"<": "&lt;", ">": "&gt;", "&": "&amp;", **{sign: "\\" + sign for sign in SIGNS}}
"""How a sign is written that would mean something."""
