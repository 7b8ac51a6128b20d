"""Unit -> the text of Python functions, and the values that it names.

Law: names in the text are made here (`v` values, `f` functions, `k` stacks, `p` the program's functions); the only
things copied from a program are its numbers, as `repr` writes them. The statements are written by `scope`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from lang.backend.python.scope import Scope
from lang.backend.unit import Unavailable, Unit
from lang.limits import Limits
from lang.steps import form
from lang.steps.costs import counted
from lang.steps.reach import Reach
from lang.steps.walk import all_steps, calls_of, targets_of

ARGUMENTS = 40
"""How many arguments one look takes; CPython's compiler recurses over long sums."""


class Exhausted(Exception):
    """Running code met what the interpreter has to say something about."""


@dataclass
class Written:
    """A text and the values that stand behind its names."""

    text: str = ""
    bound: dict[str, Any] = field(default_factory=dict)


def write(unit: Unit, limits: Limits, ieee: bool, part: bool = False) -> Written:
    """The functions of a unit.

    `main` takes the inputs and gives the result, of several the first and a tuple of the others. Where it does not
    answer, or is called with other things than a finite float for each input, it calls `otherwise` with what it got.
    With `part` it gives only the tuple of the others.
    The names `missing` (in place of an argument), `otherwise`, `spending` and `ORDINARY` are left to be bound.

    Raises:
        Unavailable: see `lang.backend.python.function.build`.
    """
    return _Program(unit, limits, ieee).written(part)


class _Program:
    """The functions of one unit."""

    def __init__(self, unit: Unit, limits: Limits, ieee: bool) -> None:
        self.unit = unit
        self.limits = limits
        self.ieee = ieee
        self.bound: dict[str, Any] = {"Exhausted": Exhausted, "turns": turns, "float": float, "bool": bool}
        self.values: dict[Any, str] = {}
        self.procedures: dict[str, form.Procedure] = {}
        self.stacks: dict[int, str] = {}
        every = [step for step in all_steps(unit.steps) if step.__class__ is not form.Operation]
        for step in every:
            self._know(step)
        self.heavy = bool(self.procedures) or any(map(_turns, every))
        self.functions = {name: f"p{place}" for place, name in enumerate(self.procedures)}
        reach = Reach(self._reads, self._calls)
        self.outside = {name: tuple(sorted(reach.of(name))) for name in self.procedures}

    def _know(self, step: form.Step) -> None:
        if isinstance(step, form.Define):
            before = self.procedures.setdefault(step.procedure.name, step.procedure)
            if before.body is not step.procedure.body:
                raise Unavailable(f"`{step.procedure.name}` is defined twice, which the python engine does not follow")
            if before is step.procedure:
                for inner in all_steps(step.procedure.body):
                    self._know(inner)
        elif isinstance(step, form.Push | form.Pop):
            self.stacks.setdefault(step.stack, f"k{len(self.stacks)}")
        elif isinstance(step, form.PrimitiveDerivative) or (isinstance(step, form.Call) and step.by):
            raise Unavailable("a derivative call must be written out before the python engine can run it")

    def _reads(self, name: str) -> tuple[str, ...]:
        return self.procedures[name].reads

    def _calls(self, name: str) -> list[str]:
        return [each for each in calls_of(self.procedures[name].body) if each in self.procedures]

    def bind(self, value: Any) -> str:
        """The name of a value in the text."""
        if value not in self.values:
            self.values[value] = f"f{len(self.values)}"
            self.bound[self.values[value]] = value
        return self.values[value]

    def function(self, name: str) -> str:
        """The name of one of the program's functions."""
        return self.functions[name]

    def written(self, part: bool) -> Written:
        """The whole text."""
        parts = [_Function(self, each).text() for each in self.procedures.values()]
        return Written("\n".join([*parts, _Main(self).text(part)]), self.bound)


def _turns(step: form.Step) -> bool:
    return isinstance(step, form.While | form.For | form.Push | form.Pop)


def turns(start: float, stop: float, stride: float) -> Iterable[float]:
    """`range` of whole numbers, as floats.

    Raises:
        ValueError, OverflowError: a bound is not whole, or the stride is 0.
    """
    bounds = [int(each) for each in (start, stop, stride)]
    if bounds != [start, stop, stride]:
        raise ValueError("not whole")
    return map(float, range(*bounds))


class _Main(Scope):
    """The program's own statements."""

    def __init__(self, program: _Program) -> None:
        outside = {each for names in program.outside.values() for each in names}
        super().__init__(program, program.unit.steps, [*program.unit.results, *outside])
        self.unit = program.unit
        self.steps_allowed = program.limits.steps
        self.outside = outside

    def text(self, part: bool) -> str:
        """The function `main`."""
        unit, program = self.unit, self.program
        given = {name: f"a{at}" for at, name in enumerate(unit.inputs)}
        words = list(given.values())
        self.line(0, f"def main({''.join(f'{each}=missing, ' for each in words)}*rest):")
        self.line(1, "try:")
        for at in range(0, len(words), ARGUMENTS):
            few = words[at : at + ARGUMENTS]
            kinds = " or ".join(f"{each}.__class__ is not float" for each in few)
            self.line(2, f"if {kinds} or ({' + '.join(few)}) * 0.0 != 0.0 or rest: raise Exhausted")
        if not words:
            self.line(2, "if rest: raise Exhausted")
        self.given = given
        if program.heavy:
            stacks = list(program.stacks.values())
            for each in stacks:
                self.line(2, f"{each} = []")
            self.line(2, f"s = spending(({''.join(each + ', ' for each in stacks)}))")
            self.line(2, "fuel = s.fuel")
            self._count(2, counted(unit.steps))
        elif counted(list(all_steps(unit.steps))) > self.steps_allowed:
            raise Unavailable("the program has more steps than its limit allows")
        for each in sorted(self.outside):
            self.line(2, f"{self.name(each)} = None")
        self.block(unit.steps, 2, 0)
        for each in program.stacks.values():
            self.line(2, f"if {each}: raise Exhausted")
        if program.heavy:
            self.line(2, "if fuel < 0: s.more(fuel)")
        different: set[str] = set()
        numbers: set[str] = set()
        for step in all_steps(unit.steps):
            kind = numbers if isinstance(step, form.Operation | form.Input) else different
            kind.update(targets_of(step))
        for each in dict.fromkeys(unit.results):
            if each not in numbers or each in different:
                self.line(2, f"if {self.name(each)}.__class__ is not float: raise Exhausted")
        first, *more = [self.name(each) for each in unit.results]
        others = f"({''.join(each + ', ' for each in more)})"
        self.line(2, f"return {others}" if part else f"return ({first}, {others})" if more else f"return {first}")
        self.line(1, "except ORDINARY: pass")
        self.line(1, f"return otherwise({''.join(each + ', ' for each in words)}*rest)")
        return "\n".join(self.lines) + "\n"

    def _input(self, step: form.Input, depth: int, loops: int) -> None:
        if step.target not in self.given:
            raise Unavailable(f"the input `{step.target}` is not among the arguments")
        given = self.given[step.target]
        if step.target in self.changing or step.target in self.outside:
            self.line(depth, f"{self.name(step.target)} = {given}")
        else:
            self.names[step.target] = given


class _Function(Scope):
    """One of the program's functions."""

    def __init__(self, program: _Program, procedure: form.Procedure) -> None:
        super().__init__(program, procedure.body, (), procedure.parameters)
        self.procedure = procedure

    def text(self) -> str:
        """The function."""
        program, procedure = self.program, self.procedure
        outside = program.outside[procedure.name]
        for each in procedure.parameters:
            self.name(each)
        parameters = [self.name(each) for each in procedure.parameters]
        parameters += [self.global_name(each) for each in outside]
        words = ", ".join(["s", *program.stacks.values(), *parameters])
        self.line(0, f"def {program.function(procedure.name)}({words}):")
        self.line(1, "s.depth -= 1")
        self.line(1, "if s.depth < 0: raise Exhausted")
        self.line(1, "fuel = s.fuel")
        self._spend(1, counted(procedure.body))
        self.block(procedure.body, 1, 0)
        return "\n".join(self.lines) + "\n"

    def global_name(self, name: str) -> str:
        """A name of the program: under its own name where the function means it by that, else apart from its locals."""
        return self.name(name) if name in self.procedure.reads else self.name(_Outside(name))

    def _return(self, step: form.Return, depth: int, loops: int) -> None:
        values = [self.word(each) for each in step.values]
        self.line(depth, "s.depth += 1")
        self.line(depth, "s.fuel = fuel")
        self.line(depth, f"return {', '.join(values)}")


class _Outside(str):
    """A program's name inside a function that has a local of the same spelling."""

    __slots__ = ()

    def __hash__(self) -> int:
        return hash(("outside", str(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Outside) and str(self) == str(other)


__all__ = ["Exhausted", "Written", "write"]
