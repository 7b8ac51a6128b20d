"""A wrong line that only adds up -> which of its summands is wrong, and where that was computed.

Law: a summand is right when it is one term of what the line should be, or some of them together; where just one is
not, the mistake is in the line that gave it its value.

    t = y * dx
    da = t
    t = y * dy          this line is blamed, and not the one below it
    da = da + t
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lang.grade.blame import Case
from lang.grade.cases import Cases
from lang.grade.change_contribution import contribution
from lang.grade.evidence import Track
from lang.grade.facts import Finding
from lang.grade.trials import compared
from lang.syntax import tree

MOST_PARTS = 6
"""Terms that are told apart."""


def added(hearing: Cases, track: Track, case: Case) -> int | None:
    """Which of the lines that give a name its sum bit by bit adds what no term is, from 0; None for none."""
    alike = len({len(values) for values in track.values}) == 1
    if not case.several or case.overwrites or not alike:
        return None
    sums = _sums(hearing, case)
    for event in range(len(track.values[0]) if sums else 0):
        steps = [values[event] - (values[event - 1] if event else 0.0) for values in track.values]
        if not _among(steps, sums, case.tolerance):
            return event
    return None


def summand(hearing: Cases, finding: Finding, case: Case, track: Track, turns: Sequence[Sequence[int]]) -> Finding:
    """The finding on the line of the one summand that is wrong; the finding itself where there is no such line.

    Args:
        finding: on a line that is wrong.
        track: of the name that the line gives a value.
        turns: for each trial the numbers of the values that the line gave, as in the case's points.
    """
    first = next(((at, each[0]) for at, each in enumerate(turns) if each), None)
    if first is None or sum(map(len, turns)) != len(case.points):
        return finding
    moment = track.moments[first[0]][first[1]]
    node = hearing.statement(hearing.runs[first[0]][moment])
    signs = _signs(node) if isinstance(node, tree.Assign) else {}
    own = {name: sign for name, sign in signs.items() if name not in hearing.names and name in hearing.tracks}
    sums = _sums(hearing, case) if own else []
    wrong = []
    for name, sign in own.items():
        given = hearing.tracks[name]
        found = [_last(given, at, track.moments[at][each]) for at, those in enumerate(turns) for each in those]
        values = [hearing.tracks[name].values[at][event] for at, event in found if event >= 0]
        known = sums and len(values) == len(case.points)  # a right one that is subtracted is not wrong, the line is
        if known and not any(_among([one * each for each in values], sums, case.tolerance) for one in (1.0, sign)):
            wrong.append((name, found[0]))
    if len(wrong) != 1:
        return finding
    name, (at, event) = wrong[0]
    reads = tuple(each for each in finding.reads if each in hearing.reads(hearing.tracks[name], event))
    return replace(finding, name=name, line=hearing.tracks[name].lines[at][event], reads=reads)


def _last(track: Track, at: int, moment: int) -> tuple[int, int]:
    """The trial, and the number of the last value that a name got before a moment; -1 for none."""
    return at, sum(each < moment for each in track.moments[at]) - 1


def _signs(node: tree.Assign) -> dict[str, float]:
    """What a statement adds and subtracts; empty where it does anything else."""
    if len(node.targets) != 1 or node.operator not in (None, "+", "-", "+=", "-="):
        return {}
    outer = -1.0 if node.operator in ("-", "-=") else 1.0
    found: dict[str, float] = {}
    for part, sign in _parts(node.values[0], outer):
        if not isinstance(part, tree.Name) or part.name in found:
            return {}
        found[part.name] = sign
    return found


def _parts(whole: tree.Expression, sign: float = 1.0) -> Iterator[tuple[tree.Expression, float]]:
    """The terms of a sum, each with its sign."""
    pending = [(whole, sign)]
    while pending:
        node, outer = pending.pop()
        if isinstance(node, tree.Apply) and node.function in ("+", "-"):
            last = -outer if node.function == "-" else outer
            pending.append((node.arguments[-1], last))
            pending += [(each, outer) for each in node.arguments[:-1]]
        else:
            yield node, outer


def _sums(hearing: Cases, case: Case) -> list[list[float]]:
    """The terms of what a line should be, and all sums of some of them, at the case's points; none for many terms."""
    made = case.definitions[0] if case.definitions else None
    if made is None:
        return []
    terms = [(contribution(each, case.wanted.functions), 1.0) for each in made.parts] or list(_parts(made.local))
    if len(terms) > MOST_PARTS:
        return []
    rows = hearing.calculator.numbers([term for term, _ in terms], case.points)
    signed = [[sign * value for value in row] for row, (_, sign) in zip(rows, terms, strict=True)]
    return [
        [sum(row[at] for place, row in enumerate(signed) if chosen >> place & 1) for at in range(len(case.points))]
        for chosen in range(2 ** len(signed))
    ]


def _among(values: Sequence[float], sums: Sequence[Sequence[float]], tolerance: float) -> bool:
    return any(compared(zip(values, each, strict=True), tolerance) for each in sums)
