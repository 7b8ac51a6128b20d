"""A submission's findings -> the same, or the one thing to be said of it all: a name without a value, the other mode.

Law: a name without a value is told where it is first needed, and of lines that never ran nothing is said. A submission
is the other mode's program where what depends on what says so: there, `dz` is computed from `dx`, or `gz` from `gx`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from lang.errors import StackError
from lang.grade.blame import Case
from lang.grade.cases import Cases
from lang.grade.facts import CARRIED, MISSING, RIGHT, WRONG, Finding
from lang.grade.naming import BACKWARD, FORWARD
from lang.grade.quantities import ADJOINT, SEED, TANGENT
from lang.syntax import tree, unparse
from lang.transform.expressions import mentions


def told_of_unset(cases: Cases, findings: list[Finding]) -> list[Finding]:
    """The findings with the line that reads a name before it has a value, or a seed that has none at all."""
    never = cases.submission.never
    findings = [
        replace(each, status=MISSING, mistake="", name="", line=0)
        if each.status == WRONG and each.name in never
        else each
        for each in findings
    ]
    unset = cases.submission.unset
    if unset is None:
        return _nothing_saved(cases, findings)
    name, key = unset.word, "no-first-value"
    if unset.later:
        name, key = unset.target, "forward-order" if cases.wanted.backwards else "used-before"
    elif cases.meant(name) in cases.wanted.seeds.values():
        key = "seed-missing"
        if cases.submission.error is not None:
            cases.submission.error.hint = f"give `{unset.word}` its seed on a line above"
    elif name not in never:
        return findings
    quantity = cases.meant(name)
    found = Finding(quantity, name, unset.line, WRONG, mistake=key, detail=(("name", name), ("other", unset.word)))
    if quantity not in cases.wanted.roles or all(each.quantity != quantity for each in findings):
        return [*findings, found]
    return [found if each.quantity == quantity else each for each in findings]


def _nothing_saved(cases: Cases, findings: list[Finding]) -> list[Finding]:
    """The findings where a `pop()` finds nothing: what it and the lines below it would have given is not wrong."""
    stop = cases.broken
    if stop is not None and stop.span is not None and stop.source is cases.own:
        last = cases.own.position(stop.span[0])[0]
        findings = [
            replace(each, status=MISSING, mistake="", name="", line=0)
            if each.mistake == "sometimes" and each.line >= last
            else each
            for each in findings
        ]
    if not isinstance(stop, StackError) or stop.span is None or "pop" not in cases.own.slice(stop.span):
        return findings  # another one: what was put away is left over, and nothing stopped
    later = [each for each in cases.statements if isinstance(each, tree.Assign) and each.span[1] > stop.span[0]]
    never = {target.name for each in later for target in each.targets}
    said = [replace(each, status=MISSING, mistake="", line=0) if each.name in never else each for each in findings]
    line = cases.own.position(stop.span[0])[0]
    name = cases.own.slice(stop.span).partition("=")[0].strip()
    return [*said, Finding(name, name, line, WRONG, mistake="nothing-saved", detail=(("name", name),))]


def told_of_order(cases: Cases, findings: list[Finding]) -> list[Finding]:
    """The findings where every line is right for what it was given: what was read too early, or computed too seldom."""
    right = {each.name for each in findings if each.status == RIGHT}
    found = [_old(cases, each, right) if each.status == CARRIED else each for each in findings]
    if any(each.status == WRONG for each in found):
        return found
    stop = _endless(cases, {each.name for each in found if each.status == CARRIED})
    if stop is not None:
        name, line = stop
        at = next(at for at, each in enumerate(found) if each.name == name)
        found[at] = replace(found[at], line=line, status=WRONG, mistake="not-finite", detail=(("name", name),))
        return found
    for at, each in enumerate(found):
        if each.status == CARRIED and _is_seldom(cases, each):
            words = (("name", each.name), ("other", cases.wanted.owners[each.quantity]))
            found[at] = replace(each, status=WRONG, mistake="not-beside", detail=words)
            break
    return found


def other_branch(cases: Cases, case: Case) -> str:
    """What the program computes in another branch, where that gives a line's numbers; else empty."""
    if not any(isinstance(each, tree.If) for each in cases.statements):
        return ""
    others = [each for each in cases.wanted.definitions.get(case.quantity, ()) if each not in case.definitions]
    usable = [(each.value, each.local) for each in others if each.value is not None and mentions(each.local)]
    rows = cases.calculator.numbers([local for _, local in usable], case.points)
    same = (value for (value, _), row in zip(usable, rows, strict=True) if case.matches(row))
    value = next(same, None)
    return "" if value is None else unparse.expression(value)


def _endless(cases: Cases, names: set[str]) -> tuple[str, int] | None:
    """The first of these names that got what is no finite number, and on which line."""
    for at in range(len(cases.runs)):
        for moment, event in enumerate(cases.runs[at]):
            if event.name in names and event.value - event.value != 0.0:
                track = cases.tracks[event.name]
                return event.name, track.lines[at][track.moments[at].index(moment)]
    return None


def _old(cases: Cases, finding: Finding, right: set[str]) -> Finding:
    """A line that is right for what it was given, though all that it was given is right: it read it too early."""
    track = cases.tracks[finding.name]
    for event, moment in enumerate(track.moments[0]):
        for read in sorted(cases.reads(track, event)) if track.lines[0][event] == finding.line else ():
            later = cases.tracks.get(read)
            last = later.moments[0][-1:] if later is not None and read in cases.names else []
            if last and last[0] > moment and read in right:
                detail = (("name", finding.name), ("other", read))
                return replace(finding, status=WRONG, mistake="old-value", detail=detail)
    return finding


def _is_seldom(cases: Cases, finding: Finding) -> bool:
    """Is a differential not computed each time that its name is?"""
    owner = cases.tracked.get(cases.wanted.owners.get(finding.quantity, ""))
    if cases.wanted.roles[finding.quantity] != TANGENT or owner is None:
        return False
    own = cases.tracked[finding.quantity]
    return any(len(one) != len(other) for one, other in zip(own.values, owner.values, strict=True))


def other_way(cases: Cases, findings: list[Finding]) -> list[Finding]:
    """The findings of a forward program where adjoints are asked, or the reverse, with that said and no more."""
    wanted = cases.wanted
    asked = ADJOINT if wanted.backwards else TANGENT
    roles = {each.quantity: wanted.roles.get(each.quantity) for each in findings}
    if (
        any(each.status == RIGHT and each.quantity in wanted.required for each in findings)
        or asked not in roles.values()
    ):
        return findings
    if wanted.backwards:
        begin, end = _named(cases, wanted.inputs), _named(cases, tuple(wanted.seeds))
    else:
        results = [wanted.owners[each] for each in wanted.required if each in wanted.owners]
        begin, end = _named(cases, results), _named(cases, wanted.inputs)
    sources = _sources(cases.statements)
    if not _reached(sources, end) & set(begin) or _reached(sources, begin) & set(end):
        return findings
    track = cases.tracks[min(begin, key=lambda each: cases.tracks[each].moments[0][:1] or [0])]
    line = next((each[0] for each in track.lines if each), 0)
    key = "forward-program" if wanted.backwards else "adjoint-program"
    said = Finding(track.name, track.name, line, WRONG, mistake=key, detail=(("name", track.name),))
    kept = [each for each in findings if roles[each.quantity] != asked and each.status == RIGHT]
    left = [each for each in findings if each not in kept and roles[each.quantity] in (asked, SEED)]
    return [*kept, said, *(Finding(each.quantity, "", 0, MISSING, earns=each.earns) for each in left)]


def _named(cases: Cases, of: Sequence[str]) -> list[str]:
    """The names that say to be the differentials or adjoints of these."""
    names = {pattern.format(each) for pattern in (*FORWARD, *BACKWARD) for each in of}
    return [name for name, track in cases.tracks.items() if name in names and any(track.moments)]


def _sources(statements: Iterable[tree.Statement]) -> dict[str, set[str]]:
    """What each name is computed from."""
    found: dict[str, set[str]] = {}
    for node in statements:
        if isinstance(node, tree.Assign):
            for target in node.targets:
                found.setdefault(target.name, set()).update(*map(mentions, node.values))
    return found


def _reached(sources: dict[str, set[str]], names: Iterable[str]) -> set[str]:
    """Everything that these names are computed from."""
    reached: set[str] = set()
    pending = list(names)
    while pending:
        new = sources.get(pending.pop(), set()) - reached
        reached |= new
        pending.extend(new)
    return reached
