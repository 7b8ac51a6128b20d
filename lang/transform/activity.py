"""Which names carry a derivative: found by structure alone, never by looking at values.

Law: a name is active if some assignment to it reads an active operand through a partial that is not structurally
nothing. Inside a loop this is asked of the loop as a whole, and of a function for each set of active operands.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Mapping
from functools import cache
from typing import TypeVar

from lang.clock import watched
from lang.rules import Primitive
from lang.steps import form
from lang.steps.rules import partial as ruled_partial
from lang.steps.walk import all_steps, assigned, reads_of, targets_of
from lang.transform.trail import Trail

Found = TypeVar("Found")
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
        self._results: dict[Key, tuple[bool, ...]] = {}
        self._reads: dict[form.Procedure, frozenset[str]] = {}
        self._changed = False
        self._visited: set[Key] = set()
        self.stacks: set[int] = set()

    def forget(self) -> None:
        """A function got another meaning."""
        self._results.clear()
        self._reads.clear()

    def reads(self, procedure: form.Procedure) -> frozenset[str]:
        """Names of the program that a call reads, through the functions it calls too."""
        if procedure not in self._reads:
            found: set[str] = set()
            seen: set[form.Procedure] = set()
            pending = [procedure]
            while pending:
                each = pending.pop()
                if each in seen:
                    continue
                seen.add(each)
                found.update(each.reads)
                calls = (step for step in all_steps(each.body) if isinstance(step, form.Call))
                pending.extend(self.functions[call.function] for call in calls if call.function in self.functions)
            self._reads[procedure] = frozenset(found)
        return self._reads[procedure]

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
        return self._settled(lambda: self._result(key))

    def _settled(self, ask: Callable[[], Found]) -> Found:
        """Ask until nothing changes: a function that calls itself is known only once its own results are."""
        while True:
            self._changed = False
            self._visited = set()
            found = ask()
            if not self._changed:
                return found

    def _result(self, key: Key) -> tuple[bool, ...]:
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
            inside.update(self._closure(procedure.body, inside, own, names & own))
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
        return self._settled(lambda: self._closure(block, active, own, beyond))

    def _closure(
        self, block: form.Block, active: Trail, own: Collection[str], beyond: Collection[str]
    ) -> set[str]:
        active.begin()
        steps = list(all_steps(block))
        for _ in range(2):  # what flows the way of the text is found by the first, and mostly that is all
            before = len(active)
            for step in watched(steps, SEARCH):
                self._spread(step, active, own, beyond)
            if len(active) == before:
                break
        else:
            self._follow(steps, active, own, beyond)
        return active.end().came

    def _follow(
        self, steps: list[form.Step], found: Trail, own: Collection[str], beyond: Collection[str]
    ) -> None:
        """What flows against the way of the text: from each name to those that read it."""
        readers: dict[object, list[form.Step]] = {}
        for step in steps:
            for each in self._sources(step):
                readers.setdefault(each, []).append(step)
        pending: list[object] = [each for each in readers if each in found]
        while pending:
            for step in readers.get(pending.pop(), ()):
                new = [each for each in targets_of(step) if each not in found]
                if new:
                    self._spread(step, found, own, beyond)
                    pending.extend(each for each in new if each in found)

    def _sources(self, step: form.Step) -> Iterable[object]:
        """The names through which a derivative may come into a step."""
        if isinstance(step, form.Call) and step.function in self.functions:
            return {*step.arguments, *self.reads(self.functions[step.function])}
        return set(reads_of(step)) if isinstance(step, form.Operation | form.Copy) else ()

    def _spread(self, step: form.Step, found: Trail, own: Collection[str], beyond: Collection[str]) -> None:
        if isinstance(step, form.Operation):
            if step.target not in found and moving(step, found):
                found.add(step.target)
        elif isinstance(step, form.Copy):
            if isinstance(step.source, str) and step.source in found:
                found.add(step.target)
        elif isinstance(step, form.Pop):
            if step.stack in self.stacks:
                found.add(step.target)
        elif isinstance(step, form.Call) and step.function in self.functions:
            key = self.key(self.functions[step.function], step.arguments, found, own, beyond)
            for target, is_active in zip(step.targets, self._result(key), strict=False):
                if is_active:
                    found.add(target)


def locals_of(procedure: form.Procedure) -> frozenset[str]:
    """The names of a function's own."""
    return frozenset(procedure.parameters) | assigned(procedure.body)


def moving(step: form.Operation, active: Container[object]) -> tuple[int, ...]:
    """The operands of an operation through which a derivative comes in."""
    return tuple(
        [index for index, each in enumerate(step.arguments) if each in active and passes(step.primitive, index)]
    )
