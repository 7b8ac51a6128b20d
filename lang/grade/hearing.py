"""A submission's events and the exercise's trials -> a finding for every quantity: right, carried, wrong or missing.

Law: a line is judged by what it was given. Where its value is not the true one, the definition of its quantity is
computed from the submission's own values at that moment: the same number means that the line is right and only what
it read is not; another number means that this line is wrong. So one mistake is found once, and the lines that suffer
from it are not counted again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lang.errors import RuleError
from lang.grade.blame import UNSURE, Case, blame
from lang.grade.cases import Cases
from lang.grade.evidence import Track
from lang.grade.facts import BLANK, CARRIED, GRADED, MISSING, RIGHT, WRONG, Finding, Verdict
from lang.grade.inlining import called
from lang.grade.inside import Judge, looked_into
from lang.grade.overall import other_branch, other_way, told_of_order, told_of_unset
from lang.grade.quantities import ADJOINT, INPUT, SEED, TANGENT, VALUE, Definition
from lang.grade.splitting import split
from lang.grade.standard import Standard
from lang.grade.submission import Submission
from lang.grade.summing import MOST_PARTS, added, summand
from lang.grade.trials import close
from lang.syntax import tree, unparse
from lang.transform.expressions import mentions


class Hearing(Cases):
    """One submission before the judge.

    Args:
        standard: what it is held against.
        submission: what was handed in.
        judge: who is asked about a function in it, as about a submission of its own.
    """

    def __init__(self, standard: Standard, submission: Submission, judge: Judge) -> None:
        super().__init__(submission, standard.wanted, standard.trials, standard.exercise.tolerance, standard.limits)
        self.calculator = standard.calculator
        self.standard = standard
        self.judge = judge
        self._adopt()

    def _adopt(self) -> None:
        """Names that say nothing and hold no right values: they are told by their places, where there is one for each.

        Only where every line then is right for what it was given, or its mistake has a name; else they stay strangers.
        """
        asked = (TANGENT, ADJOINT)
        left = [each for each, role in self.wanted.roles.items() if role in asked and each not in self.tracked]
        free = [each for each in self.tracks.values() if each.name not in self.names and not each.given]
        own = [each for each in free if any(line for lines in each.lines for line in lines)]
        if not self.wanted.straight or not left or len(own) != len(left) or len(left) > MOST_PARTS:
            return
        before = dict(self.names), dict(self.tracked)
        for track, quantity in zip(own, left, strict=True):
            self.names[track.name] = quantity
            self.tracked[quantity] = track
        found = [self.finding(quantity) for quantity in left]
        if not all(each.status in (RIGHT, CARRIED) or each.mistake not in UNSURE for each in found):
            self.names, self.tracked = before

    # --- the verdict ----------------------------------------------------------------------------------------

    def verdict(self) -> Verdict:
        findings = self._all_findings()
        told = {each.name for each in findings}
        findings += [Finding(name, name, line, BLANK) for name, line in self.blanks.items() if name not in told]
        findings = told_of_unset(self, findings)
        findings = other_way(self, [self._looked_into(each) for each in findings])
        handed = self.submission
        unruly = isinstance(handed.error, RuleError)
        named = unruly and any(each.status == WRONG for each in findings)  # its mistake says more than the error
        error = None if named else handed.error or self.broken
        found = Verdict(GRADED, self._in_order(findings), error=error, cut=handed.cut)
        lost = {self.meant(each) for each in handed.never} & set(self.wanted.required)
        for check in {trial.check for trial in self.trials}:
            places = [at for at, trial in enumerate(self.trials) if trial.check == check]
            right = all(self._right_at(each, places) for each in self.wanted.required)
            found.met[check] = right and not lost and not unruly and not self.blanks and self.broken is None
        if found.met[None]:
            besides = {"other-statement"} if self.wanted.straight else set()
            found.findings = [each for each in found.findings if each.status == RIGHT or each.mistake in besides]
        return found

    def _looked_into(self, finding: Finding) -> Finding:
        """The line that is wrong in a function that a wrong line calls, itself or by its temporaries; else the step of
        the submission's own that is wrong.
        """
        functions = self.standard.functions
        if finding.status != WRONG:
            return finding
        if not functions:
            asked = self.wanted.roles.get(finding.quantity) in (TANGENT, ADJOINT)
            return split(finding, self, self.standard, self.judge) if asked else finding
        calls: set[str] = set()
        seen: set[str] = set()
        pending = [each for each in self.statements if self.own.position(each.span[0])[0] == finding.line]
        while pending:
            node = pending.pop()
            for value in node.values if isinstance(node, tree.Assign) else ():
                calls |= called(value)
                more = {name for name in mentions(value) if name not in self.names} - seen
                seen |= more
                pending += [
                    each
                    for each in self.statements
                    if isinstance(each, tree.Assign) and any(one.name in more for one in each.targets)
                ]
        return looked_into(finding, calls, self.own, self.body, self.standard, self.judge)

    def _all_findings(self) -> list[Finding]:
        """What is to be said of every quantity that is asked for."""
        asked = [each for each, role in self.wanted.roles.items() if self._is_asked(each, role)]
        found = [one for each in asked for one in self._findings(each)]
        if any(each.status in (WRONG, MISSING, BLANK) for each in found):
            return found
        return told_of_order(self, found)

    def _is_asked(self, quantity: str, role: str) -> bool:
        if role == INPUT:
            track = self.tracked.get(quantity)
            fixed = track is not None and self.differing(quantity, track) is not None
            return fixed and quantity not in self.wanted.definitions
        if role == SEED:
            track = self.tracked.get(quantity)
            if track is None and self.wanted.fixed is not None:
                return False  # a seed of 1 may be left out
            kept = track is not None and track.given and self.differing(quantity, track) is None
            return quantity in self.wanted.seeds.values() and not kept
        if role == VALUE:
            track = self.tracked.get(quantity)
            own = track is not None and any(line for lines in track.lines for line in lines)
            return own or (self.standard.exercise.kind == "value" and quantity in self.wanted.required)
        return True

    def _right_at(self, quantity: str, places: Sequence[int]) -> bool:
        track = self.tracked.get(quantity)
        if track is None or track.given or track.name in self.blanks:
            return False
        for at in places:
            values, truth = track.values[at], self.trials[at].truth.get(quantity, ())
            if not values or not truth or not close(values[-1], truth[-1], self.tolerance):
                return False
        return bool(places)

    def _findings(self, quantity: str) -> list[Finding]:
        """What is to be said of a quantity: of each statement that gives it values, where these can be told apart."""
        track = self.tracked.get(quantity)
        known = range(len(self.wanted.definitions.get(quantity, ())))
        if self.wanted.straight or len(known) < 2 or track is None or track.given or not self.alike(quantity, track):
            return [self.finding(quantity)]
        run = {each for trial in self.trials for each in trial.meanings.get(quantity, ())}
        made = self.wanted.definitions[quantity]
        found = {each: self.finding(quantity, each) for each in known if each in run}
        for at, one in found.items():
            if one.status == WRONG and one.mistake in ("", "other-branch"):
                found[at] = self._in_one_branch(one, {each: made[place] for place, each in found.items()})
        return [one if mentions(made[at].local) else replace(one, earns=False) for at, one in found.items()]

    def _in_one_branch(self, wrong: Finding, found: Mapping[Finding, Definition]) -> Finding:
        """A line that stands for several branches, and is right in another one."""
        for each, made in found.items():
            if each.status == RIGHT and each.line == wrong.line and made.value is not None:
                words = (("name", wrong.name), ("op", unparse.expression(made.value)))
                return replace(wrong, mistake="one-branch", detail=words)
        return wrong

    def finding(self, quantity: str, meaning: int | None = None) -> Finding:
        """What is to be said of a quantity, or of the values that one of its definitions gives."""
        track = self.tracked.get(quantity)
        if track is not None and track.name in self.blanks and quantity not in self.wanted.inputs:
            return Finding(quantity, track.name, self.blanks[track.name], BLANK)
        if track is not None and (track.given or self.wanted.roles[quantity] == INPUT) and self._is_given(quantity):
            line = max((lines[-1] for lines in track.lines if lines), default=0)
            key = "given-overwritten" if track.name in self.asked else "input-fixed"
            return Finding(quantity, track.name, line, WRONG, mistake=key, detail=(("name", track.name),))
        if track is None or track.given or not any(track.values):
            return Finding(quantity, "", 0, MISSING)
        if self._is_left_out(quantity, track):
            line = max((lines[-1] for lines in track.lines if lines), default=0)
            made = self.wanted.definitions[quantity][0].value
            turned = any(not t.truth.get(quantity) and each for t, each in zip(self.trials, track.values, strict=True))
            told = (("name", track.name), ("op", "" if made is None else unparse.expression(made)))
            key = "other-branch" if turned and made is not None else "sometimes"
            return Finding(quantity, track.name, line, WRONG, mistake=key, detail=told)
        event = self.differing(quantity, track, meaning)
        if event is None:
            return Finding(quantity, track.name, self.last_line(quantity, track, meaning), RIGHT)
        if self.wanted.roles[quantity] == VALUE and self._stops_elsewhere(quantity, track):
            line = self.last_line(quantity, track)
            if self.submission.error is not None and quantity not in self.wanted.required:
                return Finding(quantity, track.name, line, RIGHT)
            return Finding(quantity, track.name, line, WRONG, (), "other-turns", (("name", track.name),))
        left_out = self._left_out(quantity, track)
        if left_out:
            words = (("name", track.name), ("other", self.wanted.owners[quantity]), ("op", left_out))
            line = self.last_line(quantity, track)
            return Finding(quantity, track.name, line, WRONG, mistake="differential-missing", detail=words)
        line = next((lines[event] for lines in track.lines if lines and event < len(lines)), 0)
        if not self.wanted.straight and self.alike(quantity, track):
            first = self.first_differing(quantity, track, meaning)
            if first is None:
                return Finding(quantity, track.name, self.last_line(quantity, track, meaning), RIGHT)
            trial, event, meaning = first
            line = track.lines[trial][event]
        case = self.case(quantity, track, event, meaning)
        plain = Finding(quantity, track.name, line, WRONG, self._right_reads(quantity, track, event))
        local = self.calculator.numbers([each.local for each in case.definitions], case.points)
        follows = any(case.matches(row) or (not case.constant and case.carries(row)) for row in local)
        if self.wanted.roles[quantity] != SEED and not case.early and follows:
            return replace(plain, status=CARRIED, earns=len(set(case.made)) > 1 or len(set(case.truth)) == 1)
        other = other_branch(self, case)
        if other:
            return replace(plain, mistake="other-branch", detail=(("name", track.name), ("op", other)))
        if self.wanted.roles[quantity] == VALUE:
            return self._other_statement(plain, case)
        key, detail = blame(case, self.calculator)
        at = added(self, track, case)
        if at is not None:
            event = at
            plain = replace(plain, line=track.lines[0][at], reads=self._right_reads(quantity, track, at))
        turns = [self._turns(quantity, track, event, each, meaning) for each in range(len(self.trials))]
        return summand(self, replace(plain, mistake=key, detail=detail), case, track, turns)

    def _other_statement(self, finding: Finding, case: Case) -> Finding:
        """A line of the program that says something else than the program; where values are asked, that is no help."""
        made = case.definitions[0].value if case.definitions else None
        if not any(value - value == 0.0 for value in case.made):
            return replace(finding, mistake="not-finite", detail=(("name", finding.name),))
        if self.standard.exercise.kind == "value" or made is None or case.definitions[0].of != finding.name:
            return finding
        words = (("name", finding.name), ("op", unparse.expression(made)))
        return replace(finding, mistake="other-statement", detail=words)

    def _stops_elsewhere(self, quantity: str, track: Track) -> bool:
        """Are a value's values those of the program as far as they go, or as far as the program goes?"""
        if self.wanted.straight or self.alike(quantity, track):
            return False
        both = [
            (values, trial.truth.get(quantity, ())) for values, trial in zip(track.values, self.trials, strict=True)
        ]
        return all(
            values and truth and all(map(self._same, zip(values, truth, strict=False))) for values, truth in both
        )

    def _is_given(self, quantity: str) -> bool:
        """Does the exercise give it its value?"""
        return self.wanted.roles[quantity] in (INPUT, SEED)

    def _is_left_out(self, quantity: str, track: Track) -> bool:
        """Is there a run in which the program gives it a value and the submission does not?"""
        return any(t.truth.get(quantity) and not each for t, each in zip(self.trials, track.values, strict=True))

    def _left_out(self, quantity: str, track: Track) -> str:
        """The statement whose differential is not there, though all others of its name are right; else empty."""
        found: set[int] = set()
        for values, trial in zip(track.values, self.trials, strict=True):
            truth, meanings = trial.truth.get(quantity, ()), trial.meanings.get(quantity, ())
            if self.wanted.roles[quantity] != TANGENT or len(values) != len(truth) - 1 or not values:
                return ""
            owner = self.tracked.get(self.wanted.owners.get(quantity, ""))
            if owner is not None and not self.alike(self.wanted.owners[quantity], owner):
                return ""
            differing = (at for at, pair in enumerate(zip(values, truth, strict=False)) if not self._same(pair))
            at = next(differing, len(values))
            if not all(map(self._same, zip(values[at:], truth[at + 1 :], strict=True))):
                return ""
            found.add(meanings[at])
        known = self.wanted.definitions.get(quantity, [])
        value = known[found.pop()].value if len(found) == 1 and max(found) < len(known) else None
        return "" if value is None else unparse.expression(value)

    def _same(self, pair: tuple[float, float]) -> bool:
        return close(*pair, self.tolerance)

    def _right_reads(self, quantity: str, track: Track, event: int) -> tuple[str, ...]:
        """What a line reads that is right, differentials and adjoints first."""
        right = []
        for name in sorted(self.reads(track, event)):
            each = self.names.get(name)
            if each is None or each == quantity or each not in self.tracked:
                continue
            role = self.wanted.roles[each]
            if role == INPUT or self.differing(each, self.tracked[each]) is None:
                right.append((role in (INPUT, VALUE), name))
        return tuple(name for _, name in sorted(right))

    def _in_order(self, findings: list[Finding]) -> list[Finding]:
        return sorted(findings, key=lambda each: (each.line == 0, each.line))


__all__ = ["Hearing"]
