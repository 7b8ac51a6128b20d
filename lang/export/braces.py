"""What C and JavaScript write alike: blocks in braces, declarations, counting loops.

Law: the bounds of a counting loop are evaluated once, before it, as in `range`.
"""

from __future__ import annotations

from abc import abstractmethod
from math import copysign

from lang.clock import watched
from lang.export import listing, walk
from lang.export.places import Places, places
from lang.export.plan import Plan
from lang.export.walk import EXPORTING
from lang.export.writer import ATOM, SUM, Writer


class Braces(Writer):
    """Writes blocks in braces; a language adds its declarations, its calls with several results, its stacks."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.places = Places()

    @abstractmethod
    def declared(self, name: str, value: str, fixed: bool) -> str:
        """The start of a statement that declares a name of the program with a value; `fixed`: it never changes."""

    @abstractmethod
    def auxiliary(self, name: str, value: str, fixed: bool) -> str:
        """The same for a name that the program does not have."""

    @abstractmethod
    def unpack(self, statement: listing.Unpack, call: listing.Use) -> None:
        """Write a call with several results."""

    @abstractmethod
    def popped(self, stack: str) -> str:
        """The expression that takes a value from a stack."""

    @abstractmethod
    def pushed(self, stack: str, value: str) -> str:
        """The expression that saves a value on a stack."""

    @abstractmethod
    def returned(self, statement: listing.Return) -> None:
        """Write the end of a function of the program."""

    def begin(self, routine: listing.Routine) -> None:
        """Start with a routine: its declarations at the top."""
        self.routine, self.lines, self.depth = routine, [], 1
        results = self.plan.results if routine is self.plan.main else ()
        self.places = places(routine, results)

    def body(self, routine: listing.Routine) -> None:
        """Write the declarations at the top, and the statements."""
        for name in self.places.early:
            self.line(self.declared(name, self.constants[2], False) + ";")
        for statement in watched(routine.body, EXPORTING):
            self.statement(statement)

    # --- statements -----------------------------------------------------------------------------------------

    def statement(self, statement: listing.Statement) -> None:
        match statement:
            case listing.Assign():
                value = self.expression(statement.value)
                self.line((self.assigned(statement, statement.target, value) if statement.target else value) + ";")
            case listing.Unpack():
                assert isinstance(statement.value, listing.Use)
                self.unpack(statement, statement.value)
            case listing.Push():
                self.line(self.pushed(self.name(statement.stack), self.expression(statement.value)) + ";")
            case listing.Pop():
                value = self.popped(self.name(statement.stack))
                self.line((self.assigned(statement, statement.target, value) if statement.target else value) + ";")
            case listing.Return():
                self.returned(statement)
            case listing.If():
                self._if(statement)
            case listing.While():
                self._while(statement)
            case listing.For():
                self._for(statement)
            case listing.Input():
                raise AssertionError("a plan has made inputs parameters")

    def assigned(self, statement: listing.Statement, target: str, value: str) -> str:
        """An assignment, as a declaration where it is the first."""
        if target in self.places.here.get(id(statement), ()):
            return self.declared(target, value, target not in self.places.changing)
        return f"{self.name(target)} = {value}"

    def _if(self, statement: listing.If) -> None:
        word = "if"
        for each in statement.branches:
            self.line(f"{word} ({self.expression(each.condition)}) {{")
            self.block(each.body, statement.span)
            word = "} else if"
        if statement.otherwise:
            self.line("} else {")
            self.block(statement.otherwise, statement.span)
        self.line("}")

    def _while(self, statement: listing.While) -> None:
        if statement.setup:
            self.line("while (true) {" if self.plan.language == "javascript" else "for (;;) {")
            self.block(statement.setup, statement.span)
            self.line(f"{self.indent}if ({self.negation(statement.condition)[1]}) {{")
            self.line(f"{self.indent * 2}break;")
            self.line(f"{self.indent}}}")
        else:
            self.line(f"while ({self.expression(statement.condition)}) {{")
        self.block(statement.body, statement.span)
        self.line("}")

    def _for(self, statement: listing.For) -> None:
        target = self.name(statement.target)
        own = id(statement) in self.places.counters
        counter = target if own else self.plan.names.fresh(f"{target}_count")
        start, stop, stride = statement.bounds
        last = self._bound(stop, statement, f"{target}_stop")
        by = self._bound(stride, statement, f"{target}_step")
        if isinstance(stride, float) and stride:
            up = copysign(1.0, stride) > 0
            condition = f"{counter} {'<' if up else '>'} {last}"
            move = f"{counter} {'+' if up else '-'}= {self.number(abs(stride))}"
        else:
            zero = self.number(0.0)
            condition = f"{by} > {zero} ? {counter} < {last} : {by} < {zero} && {counter} > {last}"
            move = f"{counter} += {by}"
        self.line(f"for ({self.auxiliary(counter, self.expression(start), False)}; {condition}; {move}) {{")
        if not own:
            self.line(f"{self.indent}{target} = {counter};")
        self.block(statement.body, statement.span)
        self.line("}")

    def _bound(self, value: listing.Expression, loop: listing.For, wanted: str) -> str:
        """A bound as it is before the loop: in a name of its own if the loop may change what it reads."""
        changed = {loop.target, *(name for each in walk.statements(loop.body) for name in walk.targets_of(each))}
        if isinstance(value, float) or (isinstance(value, str) and value not in changed):
            return self.expression(value, SUM)
        name = self.plan.names.fresh(wanted)
        self.line(self.auxiliary(name, self.expression(value), True) + ";")
        return name

    # --- expressions ----------------------------------------------------------------------------------------

    def negation(self, value: listing.Expression) -> tuple[int, str]:
        return ATOM - 2, f"!{self.expression(value, ATOM)}"
