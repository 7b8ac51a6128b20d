"""The machine that also keeps what it did: one fact for each step a program's reader would write down.

Law: it computes nothing itself. Each step is left to the machine it extends, and what is kept is read off the registers
before and after. What happens inside a derivative call or a user's rule is not kept: it is one step of the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lang.errors import CommandError
from lang.evaluate import assemble as op
from lang.evaluate.active import Active, Dual, Level, Node, Value, plain
from lang.evaluate.machine import Continuation, Frame, Machine
from lang.evaluate.run import Run
from lang.evaluate.tape import Tape
from lang.source import Source
from lang.steps import form
from lang.steps.walk import all_steps, blocks_of
from lang.steps.wording import operation


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """Where in the course of a run a step was made: inside a call, or in one turn of a loop.

    Attributes:
        outer: the context around it, None at a program's top.
        kind: `call` or `turn`.
        text: `f(x, y)`, `i = 3`, or `turn 3`.
        step: the call or the loop.
        number: which turn, from 0; for a call how many were made before it.
        depth: how many contexts are around it.
    """

    outer: Context | None
    kind: str
    text: str
    step: form.Step
    number: int
    depth: int


@dataclass(slots=True)
class Made:
    """One step that was made; the fields are those of `record.Node`."""

    name: str
    kind: str
    step: form.Step
    value: float | bool
    operands: tuple[int | None, ...]
    edges: tuple[tuple[int, float], ...]
    active: bool
    context: Context | None
    source: Source
    text: str


@dataclass(slots=True, eq=False)
class Scope:
    """What is known of a scope that is running.

    Attributes:
        where: the node that last gave each name its value.
        context: the call it belongs to.
        turns: the loops that are running in it, outermost first, each with its turn.
    """

    context: Context | None
    where: dict[str, int] = field(default_factory=dict)
    turns: dict[form.Step, Context] = field(default_factory=dict)


Operand = tuple[int | None, Value]
"""An operand's node and its value."""


class Watching(Machine):
    """A machine that tells `keep` of each step it made.

    Args:
        run: the run.
        most: how many steps may be made; None for no bound.
    """

    def __init__(self, run: Run, most: int | None = None) -> None:
        super().__init__(run)
        self.most = most
        self.count = 0
        self.calls = 0
        self.scopes = [Scope(None)]
        self.hidden = 0
        self.loops: dict[form.Step, tuple[form.Step, ...]] = {}
        self.starts: dict[form.Step, form.While] = {}
        self.learned: set[int] = set()
        self.saved_nodes: dict[int, list[int | None]] = {}

    def keep(
        self,
        name: str,
        kind: str,
        step: form.Step,
        operands: tuple[Operand, ...],
        value: Value,
        context: Context | None,
        text: str,
    ) -> None:
        """A step was made; what it gave `name` is the node `self.count`."""
        raise NotImplementedError

    def changed(self, node: int, value: Value) -> None:
        """A value became one that derivatives are asked by."""
        raise NotImplementedError

    def _made(
        self,
        name: str,
        kind: str,
        step: form.Step,
        operands: tuple[Operand, ...],
        value: Value,
        text: str = "",
        context: Context | None = None,
    ) -> None:
        if self.count == self.most:
            raise CommandError(
                f"this run makes more than {self.most:,} steps, too many to show one by one",
                hint="take fewer turns or smaller inputs",
            )
        self.keep(name, kind, step, operands, value, context or self._context(step), text)
        self.scopes[-1].where[name] = self.count
        self.count += 1

    # --- where a step stands ----------------------------------------------------------------------------------

    def _learn(self, block: form.Block) -> None:
        """Note which loops each step of a scope stands in, and where a `while` begins its turns."""
        if id(block) in self.learned:
            return
        self.learned.add(id(block))
        pending: list[tuple[form.Block, tuple[form.Step, ...]]] = [(block, ())]
        while pending:
            inside, loops = pending.pop()
            for step in inside:
                self.loops[step] = loops
                around = (*loops, step) if isinstance(step, form.While | form.For) else loops
                pending.extend((each, around) for each in blocks_of(step))
                if isinstance(step, form.While):
                    first = next(all_steps([*step.setup, *step.body]), None)
                    if first is not None:
                        self.starts[first] = step

    def _context(self, step: form.Step) -> Context | None:
        scope = self.scopes[-1]
        if not scope.turns:
            return scope.context
        around = self.loops.get(step, ())
        for loop in [each for each in scope.turns if each not in around]:
            del scope.turns[loop]
        return next(reversed(scope.turns.values()), scope.context)

    def _turn(self, loop: form.Step, text: Callable[[int], str], fresh: bool = False) -> None:
        """A loop begins a turn; loops inside it begin anew."""
        scope = self.scopes[-1]
        before = None if fresh else scope.turns.get(loop)
        around = self.loops.get(loop, ())
        for each in [each for each in scope.turns if each not in around]:
            del scope.turns[each]
        outer = next(reversed(scope.turns.values()), scope.context)
        number = 0 if before is None else before.number + 1
        depth = 0 if outer is None else outer.depth + 1
        scope.turns[loop] = Context(outer, "turn", text(number), loop, number, depth)

    # --- straight steps ---------------------------------------------------------------------------------------

    def _straight(self, segment: list[tuple[Any, ...]], registers: list[Any]) -> None:
        self._each(super()._straight, segment, registers)

    def _straight_active(self, segment: list[tuple[Any, ...]], registers: list[Any]) -> None:
        self._each(super()._straight_active, segment, registers)

    def _straight_total(self, segment: list[tuple[Any, ...]], registers: list[Any]) -> None:
        self._each(super()._straight_total, segment, registers)

    def _each(
        self,
        way: Callable[[list[tuple[Any, ...]], list[Any]], None],
        segment: list[Any],
        registers: list[Any],
    ) -> None:
        if self.hidden:
            way(segment, registers)
            return
        for item in segment:
            step = item[4]
            if step in self.starts:
                self._turn(self.starts[step], lambda number: f"turn {number + 1}")
            operands = self._operands_of(_arguments(step), registers)
            way([item], registers)
            if not isinstance(step, form.Require) and step.span != (0, 0):
                self._made(step.target, _KINDS[type(step)], step, operands, registers[item[1]])
            elif isinstance(step, form.Copy):
                self.scopes[-1].where.pop(step.target, None)

    def _operands_of(self, arguments: tuple[form.Operand, ...], registers: list[Any]) -> tuple[Operand, ...]:
        where, slots = self.scopes[-1].where, self.frames[-1].code.slots
        return tuple(
            (where.get(each), registers[slots[each]]) if isinstance(each, str) else (None, each)
            for each in arguments
        )

    # --- the rest ---------------------------------------------------------------------------------------------

    def execute(self, procedure: form.Procedure) -> None:
        """Run a program's own statements to their end, keeping each step."""
        self._learn(procedure.body)
        super().execute(procedure)

    def _other(self, opcode: int, instruction: tuple[Any, ...], frame: Frame) -> None:
        registers = frame.registers
        step = instruction[-1]
        operands: tuple[Operand, ...] = ()
        if opcode == op.PRIME and not self.hidden:
            operands = self._operands_of(step.arguments, registers)
        super()._other(opcode, instruction, frame)
        if self.hidden:
            return
        if opcode == op.PRIME:
            self._made(step.target, "call", step, operands, registers[instruction[1]])
        elif opcode == op.INPUT:
            self._made(step.target, "input", step, (), registers[instruction[1]])
        elif opcode == op.MARK:
            self.changed(self.scopes[-1].where[step.name], registers[instruction[1]])

    def _turns(self, instruction: tuple[Any, ...], registers: list[Any]) -> Any:
        turns = super()._turns(instruction, registers)
        return turns if self.hidden else self._counted(instruction[3], turns)

    def _counted(self, step: form.For, turns: Iterator[int]) -> Iterator[int]:
        fresh = True
        for turn in turns:
            text = f"{step.target} = {turn}"
            self._turn(step, lambda _, text=text: text, fresh)  # type: ignore[misc]
            fresh = False
            context = self.scopes[-1].turns[step]
            self._made(step.target, "turn", step, (), float(turn), text=str(turn), context=context)
            yield turn

    def _save(self, registers: list[Any], instruction: tuple[Any, ...]) -> None:
        super()._save(registers, instruction)
        step: form.Push = instruction[2]
        source = step.source
        node = self.scopes[-1].where.get(source) if isinstance(source, str) else None
        self.saved_nodes.setdefault(step.stack, []).append(node)

    def _take_back(self, frame: Frame, instruction: tuple[Any, ...]) -> None:
        super()._take_back(frame, instruction)
        step: form.Pop = instruction[2]
        node = self.saved_nodes[step.stack].pop()
        if not self.hidden:
            value = frame.registers[instruction[1]]
            self._made(step.target, "pop", step, ((node, value),), value)

    # --- calls ------------------------------------------------------------------------------------------------

    def _call(self, frame: Frame, instruction: tuple[Any, ...]) -> None:
        if self.hidden:
            super()._call(frame, instruction)
            return
        step: form.Call = instruction[3]
        procedure = self.run.functions.get(step.function)
        if procedure is None or not (step.by or procedure.rule is not None):
            super()._call(frame, instruction)
            return
        arguments = self._operands_of(step.arguments, frame.registers)
        reads = tuple((self.scopes[0].where.get(name), self._global(name)) for name in procedure.reads)
        text = operation(step, procedure.parameters)
        self.hidden = len(self.frames)
        self.asked = (step, arguments, reads, instruction[1], text)
        super()._call(frame, instruction)
        self._show_again()

    def _show_again(self) -> None:
        """Where the call that was hidden has given its results, keep them."""
        if self.hidden != len(self.frames):
            return
        self.hidden = 0
        step, arguments, _, targets, text = self.asked
        registers = self.frames[-1].registers
        for name, slot in zip(step.targets, targets, strict=True):
            self._made(name, "call", step, arguments, registers[slot], text=text)

    def _push(
        self,
        procedure: form.Procedure,
        arguments: tuple[Value, ...],
        rule_of: Level | None,
        step: form.Step,
        targets: tuple[int, ...],
        continuation: Continuation | None,
    ) -> None:
        if self.hidden:
            super()._push(procedure, arguments, rule_of, step, targets, continuation)
            return
        assert isinstance(step, form.Call)
        operands = self._operands_of(step.arguments, self.frames[-1].registers)
        outer = self._context(step)
        super()._push(procedure, arguments, rule_of, step, targets, continuation)
        self._learn(procedure.body)
        text = operation(step)
        context = Context(outer, "call", text, step, self.calls, 0 if outer is None else outer.depth + 1)
        self.calls += 1
        inside = Scope(context)
        main = self.scopes[0].where
        inside.where = {name: main[name] for name in procedure.reads if name in main}
        self.scopes.append(inside)
        for name, given, operand in zip(procedure.parameters, operands, step.arguments, strict=True):
            self._made(
                name, "parameter", step, (given,), given[1], text=operation(form.Copy(name, operand, (0, 0)))
            )

    def _return(self, frame: Frame, values: tuple[Value, ...]) -> None:
        if self.hidden:
            super()._return(frame, values)
            self._show_again()
            return
        slots = frame.code.instructions[frame.place - 1][1]
        step = frame.step
        assert isinstance(step, form.Call)
        where, names = self.scopes[-1].where, {slot: name for name, slot in frame.code.slots.items()}
        operands = tuple(where.get(names.get(slot, "")) for slot in slots)
        super()._return(frame, values)
        self.scopes.pop()
        for name, value, operand in zip(step.targets, values, operands, strict=True):
            self._made(name, "result", step, ((operand, value),), value)


_KINDS = {
    form.Operation: "operation",
    form.Copy: "copy",
    form.Comparison: "condition",
    form.Negation: "condition",
}


def _arguments(step: form.Step) -> tuple[form.Operand, ...]:
    """What a straight step reads."""
    if isinstance(step, form.Operation):
        return step.arguments
    if isinstance(step, form.Comparison):
        return (step.left, step.right)
    return (step.source,) if isinstance(step, form.Copy | form.Negation) else ()


class Recording(Watching):
    """Keeps each step with its operands and partials, as a tape has them.

    Args:
        run: the run.
        tape: the tape that inputs are put on.
        most: how many steps may be made; None for no bound.
    """

    def __init__(self, run: Run, tape: Tape, most: int | None = None) -> None:
        super().__init__(run, most)
        self.tape = tape
        self.made: list[Made] = []
        self.origin: dict[int, int] = {}
        run.tapes.append(self.made)  # type: ignore[arg-type]

    def keep(
        self,
        name: str,
        kind: str,
        step: form.Step,
        operands: tuple[Operand, ...],
        value: Value,
        context: Context | None,
        text: str,
    ) -> None:
        """Keep a step."""
        edges = self._edges(kind, operands, value) if isinstance(value, Node) else ()
        if isinstance(value, Node):
            self.origin.setdefault(value.index, self.count)
        number = value if isinstance(value, bool) else plain(value)
        nodes = tuple(node for node, _ in operands)
        active = isinstance(value, Active)
        source = self.run.source
        self.made.append(Made(name, kind, step, number, nodes, edges, active, context, source, text))

    def changed(self, node: int, value: Value) -> None:
        """A value became one that derivatives are asked by."""
        if isinstance(value, Node):
            self.origin.setdefault(value.index, node)
            self.made[node].active = True

    def _edges(self, kind: str, operands: tuple[Operand, ...], value: Node) -> tuple[tuple[int, float], ...]:
        if kind == "input":
            return ()
        if kind == "operation":
            return _matched(self.tape.entries[value.index], operands)
        if kind == "call":
            return self._collapsed(value.index, operands)
        node = operands[0][0]
        return () if node is None else ((node, 1.0),)

    def _collapsed(self, index: int, operands: tuple[Operand, ...]) -> tuple[tuple[int, float], ...]:
        """The partials of a call by the nodes before it: products along what the tape kept of its inside, summed."""
        adjoints: dict[int, Any] = {index: 1.0}
        pending = {index}
        found: dict[int, float] = {}
        while pending:
            at = max(pending)
            pending.remove(at)
            adjoint = adjoints.pop(at)
            if at in self.origin:
                found[self.origin[at]] = adjoint
                continue
            entry = self.tape.entries[at]
            for place in range(0, len(entry), 2):
                parent, part = entry[place], adjoint * entry[place + 1]
                adjoints[parent] = adjoints[parent] + part if parent in adjoints else part
                pending.add(parent)
        named = {
            value.index: node for node, value in operands if isinstance(value, Node) and node is not None
        }
        renamed = {self.origin[place]: node for place, node in named.items()}
        return tuple(sorted((renamed.get(node, node), partial) for node, partial in found.items()))


class Moving(Watching):
    """Keeps each step's tangent, as dual numbers of one level have it."""

    def __init__(self, run: Run, level: Level, most: int | None = None) -> None:
        super().__init__(run, most)
        self.level = level
        self.tangents: list[float | None] = []

    def keep(
        self,
        name: str,
        kind: str,
        step: form.Step,
        operands: tuple[Operand, ...],
        value: Value,
        context: Context | None,
        text: str,
    ) -> None:
        """Keep a step's tangent."""
        self.tangents.append(self._tangent(value))

    def changed(self, node: int, value: Value) -> None:
        """A value became one that moves."""
        self.tangents[node] = self._tangent(value)

    def _tangent(self, value: Value) -> float | None:
        moves = isinstance(value, Dual) and value.level is self.level
        return plain(value.tangent) if moves else None  # type: ignore[union-attr]


def _matched(entry: tuple[Any, ...], operands: tuple[Operand, ...]) -> tuple[tuple[int, float], ...]:
    """The partials of an operation by the nodes of its operands; the tape has them in the operands' order."""
    found: list[tuple[int, float]] = []
    place = 0
    for node, value in operands:
        if place < len(entry) and isinstance(value, Node) and value.index == entry[place]:
            assert node is not None
            found.append((node, plain(entry[place + 1])))
            place += 2
    return tuple(found)


__all__ = ["Context", "Made", "Moving", "Recording", "Watching"]
