"""A unit's steps -> what a typed language must know of them: the kind of each name, the functions that are called, the
names of the program that functions read, the stacks.

Law: a name holds numbers or booleans, never both, and a function has one meaning; where that is not certain before
the run, the unit is `Unavailable` here and the interpreter runs it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lang.backend.native.writer import CALLS
from lang.backend.unit import Unavailable, Unit
from lang.steps import form
from lang.steps.walk import all_steps

STACK = 4 << 20
"""Bytes of the machine's stack that calls inside each other may take, as far as one can tell."""
NUMBER, BOOLEAN = "double", "i1"
"""The kinds, by their names in LLVM."""
MOST = 16
"""Arguments that go along one by one, and results that come back so."""


@dataclass(eq=False)
class Scope:
    """One function, or the program itself.

    Attributes:
        kinds: the kind of each name in it.
        results: the kinds of what it gives back.
        calls: the functions it calls.
        body: its steps.
        unread: operations and calls that give a value nothing reads.
        live: the names that are read before they get a value.
        settled: requirements that are met in any case.
        certain: the names that have a value at the end in any case.
        pieces: the choices in it that are pieces (`cuts`); may the function end in them?
        cycle: a number for functions that call each other back and are written twice; None for others.
    """

    procedure: form.Procedure
    kinds: dict[str, str] = field(default_factory=dict)
    results: dict[int, str] = field(default_factory=dict)
    calls: set[str] = field(default_factory=set)
    unread: set[form.Step] = field(default_factory=set)
    live: set[str] = field(default_factory=set)
    settled: set[form.Step] = field(default_factory=set)
    certain: set[str] = field(default_factory=set)
    pieces: dict[form.If, bool] = field(default_factory=dict)
    cycle: int | None = None
    body: form.Block = field(init=False)

    def __post_init__(self) -> None:
        self.body = self.procedure.body

    @property
    def returned(self) -> tuple[str, ...]:
        """The kind of each result."""
        return tuple(self.results.get(each, NUMBER) for each in range(self.procedure.results))

    @property
    def wide(self) -> bool:
        """Are there too many results to come back one by one?"""
        return self.procedure.results > MOST

    @cached_property
    def looping(self) -> bool:
        """Does it have loops?"""
        return any(isinstance(step, form.While | form.For) for step in all_steps(self.procedure.body))


@dataclass(eq=False)
class Shape:
    """A unit, understood.

    Attributes:
        main: the program itself.
        functions: the functions that it calls, by name.
        stacks: the kind of what each stack holds.
        shared: names of the program that functions read, in a fixed order.
        given: those of them that have a value whenever a function is called.
        recursive: does any function come back to itself?
        heights: how deep calls stand inside each other in each function that never comes back to itself, with its own.
    """

    unit: Unit
    main: Scope
    functions: dict[str, Scope] = field(default_factory=dict)
    stacks: dict[int, str] = field(default_factory=dict)
    shared: tuple[str, ...] = ()
    given: frozenset[str] = frozenset()
    recursive: bool = False
    heights: dict[str, int] = field(default_factory=dict)

    def kind(self, scope: Scope, name: str) -> str:
        """The kind of a name; of one that never gets a value, a number's."""
        return scope.kinds.get(name, NUMBER)


def shape(unit: Unit, depth: int) -> Shape:
    """Understand a unit.

    Args:
        depth: how many calls may stand inside each other.

    Raises:
        Unavailable: a name holds both kinds, a function has several meanings or none yet where it is called.
    """
    main = Scope(form.Procedure("", (), unit.steps, 0, (), unit.source, (0, len(unit.source.text))))
    found = Shape(unit, main)
    _find_functions(found)
    shared = {name for scope in found.functions.values() for name in scope.procedure.reads}
    found.shared = tuple(sorted(shared))
    inference = _Kinds(found)
    while inference.changed:
        inference.again()
    _check_depth(found, depth)
    return found


def _find_functions(found: Shape) -> None:
    defined = dict(found.unit.functions)
    for step in found.main.body:
        if isinstance(step, form.Define):
            before = defined.get(step.procedure.name)
            if before is not None and before.body is not step.procedure.body:
                raise Unavailable(f"`{before.name}` is defined twice")
            defined[step.procedure.name] = step.procedure
            continue
        for each in all_steps([step]):
            if isinstance(each, form.Call):
                _reach(found, found.main, each, defined)


def _reach(found: Shape, scope: Scope, call: form.Call, defined: dict[str, form.Procedure]) -> None:
    """Everything that a call may run must have its meaning before it."""
    pending = [(scope, call)]
    while pending:
        scope, call = pending.pop()
        if call.by:
            raise Unavailable("a derivative stands inside")
        scope.calls.add(call.function)
        if call.function in found.functions:
            continue
        if call.function not in defined:
            raise Unavailable(f"`{call.function}` may have no meaning yet where it is called")
        inner = found.functions[call.function] = Scope(defined[call.function])
        pending.extend((inner, each) for each in all_steps(inner.body) if isinstance(each, form.Call))


def _check_depth(found: Shape, depth: int) -> None:
    """Refuse what could overflow the machine's stack; see whether functions come back to themselves."""
    heights = found.heights
    left = {name: len(scope.calls) for name, scope in found.functions.items()}
    callers: dict[str, list[str]] = {}
    for name, scope in found.functions.items():
        for each in scope.calls:
            callers.setdefault(each, []).append(name)
    ready = [name for name, count in left.items() if not count]
    while ready:
        name = ready.pop()
        del left[name]
        heights[name] = 1 + max((heights[each] for each in found.functions[name].calls), default=0)
        for each in callers.get(name, ()):
            left[each] -= 1
            if not left[each]:
                ready.append(each)
    found.recursive = bool(left)
    if not left and max(heights.values(), default=0) > depth:
        raise Unavailable("its calls stand deeper inside each other than the limit")
    widest = max((len(scope.kinds) for scope in found.functions.values()), default=0)
    if left and (depth * (300 + 16 * widest) > STACK or depth >= 1 << CALLS):
        raise Unavailable("its calls may stand too deep inside each other")


class _Kinds:
    """Finds the kinds, again and again until nothing changes.

    What functions are given goes from those that call to those that are called, what they give the other way: so every
    second pass goes through them backwards, and a chain of calls takes a few passes, however long it is.
    """

    def __init__(self, found: Shape) -> None:
        self.found = found
        self.changed = True
        self.scopes = [found.main, *found.functions.values()]

    def again(self) -> None:
        """One pass over everything."""
        self.changed = False
        self.scopes.reverse()
        for scope in self.scopes:
            for step in all_steps(scope.body):
                self._step(scope, step)
            for name in scope.procedure.reads:
                if name in self.found.main.kinds:
                    self._set(scope.kinds, name, self.found.main.kinds[name])

    def _of(self, scope: Scope, operand: form.Operand) -> str | None:
        if isinstance(operand, str):
            return scope.kinds.get(operand)
        return BOOLEAN if isinstance(operand, bool) else NUMBER

    def _set(self, kinds: dict[Any, str], key: Any, kind: str | None) -> None:
        known = kinds.get(key)
        if kind is None or kind == known:
            return
        if known is not None:
            raise Unavailable(f"`{key}` is a number here and true or false there")
        kinds[key] = kind
        self.changed = True

    def _step(self, scope: Scope, step: form.Step) -> None:
        match step:
            case form.Operation() | form.Input() | form.For():
                self._set(scope.kinds, step.target, NUMBER)
            case form.Comparison() | form.Negation():
                self._set(scope.kinds, step.target, BOOLEAN)
            case form.Copy():
                self._set(scope.kinds, step.target, self._of(scope, step.source))
            case form.Push():
                self._set(self.found.stacks, step.stack, self._of(scope, step.source))
            case form.Pop():
                self._set(scope.kinds, step.target, self.found.stacks.get(step.stack))
            case form.Return():
                for index, value in enumerate(step.values):
                    self._set(scope.results, index, self._of(scope, value))
            case form.Call():
                self._call(scope, step)
            case form.PrimitiveDerivative():
                raise Unavailable("a derivative stands inside")
            case form.Require() if step.kind != "value":
                wanted = NUMBER if step.kind == "number" else BOOLEAN
                if scope.kinds.get(step.name, wanted) != wanted:
                    raise Unavailable(f"`{step.name}` is not of the kind that is needed")
            case _:
                pass

    def _call(self, scope: Scope, step: form.Call) -> None:
        inner = self.found.functions[step.function]
        for name, argument in zip(inner.procedure.parameters, step.arguments, strict=True):
            self._set(inner.kinds, name, self._of(scope, argument))
        for index, target in enumerate(step.targets):
            self._set(scope.kinds, target, inner.results.get(index))
