"""A submission that goes back through loops, branches and names assigned again -> findings, a line at a time.

Law: what counts is what was executed. Each adjoint of the program that the submission computes is right, right for what
it was given, or wrong on a line; adjoints that a submission does without are not missed, the asked ones are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from lang.grade import aliases
from lang.grade.facts import BLANK, CARRIED, MISSING, RIGHT, WRONG, Finding
from lang.grade.following import Blame, Way, follow
from lang.grade.hearing import Hearing
from lang.grade.inside import Judge
from lang.grade.meeting import Meeting, Seen
from lang.grade.naming import patterns
from lang.grade.quantities import VALUE
from lang.grade.standard import Standard
from lang.grade.submission import Submission
from lang.grade.sweep import State, Sweep
from lang.grade.trials import close
from lang.syntax import tree
from lang.transform.expressions import mentions


class BackHearing(Hearing):
    """One submission before the judge.

    Args:
        standard: what it is held against, with what the exercise's own runs executed.
        sweep: the way back through the exercise's program.
        submission, judge: as for any hearing.
    """

    def __init__(self, standard: Standard, sweep: Sweep, submission: Submission, judge: Judge) -> None:
        super().__init__(standard, submission, judge)
        self.sweep = sweep

    def _all_findings(self) -> list[Finding]:
        """What is to be said: of the program's own values, of the seeds, of the adjoints."""
        values = list(self._values())
        if values:
            return values
        seeds = self._seed_findings()
        wrong = {each.quantity for each in seeds}
        finite = [at for at in range(len(self.trials)) if all(math.isfinite(each.value) for each in self._seen(at))]
        ways = [self._way(at) for at in finite or range(len(self.trials))]
        found = [each for adjoint in self.wanted.owners if (each := self._adjoint_finding(adjoint, ways)) is not None]
        early = {each.quantity: each for each in self._early_findings()}
        named = [each.quantity for each in found if each.mistake not in ("", "use-missing")]
        found = [each if each.quantity in named else early.get(each.quantity, each) for each in found]
        found = [*seeds, *(each for each in found if each.quantity not in wrong)]
        if any(each.status in (WRONG, MISSING, BLANK) for each in found):
            return found
        places = range(len(self.trials))
        unlike = [each for each in self.wanted.required if not self._right_at(each, places)]
        return [replace(each, status=WRONG) if each.quantity in unlike else each for each in found]

    # --- names ----------------------------------------------------------------------------------------------

    @cached_property
    def held(self) -> dict[str, str]:
        """The adjoint that each name of the submission holds."""
        own = [name for name, track in self.tracks.items() if any(line for lines in track.lines for line in lines)]
        truth = {
            name: [run.series.get(name, []) for run in self.standard.primals]
            for name in {each for run in self.standard.primals for each in run.series}
        }
        series = {name: self.tracks[name].values for name in own}
        renamed = aliases.values(series, truth, self.tolerance)
        found = aliases.adjoints(own, self.sweep.adjoints, renamed, patterns(self.wanted)[True])
        for name, quantity in self.names.items():
            if quantity in self.wanted.owners and name not in found and name in own:
                found[name] = quantity
        return {name: each for name, each in found.items() if name not in self.sweep.adjoints}

    def _seen(self, at: int) -> list[Seen]:
        """What the submission gives its adjoints in one trial."""
        found = []
        for event in self.runs[at]:
            adjoint = self.held.get(event.name)
            if adjoint is not None and not event.given:
                found.append(Seen(adjoint, event.value, self._line(event.name, at, event), event.name))
        return found

    def _line(self, name: str, at: int, event: object) -> int:
        track = self.tracks[name]
        for moment, line in zip(track.moments[at], track.lines[at], strict=True):
            if self.runs[at][moment] is event:
                return line
        return 0

    # --- values and seeds -----------------------------------------------------------------------------------

    def _values(self) -> list[Finding]:
        """Values of the program that the submission computes, and gets wrong."""
        found = []
        for name in {each: None for run in self.standard.primals for each in run.series}:
            track = self.tracks.get(name)
            if track is None or track.given:
                continue
            for at, run in enumerate(self.standard.primals):
                wrong = self._first_wrong(run.series.get(name, []), track.values[at])
                if wrong is not None and track.lines[at][0]:
                    found.append(Finding(name, name, track.lines[at][wrong], WRONG))
                    break
        return found[:1]

    def _first_wrong(self, right: Sequence[float], theirs: Sequence[float]) -> int | None:
        """The number of a name's first wrong value; the program's own may begin with one that is not needed."""
        if len(theirs) < len(right):
            return None
        found = []
        for left_out in range(min(2, len(right))):
            pairs = zip(right[left_out:], theirs, strict=False)
            found.append(next((j for j, pair in enumerate(pairs) if not close(*pair, self.tolerance)), None))
        return None if not found or None in found else found[0]

    def _seed(self, at: int) -> State:
        """The adjoints that the submission begins with: its own seeds, else those of the exercise."""
        trial = self.trials[at]
        found: State = {}
        for of, quantity in self.wanted.seeds.items():
            adjoint = self.sweep.adjoints.get(of, quantity)
            weight = trial.seeds.get(quantity, 1.0)
            first = [each.value for each in self._seen(at) if each.adjoint == adjoint][:2]
            found[adjoint] = weight if not first or any(close(one, weight, 1e-9) for one in first) else first[0]
        return found

    def _seed_findings(self) -> list[Finding]:
        found = []
        for of, quantity in self.wanted.seeds.items():
            adjoint = self.sweep.adjoints.get(of, quantity)
            own = [self._seed(at)[adjoint] for at in range(len(self.trials))]
            right = [trial.seeds.get(quantity, 1.0) for trial in self.trials]
            if all(close(one, other, self.tolerance) for one, other in zip(own, right, strict=True)):
                continue
            line = next((each.line for each in self._seen(0) if each.adjoint == adjoint), 0)
            finals = [run.series.get(of, [float("nan")])[-1] for run in self.standard.primals]
            if all(close(one, other, self.tolerance) for one, other in zip(own, finals, strict=True)):
                key = "seed-is-value"
            else:
                key = "seed-zero" if set(own) == {0.0} else "seed-wrong"
            name = next((each.name for each in self._seen(0) if each.adjoint == adjoint), adjoint)
            found.append(Finding(adjoint, name, line, WRONG, mistake=key, detail=(("name", name),), earns=False))
        return found

    # --- adjoints -------------------------------------------------------------------------------------------

    def _way(self, at: int) -> Way:
        run = self.standard.primals[at]
        meeting = Meeting(self.sweep, self.standard.changes, run.executed, run.last, self.tolerance)
        truth = meeting.states(self.standard.seeds(at), 0)
        return follow(meeting, self._seed(at), self._seen(at), truth)

    @cached_property
    def once(self) -> set[str]:
        """The adjoints whose names are given a value once: nothing may read them before their last contribution."""
        given = [target for each in self.sweep.statements for target in each.targets]
        looped = {target for each in self.sweep.statements if each.looped for target in each.targets}
        return {adjoint for adjoint in self.wanted.owners if given.count(adjoint) <= 1 and adjoint not in looped}

    def _early_findings(self) -> list[Finding]:
        """Lines that read an adjoint before it is complete."""
        found = []
        for name, adjoint in self.held.items():
            track = self.tracks[name]
            for event, moment in enumerate(track.moments[0]):
                for read in sorted(self.reads(track, event)):
                    other = self.held.get(read, "")
                    if other in self.once and other != adjoint and self._added_after(read, moment):
                        detail = (("name", name), ("other", read))
                        line = track.lines[0][event]
                        found.append(Finding(adjoint, name, line, WRONG, (), "forward-order", detail))
        return found[::-1]

    def _added_after(self, name: str, moment: int) -> bool:
        """Is something added to a name later on? To give it 0 anew only ends its use."""
        nodes = [self.statement(self.runs[0][each]) for each in self.tracks[name].moments[0] if each > moment]
        added = [node for node in nodes if isinstance(node, tree.Assign)]
        return any(node.operator or any(name in mentions(value) for value in node.values) for node in added)

    def _adjoint_finding(self, adjoint: str, ways: Sequence[Way]) -> Finding | None:
        """What is to be said of an adjoint; None for one that the submission does without."""
        required = adjoint in self.wanted.required
        name = next((own for own, each in self.held.items() if each == adjoint), "")
        if name in self.blanks:
            return Finding(adjoint, name, self.blanks[name], BLANK)
        lines = [each.line for at in range(len(ways)) for each in self._seen(at) if each.adjoint == adjoint]
        if not lines:
            return Finding(adjoint, "", 0, MISSING) if required else None
        blames = [each for way in ways for each in way.blames if each.adjoint == adjoint]
        right = (required or adjoint in self.once) and self._right_at(adjoint, range(len(self.trials)))
        if blames and not right:
            return self._blamed(adjoint, blames)
        unmet = not all(way.met for way in ways)
        earns = adjoint not in self._seed(0) or len(lines) > len(ways)
        if right or (not unmet and not any(adjoint in way.strayed for way in ways)):
            return Finding(adjoint, name, lines[-1], RIGHT, earns=earns)
        if unmet:
            return Finding(adjoint, name, lines[-1], WRONG) if required else None
        return Finding(adjoint, name, lines[-1], CARRIED, earns=earns)

    def _blamed(self, adjoint: str, blames: Sequence[Blame]) -> Finding:
        """The line that is blamed first, with the mistake that explains it in every trial."""
        line, name = blames[0].line, blames[0].name
        same = [each.changes for each in blames if each.changes]
        counts = {id(each): sum(each in other for other in same) for one in same for each in one}
        if not same:
            return Finding(adjoint, name, line, WRONG)
        chosen = max((each for one in same for each in one), key=lambda each: counts[id(each)])
        other = chosen.other or self._incomplete(name, line)
        detail = (("name", name), ("op", chosen.op), ("other", other), ("rule", chosen.rule))
        return Finding(adjoint, name, line, WRONG, self._reads_of(line, adjoint), chosen.key, detail)

    def _incomplete(self, name: str, line: int) -> str:
        """An adjoint that a line reads and that gets another value later; the line's own name where there is none."""
        track = self.tracks[name]
        for event, moment in enumerate(track.moments[0]):
            for read in sorted(self.reads(track, event)) if track.lines[0][event] == line else ():
                if read in self.held and self._added_after(read, moment):
                    return read
        return name

    def _reads_of(self, line: int, adjoint: str) -> tuple[str, ...]:
        """Values of the exercise's program that a line reads."""
        for event in self.runs[0]:
            node = self.statement(event)
            if node is not None and self.own.position(node.span[0])[0] == line:
                track = self.tracks[event.name]
                read = self.reads(track, track.moments[0].index(self.runs[0].index(event)))
                known = [each for each in sorted(read) if each in self.wanted.roles or each in self.sweep.adjoints]
                return tuple(each for each in known if self.wanted.roles.get(each, VALUE) in (VALUE, "input"))
        return ()
