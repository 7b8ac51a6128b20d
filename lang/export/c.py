"""A plan -> C99, the mathematical library, and for programs that save values `stdlib.h`.

Law: compiles without a warning under `-Wall -Wextra`; every number is a double, and a name that always holds a boolean
is a bool.
"""

from __future__ import annotations

import re
from textwrap import dedent
from typing import ClassVar

from lang.export import listing, walk
from lang.export.braces import Braces
from lang.export.header import header
from lang.export.kinds import Kinds
from lang.export.plan import Plan

STACK = """
    struct ad_stack {
        double *values;
        size_t count, size;
    };
    """
PUSH = """
    static void ad_push(struct ad_stack *stack, double value)
    {
        if (stack->count == stack->size) {
            stack->size = stack->size ? 2 * stack->size : 64;
            stack->values = realloc(stack->values, stack->size * sizeof *stack->values);
            if (!stack->values) {
                abort();
            }
        }
        stack->values[stack->count++] = value;
    }
    """
POP = """
    static double ad_pop(struct ad_stack *stack)
    {
        return stack->count ? stack->values[--stack->count] : NAN;
    }
    """


def write(plan: Plan) -> str:
    """The text of a plan."""
    writer = _C(plan)
    functions = [writer.function(each) for each in (*plan.routines, plan.main)]
    notes = [
        "C99: link with -lm; with -ffp-contract=off -fno-builtin the last bits are the interpreter's, too.",
        "Where no finite real number exists, inf and nan flow on (IEEE 754).",
    ]
    lines = header(plan, f"Fills {writer.results} with", notes)
    head = "/*\n" + "".join(f" * {line}\n" for line in lines) + " */"
    whole = "\n".join(functions)
    stacks = writer.stacks(whole)
    includes = ["math.h"]
    if any(word in whole for word in ("bool ", "true", "false")):
        includes.append("stdbool.h")
    if stacks:
        includes.append("stdlib.h")
    included = "\n".join(f"#include <{each}>" for each in includes)
    declared = "\n".join(writer.declarations())
    return "\n\n".join(filter(None, (head, included, *stacks, declared, *functions))) + "\n"


class _C(Braces):
    words: ClassVar[dict[str, str]] = {"and": "&&", "or": "||"}
    constants = ("true", "false", "NAN", "INFINITY")

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.kinds = Kinds((*plan.routines, plan.main))
        self.results = plan.names.fresh("results")
        self.outputs = [plan.names.fresh(f"result_{each}") for each in
                        range(1, 1 + max((each.results for each in plan.routines), default=0))]

    def function(self, routine: listing.Routine) -> str:
        """The text of one function."""
        self.begin(routine)
        main = routine is self.plan.main
        read = {name for each in walk.statements(routine.body) for part in walk.all_expressions(each)
                for name in walk.names_in(part)} | (set(self.plan.results) if main else set())
        if main:
            for each in routine.stacks:
                self.line(f"struct ad_stack {self.name(each)} = {{NULL, 0, 0}};")
        for each in routine.parameters:
            if each not in read:
                self.line(f"(void){self.name(each)};")
        self.body(routine)
        if main:
            self._give(routine)
        return f"{self.head(routine)}\n{{\n" + "\n".join(self.lines) + "\n}"

    def head(self, routine: listing.Routine) -> str:
        """The first line of a function."""
        parameters = [f"{self.kind(each, routine)} {self.name(each)}" for each in routine.parameters]
        if routine is self.plan.main:
            count = len(self.plan.results)
            if count == 1:
                kind = self.kind(self.plan.results[0], routine)
            else:
                kind = "void"
                parameters.append(f"double {self.results}[{count}]")
        else:
            kind = "void" if routine.results > 1 else "bool" if self.kinds.gives_boolean(routine) else "double"
            parameters += [f"struct ad_stack *{self.name(each)}" for each in routine.stacks]
            parameters += [f"double *{self.outputs[each]}" for each in range(routine.results) if routine.results > 1]
            kind = f"static {kind}"
        return f"{kind} {self.plan.title(routine)}({', '.join(parameters) or 'void'})"

    def kind(self, name: str, routine: listing.Routine) -> str:
        """The type of a name."""
        return "bool" if self.kinds.boolean(routine, name) else "double"

    def _give(self, routine: listing.Routine) -> None:
        if len(self.plan.results) > 1:
            for at, name in enumerate(self.plan.results):
                self.line(f"{self.results}[{at}] = {self.name(name)};")
        for each in routine.stacks:
            self.line(f"free({self.name(each)}.values);")
        if len(self.plan.results) == 1:
            self.line(f"return {self.name(self.plan.results[0])};")

    def declarations(self) -> list[str]:
        """Functions that are called above the place where they stand."""
        above: set[int] = set()
        needed: dict[int, str] = {}
        for routine in self.plan.routines:
            above.add(id(routine))
            for statement in walk.statements(routine.body):
                for each in walk.all_expressions(statement):
                    if isinstance(each, listing.Use) and id(each.routine) not in above:
                        needed[id(each.routine)] = self.head(each.routine) + ";"
        return list(needed.values())

    def stacks(self, text: str) -> list[str]:
        """What the stacks need."""
        parts = [(STACK, "ad_stack"), (PUSH, "ad_push"), (POP, "ad_pop")]
        words = set(re.findall(r"\w+", text))  # whole ones: the derivative of a function `ad_pop` is called `dad_pop`
        return [dedent(part).strip() for part, word in parts if word in words]

    # --- what braces ask for --------------------------------------------------------------------------------

    def declared(self, name: str, value: str, fixed: bool) -> str:
        kind = self.kind(name, self.routine)
        return f"{kind} {self.name(name)} = {'false' if kind == 'bool' and value == 'NAN' else value}"

    def auxiliary(self, name: str, value: str, fixed: bool) -> str:
        return f"{'const ' if fixed else ''}double {name} = {value}"

    def _stack(self, name: str) -> str:
        own = self.routine is self.plan.main
        return f"&{self.name(name)}" if own else self.name(name)

    def call(self, value: listing.Use) -> str:
        given = [*map(self.expression, value.arguments), *map(self._stack, value.routine.stacks)]
        return f"{self.plan.title(value.routine)}({', '.join(given)})"

    def unpack(self, statement: listing.Unpack, call: listing.Use) -> None:
        for name in self.places.here.get(id(statement), ()):
            self.line(f"double {self.name(name)};")
        start = self.call(call)[:-1]
        targets = ", ".join(f"&{self.name(each)}" for each in statement.targets)
        self.line(f"{start}{'' if start[-1] == '(' else ', '}{targets});")

    def popped(self, stack: str) -> str:
        return f"ad_pop({self._address(stack)})"

    def pushed(self, stack: str, value: str) -> str:
        return f"ad_push({self._address(stack)}, {value})"

    def _address(self, stack: str) -> str:
        return f"&{stack}" if self.routine is self.plan.main else stack

    def returned(self, statement: listing.Return) -> None:
        if len(statement.values) == 1:
            self.line(f"return {self.expression(statement.values[0])};")
            return
        for output, value in zip(self.outputs, statement.values, strict=False):
            self.line(f"*{output} = {self.expression(value)};")
