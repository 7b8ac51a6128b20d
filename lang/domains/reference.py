"""A program and its inputs -> values and derivatives to 50 digits: the truth that other numbers are held against.

Law: it is one run on `precise` numbers. Where its results disagree with the rules, another run looks at every step for
the first that does: most programs are right, and are not looked through.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lang import clock
from lang.domains.optional import library
from lang.domains.precise import Conflict, Precise, Slope, center_of
from lang.domains.walk import Supply, Walker
from lang.errors import CommandError, LimitExceeded
from lang.limits import Limits
from lang.steps import form


@dataclass(frozen=True)
class Reference:
    """A run at 50 digits.

    Attributes:
        values: the value of each target.
        slopes: of each target by each input.
        conflict: the first step where rules and values disagree.
        ruled: how many calls followed a rule of the user's.
        inputs: the value of each input as a double.
        steps: how many steps the run took.
    """

    values: dict[str, Any]
    slopes: dict[str, dict[str, Slope]]
    conflict: Conflict | None
    ruled: int
    inputs: dict[str, float]
    steps: int


def reference(
    parts: tuple[form.Procedure, ...],
    supply: Supply,
    targets: tuple[str, ...],
    by: tuple[str, ...],
    limits: Limits,
    started: float | None = None,
) -> Reference:
    """Values and derivatives of a program to 50 digits.

    Args:
        targets: names of results. by: names of inputs.

    Raises:
        CommandError: a target is no number. MissingInput, LimitExceeded: as their names say.
    """
    began = clock.started() if started is None else started

    def ran(fine: bool) -> Reference:
        domain = Precise(by, fine)
        found, agrees = _run(domain, parts, supply, targets, limits, began)
        return found if agrees else _run(Precise(by, fine, looking=True), parts, supply, targets, limits, began)[0]

    found = ran(fine=False)
    if _smooth(found) == len(targets) * len(by):
        return found
    try:
        finer = ran(fine=True)
    except LimitExceeded:
        return found
    return finer if _smooth(finer) > _smooth(found) else found


def _smooth(found: Reference) -> int:
    """How many derivatives exist, as far as the run could see."""
    return sum(slope.smooth for slopes in found.slopes.values() for slope in slopes.values())


def _run(
    domain: Precise,
    parts: tuple[form.Procedure, ...],
    supply: Supply,
    targets: tuple[str, ...],
    limits: Limits,
    began: float,
) -> tuple[Reference, bool]:
    """The run, and whether its results agree with the rules."""
    walker = Walker(domain, supply, limits, began)
    domain.source = lambda: walker.source
    found = walker.run(parts)
    for target in targets:
        if target not in found or isinstance(found[target], bool):
            raise CommandError(f"`{target}` is no number here")
    slopes = {each: {name: domain.slope(found[each], name) for name in domain.by} for each in targets}
    agrees = all(domain.agrees(slope, found[each], name) for each in targets for name, slope in slopes[each].items())
    values = {each: center_of(found[each]) for each in targets}
    return Reference(values, slopes, domain.conflict, domain.ruled, domain.inputs, walker.steps), agrees


def shown(value: Any, count: int = 50) -> str:
    """A number to so many digits."""
    return str(library("mpmath").libmp.to_str(value._mpf_, count)) if hasattr(value, "_mpf_") else str(value)

