"""A program's steps -> those that some results need.

Law: what is left gives the same values. A step stays if something that stays reads what it gives, inside blocks and
functions too; of a loop this is asked of all its turns. Inputs and functions always stay, and so does whatever touches
a stack: what is saved is nobody's name.
"""

from __future__ import annotations

from collections.abc import Iterable

from lang.clock import watched
from lang.steps import form
from lang.steps.drive import Walk, drive
from lang.steps.reach import Reach
from lang.steps.trail import Trail
from lang.steps.walk import all_steps, assigned, calls_of, conditions_of, reads_of, targets_of
from lang.syntax import tree
from lang.syntax.walk import subexpressions

_NEEDED = "looking for the steps that are needed"


def narrow(parts: tuple[form.Procedure, ...], targets: Iterable[str]) -> tuple[form.Procedure, ...]:
    """The parts with only their inputs, their functions, and the steps that the targets need.

    A part of which nothing is left out is the same object.
    """
    narrowing = _Narrowing(defined(parts))
    live = Trail(targets)
    kept = [narrowing.part(part, live) for part in reversed(parts)]
    return tuple(reversed(kept))


def narrow_one(function: form.Procedure, functions: Iterable[form.Procedure]) -> form.Procedure:
    """A function with only the steps that its results need.

    Args:
        functions: those of the program, as they stand.
    """
    return _Narrowing(functions).part(function, Trail())


def same(parts: tuple[form.Procedure, ...], others: tuple[form.Procedure, ...]) -> bool:
    """Was nothing left out?"""
    return all(part is other for part, other in zip(parts, others, strict=True))


def idle_inside(parts: tuple[form.Procedure, ...]) -> bool:
    """Do functions compute something that their results do not need?"""
    procedures = defined(parts)
    narrowing = _Narrowing(procedures)
    return any(narrowing.part(each, Trail()) is not each for each in procedures)


def defined(parts: Iterable[form.Procedure]) -> list[form.Procedure]:
    """The functions that a program defines, each with every meaning that it gets."""
    return [step.procedure for part in parts for step in part.body if isinstance(step, form.Define)]


class _Functions:
    """What functions read of the program themselves, and what they call; a name may have several meanings.

    `saving` are those that save or take back, or call one that does.
    """

    def __init__(self, procedures: Iterable[form.Procedure]) -> None:
        self.reads: dict[str, set[str]] = {}
        self.calls: dict[str, set[str]] = {}
        self.saving: set[str] = set()
        for each in procedures:
            reads, calls = self.reads.setdefault(each.name, set()), self.calls.setdefault(each.name, set())
            reads.update(each.reads)
            calls.update(calls_of(each.body))
            if any(isinstance(step, form.Push | form.Pop) for step in all_steps(each.body)):
                self.saving.add(each.name)
            if each.rule is not None:
                reads.update(each.rule.reads)
                calls.update(
                    node.function
                    for node in subexpressions(each.rule.right)
                    if isinstance(node, tree.Apply | tree.Derivative)
                )
        self._spread()

    def called_by(self, function: str) -> list[str]:
        """The functions of the program that a function calls itself."""
        return [each for each in self.calls.get(function, ()) if each in self.reads]

    def _spread(self) -> None:
        callers: dict[str, list[str]] = {}
        for each, called in self.calls.items() if self.saving else ():
            for function in called:
                callers.setdefault(function, []).append(each)
        pending = list(self.saving)
        while pending:
            more = [each for each in callers.get(pending.pop(), ()) if each not in self.saving]
            self.saving.update(more)
            pending += more


class _Narrowing:
    """Goes back through blocks with the names that are live, and leaves in `live` those that are live before them."""

    def __init__(self, procedures: Iterable[form.Procedure]) -> None:
        self.functions = _Functions(procedures)
        self.reach = Reach(lambda name: self.functions.reads.get(name, ()), self.functions.called_by)
        self.turns: dict[int, set[str]] = {}  # what turns of a loop need besides: never less when asked again

    def part(self, part: form.Procedure, live: Trail) -> form.Procedure:
        """A function, or the program, with what is needed."""
        body = drive(self._block(part.body, live))
        return part if body is part.body else part.but(body=body)

    def _block(self, block: form.Block, live: Trail) -> Walk:
        kept: form.Block = []
        for step in watched(block[::-1], _NEEDED):
            if isinstance(step, form.If):
                found = yield self._if(step, live)
            elif isinstance(step, form.While | form.For):
                found = yield self._loop(step, live)
            else:
                found = self._plain(step, live)
            if found is not None:
                kept.append(found)
        kept.reverse()
        unchanged = len(kept) == len(block) and all(one is other for one, other in zip(kept, block, strict=True))
        return block if unchanged else kept

    def _plain(self, step: form.Step, live: Trail) -> form.Step | None:
        if isinstance(step, form.Define):
            procedure = self.part(step.procedure, Trail())
            return step if procedure is step.procedure else step.but(procedure=procedure)
        if isinstance(step, form.Require | form.Mark):
            return step if step.name in live else None
        targets = targets_of(step)
        wanted = isinstance(step, form.Input | form.Return) or not live.isdisjoint(targets) or self._saves([step])
        if not wanted:
            return None
        for each in targets:
            live.discard(each)
        self._read([step], live)
        return step

    def _if(self, step: form.If, live: Trail) -> Walk:
        bodies, came = [], set()
        for body in (*(arm.body for arm in step.arms), step.otherwise):
            live.begin()
            bodies.append((yield self._block(body, live)))
            came |= live.end().came
        live.update(came)
        setups = [each for arm in step.arms for each in arm.setup]
        if not any(bodies) and not self._saves(setups):
            return None
        self._read(setups, live)
        live.update(_names(conditions_of(step)))
        *inside, otherwise = bodies
        arms = [arm if arm.body is body else arm.but(body=body) for arm, body in zip(step.arms, inside, strict=True)]
        unchanged = otherwise is step.otherwise and all(a is b for a, b in zip(arms, step.arms, strict=True))
        return step if unchanged else form.If(arms, otherwise, step.span)

    def _loop(self, step: form.While | form.For, live: Trail) -> Walk:
        if live.isdisjoint(assigned([step])) and not self._saves([step]):
            return None
        header, counter = Trail(), set()
        if isinstance(step, form.While):
            self._read(step.setup, header)
            header.update(_names(conditions_of(step)))
        else:  # each turn gives the counter its value anew
            header.update(_names(reads_of(step)))
            counter = {step.target}
        inside = self.turns.setdefault(id(step), set())
        while True:
            live.begin()
            live.update(inside, header if isinstance(step, form.While) else ())
            body = yield self._block(step.body, live)
            more = live.end().came - inside - counter
            if not more:
                break
            inside |= more
        live.update(inside, header)
        return step if body is step.body else step.but(body=body)

    def _read(self, steps: form.Block, live: Trail) -> None:
        """What steps read, those inside others too, is live before them."""
        for each in all_steps(steps):
            live.update(_names((*reads_of(each), *conditions_of(each))))
            if isinstance(each, form.Call):
                live.update(self.reach.of(each.function))

    def _saves(self, steps: form.Block) -> bool:
        """Do steps save or take back?"""
        saving = self.functions.saving
        return any(
            isinstance(each, form.Push | form.Pop) or (isinstance(each, form.Call) and each.function in saving)
            for each in all_steps(steps)
        )


def _names(operands: Iterable[form.Operand]) -> list[str]:
    return [each for each in operands if isinstance(each, str)]
