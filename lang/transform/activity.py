"""Which names carry a derivative: found by structure alone, never by looking at values.

Law: a name is active if some assignment to it reads an active operand through a partial that is not structurally
nothing. Inside a loop this is asked of the loop as a whole, and of a function for each set of active operands.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Mapping
from functools import cache
from typing import Any

from lang.clock import watched
from lang.rules import Primitive
from lang.steps import form
from lang.steps.drive import Walk, drive
from lang.steps.reach import Reach
from lang.steps.rules import partial as ruled_partial
from lang.steps.trail import Trail
from lang.steps.walk import all_steps, assigned, calls_of, reads_of, targets_of

SEARCH = "looking for what moves"
Key = tuple[form.Procedure, tuple[int, ...], frozenset[str]]


@cache
def passes(primitive: Primitive, index: int) -> bool:
    """Can a derivative pass through this operand?"""
    return primitive.partial(index) is not None


class Activity:
    """What functions do with activity; asked with the functions as they stand."""

    def __init__(self, functions: Mapping[str, form.Procedure]) -> None:
        self.functions = functions
        self.stacks: set[int] = set()
        self._asked: set[str] = set()
        self.forget()

    def forget(self) -> None:
        """A function got another meaning."""
        self._results: dict[Key, tuple[bool, ...]] = {}
        self._settled: set[Key] = set()  # those whose results will not change any more
        self._visited: set[Key] = set()
        self._changed = False
        self._reads = Reach(lambda procedure: procedure.reads, self.called_by)
        self._saves = Reach(_saved, self.called_by)

    def defined(self, name: str) -> None:
        """A function has its meaning from now on; where nobody has asked for it, nothing is known that it changes."""
        if name in self._asked:
            self.forget()

    def _function(self, name: str) -> form.Procedure | None:
        """A function of the program, as it stands."""
        self._asked.add(name)
        return self.functions.get(name)

    def called_by(self, procedure: form.Procedure) -> list[form.Procedure]:
        """The functions of the program that a function calls itself."""
        return [each for each in map(self._function, calls_of(procedure.body)) if each is not None]

    def reads(self, procedure: form.Procedure) -> frozenset[str]:
        """Names of the program that a call reads, through the functions it calls too."""
        return self._reads.of(procedure)

    def saves(self, procedure: form.Procedure) -> bool:
        """Does a call save or take back, through the functions it calls too?"""
        return bool(self.stacks) and bool(self._saves.of(procedure))

    def key(
        self,
        procedure: form.Procedure,
        arguments: Iterable[form.Operand],
        active: Collection[str],
        own: Collection[str] = (),
        beyond: Collection[str] = (),
    ) -> Key:
        """A function with the operands and program names that are active at a call.

        Args:
            own: the caller's locals, which are not the program's names though they may be called so.
            beyond: names of the program that move and that the caller's locals hide.
        """
        moving = tuple(index for index, each in enumerate(arguments) if isinstance(each, str) and each in active)
        reads = self.reads(procedure)
        return procedure, moving, frozenset(
            [each for each in reads if (each in active and each not in own) or each in beyond]
        )

    def results(self, key: Key) -> tuple[bool, ...]:
        """Which results of a call are active."""
        if key not in self._settled:
            self._settle(lambda: self._result(key))
        return self._results[key]

    def _settle(self, ask: Callable[[], Walk]) -> Any:
        """Ask until nothing changes: a function that calls itself is known only once its own results are."""
        while True:
            self._changed = False
            self._visited = set()
            found = drive(ask())
            if not self._changed:
                self._settled |= self._visited
                return found

    def _result(self, key: Key) -> Walk:
        procedure, moving, names = key
        known = self._results.setdefault(key, (False,) * procedure.results)
        if key in self._visited:
            return known
        self._visited.add(key)
        if procedure.rule is not None:
            found: tuple[bool, ...] = (any(ruled_partial(procedure.rule, index) is not None for index in moving),)
        else:
            own = locals_of(procedure)
            inside = Trail({procedure.parameters[index] for index in moving} | (names - own))
            inside.update((yield self._closure(procedure.body, inside, own, names & own)))
            returns = [step for step in all_steps(procedure.body) if isinstance(step, form.Return)]
            found = tuple(
                any(isinstance(step.values[at], str) and step.values[at] in inside for step in returns)
                for at in range(procedure.results)
            )
        if found != known:
            self._results[key] = found
            self._changed = True
        return found

    def closure(
        self, block: form.Block, active: Trail, own: Collection[str] = (), beyond: Collection[str] = ()
    ) -> set[str]:
        """The names that become active somewhere in a block that starts with these, run in any order; see `key`."""
        found: set[str] = self._settle(lambda: self._closure(block, active, own, beyond))
        return found

    def _closure(self, block: form.Block, active: Trail, own: Collection[str], beyond: Collection[str]) -> Walk:
        active.begin()
        steps = list(all_steps(block))
        for _ in range(2):  # what flows the way of the text is found by the first, and mostly that is all
            before = len(active)
            for step in watched(steps, SEARCH):
                if step.__class__ is form.Call:
                    yield self._call(step, active, own, beyond)
                else:
                    self._spread(step, active)
            if len(active) == before:
                break
        else:
            yield self._follow(steps, active, own, beyond)
        return active.end().came

    def _follow(self, steps: list[form.Step], found: Trail, own: Collection[str], beyond: Collection[str]) -> Walk:
        """What flows against the way of the text: from each name to those that read it."""
        readers: dict[object, list[form.Step]] = {}
        for step in steps:
            for each in self._sources(step):
                readers.setdefault(each, []).append(step)
        pending: list[object] = [each for each in readers if each in found]
        while pending:
            for step in readers.get(pending.pop(), ()):
                new = [each for each in targets_of(step) if each not in found]
                if not new:
                    continue
                if isinstance(step, form.Call):
                    yield self._call(step, found, own, beyond)
                else:
                    self._spread(step, found)
                pending.extend(each for each in new if each in found)

    def _sources(self, step: form.Step) -> Iterable[object]:
        """The names through which a derivative may come into a step."""
        if isinstance(step, form.Call):
            procedure = self._function(step.function)
            return () if procedure is None else {*step.arguments, *self.reads(procedure)}
        return set(reads_of(step)) if isinstance(step, form.Operation | form.Copy) else ()

    def _spread(self, step: form.Step, found: Trail) -> None:
        if isinstance(step, form.Operation):
            if step.target not in found and moving(step, found):
                found.add(step.target)
        elif isinstance(step, form.Copy):
            if isinstance(step.source, str) and step.source in found:
                found.add(step.target)
        elif isinstance(step, form.Pop) and step.stack in self.stacks:
            found.add(step.target)

    def _call(self, step: form.Call, found: Trail, own: Collection[str], beyond: Collection[str]) -> Walk:
        procedure = self._function(step.function)
        if procedure is None:
            return
        key = self.key(procedure, step.arguments, found, own, beyond)
        results = self._results[key] if key in self._settled else (yield self._result(key))
        for target, is_active in zip(step.targets, results, strict=False):
            if is_active:
                found.add(target)


def _saved(procedure: form.Procedure) -> tuple[str, ...]:
    saving = any(isinstance(step, form.Push | form.Pop) for step in all_steps(procedure.body))
    return ("saves",) if saving else ()


def locals_of(procedure: form.Procedure) -> frozenset[str]:
    """The names of a function's own."""
    return frozenset(procedure.parameters) | assigned(procedure.body)


def moving(step: form.Operation, active: Container[object]) -> tuple[int, ...]:
    """The operands of an operation through which a derivative comes in."""
    return tuple(
        [index for index, each in enumerate(step.arguments) if each in active and passes(step.primitive, index)]
    )
