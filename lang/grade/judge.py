"""A submission and what it is held against -> a verdict: which way of judging it has, and what if it cannot run.

Law: whatever a submission does, there is a verdict.

    hearing      one definition for each quantity: a line is right when it gives that number from what it read
    hearing_back the way back through loops, branches and names assigned again, one executed statement at a time
"""

from __future__ import annotations

from lang.errors import AdError, LimitExceeded
from lang.grade.facts import GRADED, STOPPED, Verdict
from lang.grade.hearing import Hearing
from lang.grade.hearing_back import BackHearing
from lang.grade.standard import Standard
from lang.grade.submission import read


def verdict(standard: Standard, data: bytes | str, file: str) -> Verdict:
    """What is right in a submission."""
    submission = read(data, file, standard.exercise, standard.wanted, standard.limits)
    if submission.state != GRADED:
        return Verdict(submission.state, error=submission.error)
    try:
        if standard.wanted.sweep is not None and standard.primals:
            return BackHearing(standard, standard.wanted.sweep, submission, verdict).verdict()
        return Hearing(standard, submission, verdict).verdict()
    except LimitExceeded as error:
        return Verdict(STOPPED, error=error)
    except AdError as error:
        return Verdict("broken", error=error)
