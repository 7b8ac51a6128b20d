"""Unit -> the text of Python functions, and the values that it names.

Law: names in the text are made here (`v` values, `f` functions, `k` stacks, `p` the program's functions); the only
things copied from a program are its numbers, as `repr` writes them.

A value that is used once, by a statement near by, stands in its place: that saves CPython a store and a load.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from lang.backend.python_checks import looks
from lang.backend.unit import Unavailable, Unit
from lang.kernels import FAST, KERNELS
from lang.limits import Limits
from lang.steps import form
from lang.steps.walk import all_steps, targets_of

BLOCKS, LOOPS, NESTED = 60, 18, 6
"""How deep blocks, loops and expressions may stand in each other; CPython's own bounds are 100, 20 and about 90."""
STRAIGHT = (form.Operation, form.Comparison, form.Negation, form.Copy, form.Require)
OPERATORS = {("+", 2), ("-", 2), ("*", 2), ("/", 2), ("-", 1), ("+", 1)}
SILENT = (form.Define, form.Show, form.Ask, form.Mark)


class Exhausted(Exception):
    """Running code met what the interpreter has to say something about."""


@dataclass
class Written:
    """A text and the values that stand behind its names."""

    text: str = ""
    bound: dict[str, Any] = field(default_factory=dict)


def write(unit: Unit, limits: Limits, ieee: bool) -> Written:
    """The functions of a unit: `main` takes the inputs' values and gives the results' as a tuple.

    Raises:
        Unavailable: see `lang.backend.python.build`.
    """
    return _Program(unit, limits, ieee).written()


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
        for step in all_steps(unit.steps):
            self._know(step)
        self.heavy = bool(self.procedures) or any(_turns(step) for step in all_steps(unit.steps))
        self.outside = {name: self._outside(name) for name in self.procedures}

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

    def _outside(self, name: str) -> tuple[str, ...]:
        """The names of the program that a function reads, or a function that it calls does."""
        seen: set[str] = set()
        found: set[str] = set()
        pending = [name]
        while pending:
            each = pending.pop()
            procedure = self.procedures.get(each)
            if each in seen or procedure is None:
                continue
            seen.add(each)
            found.update(procedure.reads)
            pending += [step.function for step in all_steps(procedure.body) if isinstance(step, form.Call)]
        return tuple(sorted(found))

    def bind(self, value: Any) -> str:
        """The name of a value in the text."""
        if value not in self.values:
            self.values[value] = f"f{len(self.values)}"
            self.bound[self.values[value]] = value
        return self.values[value]

    def function(self, name: str) -> str:
        """The name of one of the program's functions."""
        return f"p{list(self.procedures).index(name)}"

    def written(self) -> Written:
        """The whole text."""
        parts = [_Function(self, each).text() for each in self.procedures.values()]
        return Written("\n".join([*parts, _Main(self).text()]), self.bound)


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


class _Scope:
    """Writes the statements of one scope."""

    def __init__(self, program: _Program, body: form.Block, kept: Iterable[str], given: Iterable[str] = ()) -> None:
        self.program = program
        self.body = body
        self.lines: list[str] = []
        self.names: dict[str, str] = {}
        self.inlined: dict[str, tuple[str, int]] = {}
        uses: Counter[str] = Counter(kept)
        sets: Counter[str] = Counter(given)
        for step in all_steps(body):
            uses.update(_read(step))
            sets.update(targets_of(step))
        self.changing = {name for name, count in sets.items() if count > 1}
        self.once = {name for name, count in uses.items() if count == 1 and sets[name] == 1} - set(kept)

    # --- words ------------------------------------------------------------------------------------------------

    def name(self, name: str) -> str:
        """Python's name for a name of the scope."""
        found = self.names.get(name)
        if found is None:
            found = self.names[name] = f"v{len(self.names)}"
        return found

    def word(self, operand: form.Operand) -> str:
        """An operand."""
        if isinstance(operand, str):
            return self.inlined.pop(operand)[0] if operand in self.inlined else self.name(operand)
        if isinstance(operand, float):
            if operand - operand != 0.0:
                return self.program.bind(operand)
            return f"({operand!r})" if str(operand)[0] == "-" else repr(operand)
        return repr(operand)

    def line(self, depth: int, text: str) -> None:
        self.lines.append(" " * depth + text)

    # --- straight steps -----------------------------------------------------------------------------------------

    def run(self, steps: Sequence[form.Step], depth: int) -> None:
        """One run of straight steps, and the looks at its values."""
        at_once, at_end = (set(), []) if self.program.ieee else looks(steps)
        looked = set(at_end)
        waiting: dict[str, set[str]] = {}
        reads = {name: index for index, step in enumerate(steps) for name in _read(step) if name in self.once}
        for index, step in enumerate(steps):
            if isinstance(step, form.Require):
                self.line(depth, f"if {self._unmet(step)}: raise Exhausted")
                continue
            target = step.target  # type: ignore[union-attr]
            level = 1 + max((self.inlined[each][1] for each in _read(step) if each in self.inlined), default=0)
            text = self._right(step)
            near = target in self.once and reads.get(target, -1) > index and level < NESTED
            if near and index not in at_once and target not in looked:
                waiting[target] = _sources(step, waiting)
                self.inlined[target] = (f"({text})", level)
            else:
                self.line(depth, f"{self.name(target)} = {text}")
                if target in self.changing:
                    self._overwritten(target, waiting, depth)
            if index in at_once:
                self._look([target], depth)
        for name in list(self.inlined):
            self._store(name, depth)
        self._look(at_end, depth)

    def _overwritten(self, target: str, waiting: dict[str, set[str]], depth: int) -> None:
        """Before a name changes, those that wait for their use with the old value in them are stored."""
        for name in [each for each in self.inlined if target in waiting[each]]:
            last = self.lines.pop()
            self._store(name, depth)
            self.lines.append(last)

    def _store(self, name: str, depth: int) -> None:
        text, _ = self.inlined.pop(name)
        self.line(depth, f"{self.name(name)} = {text[1:-1]}")

    def _right(self, step: form.Step) -> str:
        if isinstance(step, form.Operation):
            key = (step.primitive.name, step.primitive.arity)
            words = [self.word(each) for each in step.arguments]
            if key in OPERATORS and not (self.program.ieee and key[0] == "/"):
                return f" {key[0]} ".join(words) if len(words) == 2 else f"{key[0]}{words[0]}"
            kernels = KERNELS if self.program.ieee else FAST
            return f"{self.program.bind(kernels[key])}({', '.join(words)})"
        if isinstance(step, form.Comparison):
            return f"{self.word(step.left)} {step.operator} {self.word(step.right)}"
        if isinstance(step, form.Negation):
            return f"not {self.word(step.source)}"
        assert isinstance(step, form.Copy)
        return self.word(step.source)

    def _unmet(self, step: form.Require) -> str:
        name = self.name(step.name)
        if step.kind == "value":
            return f"{name} is None"
        return f"{name}.__class__ is not {'float' if step.kind == 'number' else 'bool'}"

    def _look(self, names: Sequence[str], depth: int) -> None:
        for at in range(0, len(names), 40):
            words = [self.name(each) for each in names[at : at + 40]]
            self.line(depth, f"if {' + '.join(f'({each} - {each})' for each in words)} != 0.0: raise Exhausted")

    # --- blocks -------------------------------------------------------------------------------------------------

    def block(self, block: form.Block, depth: int, loops: int) -> None:
        """The statements of a block."""
        if depth > BLOCKS or loops > LOOPS:
            raise Unavailable("blocks stand too deep in each other for the python engine")
        start, straight = len(self.lines), []
        for step in block:
            if isinstance(step, STRAIGHT):
                straight.append(step)
            elif not isinstance(step, SILENT):
                self.run(straight, depth)
                straight = []
                getattr(self, "_" + type(step).__name__.lower())(step, depth, loops)
        self.run(straight, depth)
        if len(self.lines) == start:
            self.line(depth, "pass")

    def _spend(self, depth: int, count: int) -> None:
        self.line(depth, f"fuel -= {count}")
        self.line(depth, "if fuel < 0: fuel = s.more(fuel)")

    def _if(self, step: form.If, depth: int, loops: int) -> None:
        for arm in step.arms:
            if arm.setup:
                self.block(arm.setup, depth, loops)
            self.line(depth, f"if {self.word(arm.condition)}:")
            if self.program.heavy and arm.body:
                self._spend(depth + 1, len(arm.body))
            self.block(arm.body, depth + 1, loops)
            self.line(depth, "else:")
            depth += 1
        self.block(step.otherwise, depth, loops)

    def _while(self, step: form.While, depth: int, loops: int) -> None:
        self.line(depth, "while True:")
        self._spend(depth + 1, len(step.setup) + len(step.body) + 1)
        self.block(step.setup, depth + 1, loops + 1)
        self.line(depth + 1, f"if not {self.word(step.condition)}: break")
        self.block(step.body, depth + 1, loops + 1)

    def _for(self, step: form.For, depth: int, loops: int) -> None:
        bounds = ", ".join(self.word(each) for each in (step.start, step.stop, step.stride))
        self.line(depth, f"for {self.name(step.target)} in turns({bounds}):")
        self._spend(depth + 1, len(step.body) + 1)
        self.block(step.body, depth + 1, loops + 1)

    def _push(self, step: form.Push, depth: int, loops: int) -> None:
        self.line(depth, f"{self.program.stacks[step.stack]}.append({self.word(step.source)})")

    def _pop(self, step: form.Pop, depth: int, loops: int) -> None:
        self.line(depth, f"{self.name(step.target)} = {self.program.stacks[step.stack]}.pop()")

    def _call(self, step: form.Call, depth: int, loops: int) -> None:
        program = self.program
        if step.function not in program.procedures:
            raise Unavailable(f"`{step.function}` is not defined in this program")
        words = [self.word(each) for each in step.arguments]
        words += [self.global_name(each) for each in program.outside[step.function]]
        self._spend(depth, 2)
        self.line(depth, "s.fuel = fuel")
        call = f"{program.function(step.function)}({', '.join(['s', *program.stacks.values(), *words])})"
        self.line(depth, f"{', '.join(map(self.name, step.targets))} = {call}")
        self.line(depth, "fuel = s.fuel")

    def global_name(self, name: str) -> str:
        """A name of the program, as it stands here."""
        return self.name(name)


class _Main(_Scope):
    """The program's own statements."""

    def __init__(self, program: _Program) -> None:
        outside = {each for names in program.outside.values() for each in names}
        super().__init__(program, program.unit.steps, [*program.unit.results, *outside])
        self.outside = outside

    def text(self) -> str:
        """The function `main`."""
        unit, program = self.program.unit, self.program
        self.line(0, "def main(values):")
        given = {name: f"a{at}" for at, name in enumerate(unit.inputs)}
        if given:
            self.line(1, f"{', '.join(given.values())}, = values")
        self.given = given
        if program.heavy:
            stacks = list(program.stacks.values())
            for each in stacks:
                self.line(1, f"{each} = []")
            self.line(1, f"s = spending(({''.join(each + ', ' for each in stacks)}))")
            self.line(1, "fuel = s.fuel")
            self._spend(1, len(unit.steps))
        elif sum(1 for _ in all_steps(unit.steps)) > program.limits.steps:
            raise Unavailable("the program has more steps than its limit allows")
        for each in sorted(self.outside):
            self.line(1, f"{self.name(each)} = None")
        self.block(unit.steps, 1, 0)
        for each in program.stacks.values():
            self.line(1, f"if {each}: raise Exhausted")
        others: set[str] = set()
        numbers: set[str] = set()
        for step in all_steps(unit.steps):
            kind = numbers if isinstance(step, form.Operation | form.Input) else others
            kind.update(targets_of(step))
        for each in dict.fromkeys(unit.results):
            if each not in numbers or each in others:
                self.line(1, f"if {self.name(each)}.__class__ is not float: raise Exhausted")
        self.line(1, f"return ({''.join(self.name(each) + ', ' for each in unit.results)})")
        return "\n".join(self.lines) + "\n"

    def _input(self, step: form.Input, depth: int, loops: int) -> None:
        if step.target not in self.given:
            raise Unavailable(f"the input `{step.target}` is not among the arguments")
        self.line(depth, f"{self.name(step.target)} = {self.given[step.target]}")


class _Function(_Scope):
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
        self._spend(1, len(procedure.body))
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


def _read(step: form.Step) -> list[str]:
    """The names that a step reads."""
    operands: Sequence[Any] = ()
    if isinstance(step, form.Operation | form.Call):
        operands = step.arguments
    elif isinstance(step, form.Comparison):
        operands = (step.left, step.right)
    elif isinstance(step, form.Negation | form.Copy | form.Push):
        operands = (step.source,)
    elif isinstance(step, form.Require):
        operands = (step.name, step.name)
    elif isinstance(step, form.If):
        operands = [arm.condition for arm in step.arms]
    elif isinstance(step, form.While):
        operands = (step.condition, step.condition)
    elif isinstance(step, form.For):
        operands = (step.start, step.stop, step.stride)
    elif isinstance(step, form.Return):
        operands = step.values
    return [each for each in operands if isinstance(each, str)]


def _sources(step: form.Step, waiting: dict[str, set[str]]) -> set[str]:
    """The stored names in a step's right side, through those that wait in it."""
    found: set[str] = set()
    for name in _read(step):
        found |= set(waiting[name]) if name in waiting else {name}
    return found


__all__ = ["Exhausted", "Written", "write"]
