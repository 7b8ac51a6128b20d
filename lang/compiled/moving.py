"""A derivative's unit and its inputs -> the names through which a derivative may pass.

Law: no name is left out; one too many costs time only, since the interpreter then answers where nothing is awkward.

The temporaries of one function are called like those of another, so a name is told apart by whose it is: what a
function `reads` is the program's, all else is its own. Here the counter `n` does not move, although a temporary of the
adjoint function moves that is called like the one of `n - 1`:

    f(n, a) = a if n < 2 else f(n - 1, a) * y

A function that computes a derivative itself has its own parameter move, which its result does not tell: `f'(2)` stands
still, whatever moves inside.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from lang.backend.unit import COMPILING, Unit
from lang.clock import watched
from lang.steps import form
from lang.steps.walk import all_steps

NONE: Mapping[str, int] = {}


class Moving:
    """The names, scope by scope.

    Args:
        scopes: the program first, then its functions.
    """

    def __init__(self, scopes: Sequence[_Scope]) -> None:
        main, *functions = scopes
        self.program: Collection[str] = main.moving
        self._functions = {id(each.body): each.moving | main.moving.intersection(each.reads) for each in functions}

    def inside(self, function: form.Procedure) -> Collection[str]:
        """The names as they stand in a function's body."""
        return self._functions[id(function.body)]


def moves(unit: Unit, inputs: Collection[str], slopes: Mapping[str, int] = NONE) -> Moving:
    """Find them.

    Args:
        inputs: the names of the inputs that derivatives are by.
        slopes: functions that compute a derivative themselves, each with the place of the parameter that it is by.
    """
    scopes = _scopes(unit, set(inputs))
    for scope in scopes:
        scope.moving.update(scope.parameters[slopes[each]] for each in scope.names if each in slopes)
    flow = _Flow(scopes, slopes)
    before = -1
    while before != (now := sum(len(scope.moving) for scope in scopes) + len(flow.stacks)):
        before = now
        for scope in scopes:
            for step in watched(scope.steps, COMPILING):
                flow.step(scope, step)
    return Moving(scopes)


@dataclass(eq=False)
class _Scope:
    """The program or one of its functions (by every name its body has), and which of its own names move."""

    names: list[str]
    body: form.Block
    steps: Sequence[form.Step]
    parameters: Sequence[str] = ()
    reads: Collection[str] = ()
    moving: set[str] = field(default_factory=set)
    program: _Scope | None = None

    def home(self, name: str) -> set[str]:
        """The moving names that a name would be among."""
        return self.program.moving if self.program is not None and name in self.reads else self.moving

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self.home(name)

    def add(self, name: str) -> None:
        """It moves."""
        self.home(name).add(name)


def _scopes(unit: Unit, inputs: set[str]) -> list[_Scope]:
    """The program, and every function that is ever defined, each body once."""
    main = _Scope([], unit.steps, list(all_steps(unit.steps)), moving=inputs)
    found: dict[int, _Scope] = {}
    pending = list(unit.functions.values()) + [step.procedure for step in main.steps if isinstance(step, form.Define)]
    while pending:
        each = pending.pop()
        if id(each.body) not in found:
            steps = list(all_steps(each.body))
            found[id(each.body)] = _Scope([], each.body, steps, each.parameters, frozenset(each.reads), program=main)
            pending += [step.procedure for step in steps if isinstance(step, form.Define)]
        found[id(each.body)].names.append(each.name)
    return [main, *found.values()]


class _Flow:
    """How moving passes from name to name, through stacks and through calls."""

    def __init__(self, scopes: Sequence[_Scope], slopes: Mapping[str, int]) -> None:
        self.slopes = slopes
        self.program, *inside = scopes
        self.read = {name for scope in inside for name in scope.reads}
        self.stacks: set[int] = set()
        self.functions: dict[str, list[tuple[_Scope, list[form.Return]]]] = {}
        self.saved: dict[form.Operand, list[_Scope]] = {}
        for scope in scopes:
            returned = [step for step in scope.steps if isinstance(step, form.Return)]
            for name in scope.names:
                self.functions.setdefault(name, []).append((scope, returned))
            for step in scope.steps:
                if isinstance(step, form.Push):
                    self.saved.setdefault(step.source, []).append(scope)

    def step(self, scope: _Scope, step: form.Step) -> None:
        """One step of a scope."""
        match step:
            case form.Operation():
                for index, each in enumerate(step.arguments):
                    if each in scope and step.primitive.partial(index) is not None:
                        scope.add(step.target)
            case form.Copy():
                if step.source in scope:
                    scope.add(step.target)
            case form.Push():
                if step.source in scope:
                    self.stacks.add(step.stack)
            case form.Pop():
                # what is taken back under a name that is saved is that name's: a branch that was noted does not move
                homes = self.saved.get(step.target)
                if step.stack in self.stacks and (homes is None or any(step.target in each for each in homes)):
                    scope.add(step.target)
            case form.Call():
                self.call(scope, step)
            case _:
                pass

    def call(self, scope: _Scope, step: form.Call) -> None:
        """A call of whatever has that name."""
        for inner, returned in self.functions.get(step.function, ()):
            for name, each in zip(inner.parameters, step.arguments, strict=False):
                if each in scope:
                    inner.add(name)
            if step.function in self.slopes and not self.reaches(scope, step):
                continue
            for found in returned:
                for name, each in zip(step.targets, found.values, strict=False):
                    if each in inner:
                        scope.add(name)

    def reaches(self, scope: _Scope, step: form.Call) -> bool:
        """May something that moves where it is called be read by a call?"""
        return any(each in scope for each in step.arguments) or not self.program.moving.isdisjoint(self.read)
