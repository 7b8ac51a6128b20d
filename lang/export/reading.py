"""Steps -> the listing of a program and of the functions it calls.

Law: nothing is left to the moment of the call. Which meaning of a function a call means, and which names of the program
it reads as they stand there, is settled here: such names become further parameters, and a function that is defined
anew later is another function.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lang.clock import watched
from lang.export import listing
from lang.export.reach import Reach, every, outline
from lang.export.walk import EXPORTING
from lang.source import Source, Span
from lang.steps import form
from lang.steps.quicker import quicker
from lang.steps.walk import targets_of


class Reader:
    """Reads one program.

    Args:
        source: the text the steps came from.
        constants: names that stand for numbers.
        foreign: names of functions that need no definition; a call of one is an `Apply`.
    """

    def __init__(
        self, source: Source, constants: Mapping[str, float] | None = None, foreign: frozenset[str] = frozenset()
    ) -> None:
        self.source = source
        self.constants = dict(constants or {})
        self.foreign = foreign
        self.routines: dict[object, listing.Routine] = {}
        self._pending: list[tuple[listing.Routine, form.Procedure, Reach]] = []

    def program(self, name: str, block: form.Block) -> listing.Routine:
        """The program itself."""
        _, stacks = outline(block)
        found = listing.Routine(name, (), _stack_names(stacks), 0, self.source, (0, len(self.source.text)))
        found.body = _Body(self, found, Reach(self.foreign), {}).block(block)
        self.finish()
        used = {each for other in self.routines.values() for each in other.stacks}
        found.stacks = tuple(sorted(used.union(found.stacks)))
        return found

    def finish(self) -> None:
        """Read the functions that calls have asked for."""
        while self._pending:
            routine, procedure, reach = self._pending.pop()
            own = {*procedure.parameters, *_assigned(procedure.body)}
            aliases = {name: alias(name) for name in routine.parameters[len(procedure.parameters) :]
                       if name in own and name not in procedure.reads}
            routine.parameters = tuple(aliases.get(each, each) if place >= len(procedure.parameters) else each
                                       for place, each in enumerate(routine.parameters))
            routine.body = _Body(self, routine, reach, aliases).block(procedure.body)

    def routine(self, name: str, reach: Reach, span: Span, source: Source) -> listing.Routine:
        """What a function means where it reaches that.

        Raises:
            CommandError: it, or a function it calls, is not defined in the steps.
        """
        reached = reach.of(name, span, source)
        key = (name, reached.meaning)
        if key not in self.routines:
            procedure = reach.functions[name]
            parameters = (*procedure.parameters, *sorted(reached.reads - self.constants.keys()))
            self.routines[key] = listing.Routine(name, parameters, _stack_names(reached.stacks), procedure.results,
                                                 procedure.source, procedure.span)
            self._pending.append((self.routines[key], procedure, reach))
        return self.routines[key]


class _Body:
    """Reads the steps of one scope."""

    def __init__(self, reader: Reader, routine: listing.Routine, reach: Reach, aliases: dict[str, str]) -> None:
        self.reader = reader
        self.routine = routine
        self.reach = reach
        self.aliases = aliases

    def block(self, block: form.Block) -> listing.Block:
        """The statements of some steps."""
        out: listing.Block = []
        for step in watched(block, EXPORTING):
            out.extend(self.statements(step))
        return out

    def statements(self, step: form.Step) -> listing.Block:
        """The statements of one step; those that only guard, show or ask have none."""
        match step:
            case form.Operation() | form.Comparison() | form.Negation() | form.Copy() | form.PrimitiveDerivative():
                return [listing.Assign(step.target, self.value(step))]
            case form.Call():
                return [self.call(step)]
            case form.Input():
                default = None if step.default is None else self.operand(step.default)
                return [listing.Input(step.target, default)]
            case form.Push():
                return [listing.Push(_stack_name(step.stack), self.operand(step.source))]
            case form.Pop():
                return [listing.Pop(step.target, _stack_name(step.stack))]
            case form.Return():
                return [listing.Return(tuple(map(self.operand, step.values)))]
            case form.Define():
                self.reach = self.reach.after(step.procedure)
                return []
            case form.If() | form.While() | form.For():
                return self.control(step)
            case _:
                return []

    def control(self, step: form.If | form.While | form.For) -> listing.Block:
        """The statements of a step with blocks."""
        if isinstance(step, form.While):
            setup, condition = self.block(step.setup), self.operand(step.condition)
            return [listing.While(setup, condition, self.block(step.body), step.span)]
        if isinstance(step, form.For):
            bounds = (self.operand(step.start), self.operand(step.stop), self.operand(step.stride))
            return [listing.For(step.target, bounds, self.block(step.body), step.span)]
        first, *others = [listing.Branch(self.block(arm.setup), self.operand(arm.condition), self.block(arm.body))
                          for arm in step.arms]
        setup, first.setup = first.setup, []
        return [*setup, listing.If([first, *others], self.block(step.otherwise), step.span)]

    def operand(self, operand: form.Operand) -> listing.Expression:
        """A name or a constant."""
        return self.reader.constants.get(operand, operand) if isinstance(operand, str) else operand

    def value(
        self, step: form.Operation | form.Comparison | form.Negation | form.Copy | form.PrimitiveDerivative
    ) -> listing.Expression:
        """What a step computes."""
        if isinstance(step, form.Copy):
            return self.operand(step.source)
        source = self.routine.source
        if isinstance(step, form.Negation):
            return listing.Apply("not", (self.operand(step.source),), step.span, source)
        if isinstance(step, form.Comparison):
            return listing.Apply(step.operator, (self.operand(step.left), self.operand(step.right)), step.span, source)
        if isinstance(step, form.Operation):
            step = quicker(step)
        arguments = tuple(map(self.operand, step.arguments))
        if isinstance(step, form.PrimitiveDerivative):
            return listing.Derived(step.primitive.name, arguments, step.span, source)
        if step.primitive.name == "+" and len(arguments) == 1:
            return arguments[0]
        return listing.Apply(step.primitive.name, arguments, step.span, source)

    def call(self, step: form.Call) -> listing.Assign | listing.Unpack:
        """A call of a function, with the names of the program that it reads."""
        arguments = tuple(map(self.operand, step.arguments))
        value: listing.Use | listing.Derived | listing.Apply
        if step.by:
            value = listing.Derived(step.function, arguments, step.span, self.routine.source)
        elif step.function in self.reader.foreign and step.function not in self.reach.functions:
            value = listing.Apply(step.function, arguments, step.span, self.routine.source)
        else:
            found = self.reader.routine(step.function, self.reach, step.span, self.routine.source)
            further = map(unaliased, found.parameters[len(arguments) :])
            value = listing.Use(found, (*arguments, *(self.aliases.get(each, each) for each in further)))
        if len(step.targets) == 1 or isinstance(value, listing.Apply):
            return listing.Assign(step.targets[0], value)
        return listing.Unpack(step.targets, value)


def alias(name: str) -> str:
    """How a name of the program is called inside a function that has a name of its own like it."""
    return f"program {name}"


def unaliased(name: str) -> str:
    """The name of the program."""
    return name.removeprefix("program ")


def _stack_name(index: int) -> str:
    return f"stack {index}"


def _stack_names(indices: Iterable[int]) -> tuple[str, ...]:
    return tuple(_stack_name(each) for each in sorted(indices))


def _assigned(block: form.Block) -> set[str]:
    return {target for step in every(block) for target in targets_of(step)}
