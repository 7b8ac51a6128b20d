"""The steps of one scope -> lines of Python.

Law: as in `source`, which writes the functions that these lines stand in: every name is made here, and the only
things copied from a program are its numbers.

A value that is used once, by a statement near by, stands in its place: that saves CPython a store and a load.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from lang.backend.python.checks import looks
from lang.backend.python.words import copied_by, read, sources_of
from lang.backend.unit import Unavailable
from lang.clock import watched
from lang.kernels import FAST, KERNELS
from lang.steps import form
from lang.steps.costs import TURN, counted
from lang.steps.walk import all_steps, targets_of

BLOCKS, LOOPS, NESTED = 60, 18, 6
"""How deep blocks, loops and expressions may stand in each other; CPython's own bounds are 100, 20 and about 90."""
COMPILING = "writing the program for Python"
STRAIGHT = (form.Operation, form.Comparison, form.Negation, form.Copy, form.Require)
OPERATORS = {("+", 2), ("-", 2), ("*", 2), ("/", 2), ("-", 1), ("+", 1)}
SILENT = (form.Define, form.Show, form.Ask, form.Mark)


class Around(Protocol):
    """What a scope asks of the program that it stands in.

    Attributes:
        ieee: do inf and nan flow?
        heavy: are steps counted as it runs?
        procedures: the program's functions; `outside` the names of the program that each reads.
        stacks: Python's name of each stack.
    """

    ieee: bool
    heavy: bool
    procedures: dict[str, form.Procedure]
    outside: dict[str, tuple[str, ...]]
    stacks: dict[int, str]

    def bind(self, value: Any) -> str:
        """The name of a value in the text."""
        ...

    def function(self, name: str) -> str:
        """The name of one of the program's functions."""
        ...


class Scope:
    """Writes the statements of one scope.

    Attributes:
        inlined: values that wait for their one use, as text, and how deep expressions stand in it.
        same: names whose value another word has, while a run of straight steps lasts.
    """

    def __init__(self, program: Around, body: form.Block, kept: Iterable[str], given: Iterable[str] = ()) -> None:
        self.program = program
        self.body = body
        self.lines: list[str] = []
        self.names: dict[str, str] = {}
        self.inlined: dict[str, tuple[str, int]] = {}
        self.same: dict[str, str] = {}
        self.uses = uses = Counter(kept)
        sets: Counter[str] = Counter(given)
        for step in all_steps(body):
            uses.update(read(step))
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
            if operand in self.same:
                return self.same[operand]
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
        reads = {name: index for index, step in enumerate(steps) for name in read(step) if name in self.once}
        sources = self._copied(steps, at_once)
        for index, step in enumerate(watched(steps, COMPILING)):
            if isinstance(step, form.Require):
                self.line(depth, f"if {self._unmet(step)}: raise Exhausted")
                continue
            target = step.target  # type: ignore[union-attr]
            source = sources.get(index)
            if source is not None and source not in self.inlined:
                self.same[target] = self.word(source)
                if self.uses[target] > self.inside[target]:
                    self.line(depth, f"{self.name(target)} = {self.same[target]}")
                continue
            level = 1 + max((self.inlined[each][1] for each in read(step) if each in self.inlined), default=0)
            text = self._right(step) if source is None else self.word(source)[1:-1]
            near = target in self.once and reads.get(target, -1) > index and level < NESTED
            if near and index not in at_once and target not in looked:
                waiting[target] = sources_of(step, waiting)
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
        self.same.clear()

    def _copied(self, steps: Sequence[form.Step], at_once: set[int]) -> dict[int, form.Operand]:
        """The steps that only copy what stays as it is while the run lasts: it may stand in place of the copy."""
        self.inside = Counter(name for step in steps for name in read(step))
        first: dict[str, int] = {}
        last: dict[str, int] = {}
        asked = {step.name for step in steps if isinstance(step, form.Require)}
        for index, step in enumerate(steps):
            for name in read(step):
                first.setdefault(name, index)
            last.update(dict.fromkeys(targets_of(step), index))
        found: dict[int, form.Operand] = {}
        ones: set[form.Operand] = {1.0}
        for index, step in enumerate(watched(steps, COMPILING)):
            source = copied_by(step, ones)
            if source is None or index in at_once:
                continue
            target = step.target  # type: ignore[union-attr]
            steady = source.__class__ is float or (source not in self.changing and last.get(str(source), -1) < index)
            if steady and target not in self.changing and target not in asked and first.get(target, index + 1) > index:
                found[index] = source
                if source in ones:
                    ones.add(target)
        return found

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
            words = [self.same.get(each) or self.name(each) for each in names[at : at + 40]]
            self.line(depth, f"if ({' + '.join(words)}) * 0.0 != 0.0: raise Exhausted")

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
        """Count steps, and look whether there were enough: at every turn and call."""
        self._count(depth, count)
        self.line(depth, "if fuel < 0: fuel = s.more(fuel)")

    def _count(self, depth: int, count: int) -> None:
        if self.program.heavy and count:
            self.line(depth, f"fuel -= {count}")

    def _if(self, step: form.If, depth: int, loops: int) -> None:
        for arm in step.arms:
            if arm.setup:
                self._count(depth, counted(arm.setup))
                self.block(arm.setup, depth, loops)
            self.line(depth, f"if {self.word(arm.condition)}:")
            self._count(depth + 1, counted(arm.body))
            self.block(arm.body, depth + 1, loops)
            self.line(depth, "else:")
            depth += 1
        self._count(depth, counted(step.otherwise))
        self.block(step.otherwise, depth, loops)

    def _while(self, step: form.While, depth: int, loops: int) -> None:
        self.line(depth, "while True:")
        self._spend(depth + 1, counted(step.setup))
        self.block(step.setup, depth + 1, loops + 1)
        self.line(depth + 1, f"if not {self.word(step.condition)}: break")
        self._count(depth + 1, counted(step.body))
        self.block(step.body, depth + 1, loops + 1)

    def _for(self, step: form.For, depth: int, loops: int) -> None:
        bounds = ", ".join(self.word(each) for each in (step.start, step.stop, step.stride))
        self.line(depth, f"for {self.name(step.target)} in turns({bounds}):")
        self._spend(depth + 1, counted(step.body) + TURN)
        self.block(step.body, depth + 1, loops + 1)
        self._count(depth, TURN)

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
        self.line(depth, "s.fuel = fuel")
        call = f"{program.function(step.function)}({', '.join(['s', *program.stacks.values(), *words])})"
        self.line(depth, f"{', '.join(map(self.name, step.targets))} = {call}")
        self.line(depth, "fuel = s.fuel")

    def global_name(self, name: str) -> str:
        """A name of the program, as it stands here."""
        return self.name(name)
