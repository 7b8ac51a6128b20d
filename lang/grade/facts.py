"""What marking finds out: the facts that every report is made of.

Law: facts hold no words for people but those of the submission's own errors; `feedback` words them, so a lecturer can
say how much students are told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lang.errors import AdError

RIGHT, CARRIED, WRONG, MISSING, BLANK = "right", "carried", "wrong", "missing", "blank"
"""A line is right; right for what it was given; wrong though what it was given is right; not there; left blank."""

GRADED, BROKEN, STOPPED, REFUSED, FAULT = "graded", "broken", "stopped", "refused", "fault"
"""What became of a submission: marked; not a program; over a limit; not allowed; the grader's own fault."""


class Mistake(NamedTuple):
    """A row of the table of mistakes.

    Attributes:
        title: a few words for tables and statistics.
        why: what was done, in a sentence.
        look: where to look.
    """

    title: str
    why: str
    look: str


@dataclass(frozen=True)
class Finding:
    """One line of a submission, or a quantity it should compute.

    Attributes:
        quantity: what is meant, in the exercise's names: `da`.
        name: what the submission calls it; empty where it has none.
        line: where it gets its value, from 1; 0 where nowhere.
        status: `right`, `carried`, `wrong`, `missing` or `blank`.
        reads: the quantities that the line reads and that are right.
        mistake: the key of the mistake that gives the submission's numbers; empty where none does.
        detail: what goes into that mistake's words.
        earns: is it worth points? The differential of a constant is not, nor is a number that never changes.
    """

    quantity: str
    name: str
    line: int
    status: str
    reads: tuple[str, ...] = ()
    mistake: str = ""
    detail: tuple[tuple[str, str], ...] = ()
    earns: bool = True


def first_wrong(findings: Sequence[Finding]) -> Finding | None:
    """The first line that is wrong though what it was given is right; else the first that is missing."""
    for status in (WRONG, BLANK, MISSING):
        for each in findings:
            if each.status == status:
                return each
    return None


@dataclass
class Verdict:
    """What the judge finds.

    Attributes:
        state: of the submission.
        findings: in the order of the submission's lines, missing quantities last.
        met: for each check, by its number: do all required quantities have their values there?
        error: what stopped it.
        cut: the line from which on nothing was marked; 0 where all was.
    """

    state: str
    findings: list[Finding] = field(default_factory=list)
    met: dict[int | None, bool] = field(default_factory=dict)
    error: AdError | None = None
    cut: int = 0


@dataclass(frozen=True)
class Item:
    """One thing that gives points.

    Attributes:
        name: what reports call it.
        points, most: what it gave, and could give.
        visible: may the student see it?
        passed: did it hold as a whole?
    """

    name: str
    points: float
    most: float
    visible: bool
    passed: bool


@dataclass(frozen=True)
class Marks:
    """What a submission is worth, and why.

    Attributes:
        file: the submission.
        student: whose it is.
        title: of the exercise.
        state: `graded`, `broken`, `stopped`, `refused` or `fault`.
        items: what gave points.
        findings: line by line, in the order of the submission.
        error: what is wrong with it as a program, as people read it; empty where nothing is.
        feedback, hidden: how much the student is told.
        cut: the line from which on nothing was marked, because of the error; 0 where all was.
    """

    file: str
    student: str
    title: str
    state: str
    items: tuple[Item, ...]
    findings: tuple[Finding, ...] = ()
    error: str = ""
    feedback: str = "mistake"
    hidden: str = "count"
    seconds: float = field(default=0.0, compare=False)
    cut: int = 0

    @property
    def points(self) -> float:
        """All points it got."""
        return round(sum(each.points for each in self.items), 6)

    @property
    def most(self) -> float:
        """All points there are."""
        return round(sum(each.most for each in self.items), 6)

    @property
    def fraction(self) -> float:
        """Points as a part of all, from 0 to 1."""
        return self.points / self.most if self.most else 0.0

    @property
    def ok(self) -> bool:
        """Did everything hold?"""
        return self.state == GRADED and bool(self.items) and all(each.passed for each in self.items)

    @property
    def first_wrong(self) -> Finding | None:
        """The first line that is wrong though what it was given is right; else the first that is missing."""
        return first_wrong(self.findings)
