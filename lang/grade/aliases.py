"""A submission's names -> the adjoints that they hold, where several names may hold one after another.

Law: a name that says what it is counts as that. `gx`, `x_bar`, `gx_2` and `g_x1` are all adjoints of `x`; where the
submission calls the program's `y` by another name, which is told by its values, the adjoint goes by that name too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from lang.grade.naming import BACKWARD
from lang.grade.trials import close

Series = Mapping[str, Sequence[Sequence[float]]]
"""The values of each name, trial by trial, in the order in which it got them."""


def adjoints(
    names: Iterable[str], adjoints: Mapping[str, str], renamed: Mapping[str, str], patterns: Sequence[str] = BACKWARD
) -> dict[str, str]:
    """The adjoint that each name holds.

    Args:
        names: of the submission.
        patterns: how an adjoint may be called.
        adjoints: the adjoint of each name of the program.
        renamed: the name of the program that each of the submission's values is.
    """
    words = list(dict.fromkeys(names))
    found = {each: each for each in adjoints.values() if each in words}
    owners = {**{each: each for each in adjoints}, **{own: of for own, of in renamed.items() if of in adjoints}}
    for numbered in (False, True):
        for own in sorted(owners, key=len, reverse=True):
            for pattern in patterns:
                shape = _shape(pattern, own, numbered)
                for each in words:
                    if each not in found and each not in owners and shape.fullmatch(each):
                        found[each] = adjoints[owners[own]]
    return found


def _shape(pattern: str, own: str, numbered: bool) -> re.Pattern[str]:
    """What a name looks like: the pattern, perhaps with a number after the name or after all."""
    more = "(?:_?[0-9]{1,3})?" if numbered else ""
    before, after = pattern.split("{}")
    return re.compile(re.escape(before) + re.escape(own) + more + re.escape(after) + more)


def values(series: Series, truth: Series, tolerance: float) -> dict[str, str]:
    """The names of a submission that hold the values of a name of the program, all of them or those of one moment.

    Args:
        series: of the submission's names.
        truth: of the program's.
        tolerance: of comparisons.
    """
    found: dict[str, str] = {}
    for own, theirs in series.items():
        if own in truth:
            continue
        for of, right in truth.items():
            if _whole(theirs, right, tolerance) or _one(theirs, right, tolerance):
                found[own] = of
                break
    return found


def _whole(theirs: Sequence[Sequence[float]], right: Sequence[Sequence[float]], tolerance: float) -> bool:
    """Does one begin with the other, in every trial?"""
    return all(
        len(one) >= len(other) > 0 and all(close(a, b, tolerance) for a, b in zip(one, other, strict=False))
        for one, other in zip(theirs, right, strict=True)
    )


def _one(theirs: Sequence[Sequence[float]], right: Sequence[Sequence[float]], tolerance: float) -> bool:
    """Is the first value, in every trial, the one that the other had at a moment of the same number?"""
    if not all(theirs) or len({len(each) for each in right}) != 1:
        return False
    return any(
        all(close(one[0], other[at], tolerance) for one, other in zip(theirs, right, strict=True))
        for at in range(len(right[0]))
    )
