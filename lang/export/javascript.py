"""A plan -> JavaScript (ES2016), `Math` and nothing else; for browsers, and for node as a CommonJS module."""

from __future__ import annotations

import json
from typing import ClassVar

from lang.export import listing
from lang.export.braces import Braces
from lang.export.header import header
from lang.export.plan import Plan
from lang.export.writer import ATOM, SIGN


def write(plan: Plan) -> str:
    """The text of a plan."""
    writer = _JavaScript(plan)
    functions = [writer.function(each) for each in (*plan.routines, plan.main)]
    notes = [
        "JavaScript for browsers and node; its Math may differ from the C library in the last digits.",
        "Where no finite real number exists, NaN and Infinity flow on (IEEE 754).",
    ]
    head = "\n".join(f"// {line}" for line in header(plan, "Gives an object of", notes))
    title = plan.title(plan.main)
    last = f'if (typeof module !== "undefined") {{\n  module.exports = {{ {title} }};\n}}'
    return "\n\n".join((head, *functions, last)) + "\n"


class _JavaScript(Braces):
    words: ClassVar[dict[str, str]] = {"and": "&&", "or": "||", "==": "===", "!=": "!=="}
    constants = ("true", "false", "NaN", "Infinity")
    negated = (SIGN, ATOM)  # `-x ** 2` is an error there
    indent = "  "

    def function(self, routine: listing.Routine) -> str:
        """The text of one function."""
        self.begin(routine)
        main = routine is self.plan.main
        names = [self.name(each) for each in routine.parameters]
        if main:
            names = [name if each.default is None else f"{name} = {self.number(each.default)}"
                     for name, each in zip(names, self.plan.inputs, strict=True)]
            for each in routine.stacks:
                self.line(f"const {self.name(each)} = [];")
        else:
            names += map(self.name, routine.stacks)
        self.body(routine)
        if main:
            self._give()
        return f"function {self.plan.title(routine)}({', '.join(names)}) {{\n" + "\n".join(self.lines) + "\n}"

    def _give(self) -> None:
        names = [(each, self.name(each)) for each in self.plan.results]
        if len(names) == 1:
            self.line(f"return {names[0][1]};")
        else:
            self.line(f"return {{ {', '.join(_entry(*each) for each in names)} }};")

    def number(self, value: float) -> str:
        text = super().number(value)
        return text[:-2] if text.endswith(".0") else text

    def declared(self, name: str, value: str, fixed: bool) -> str:
        return self.auxiliary(self.name(name), value, fixed)

    def auxiliary(self, name: str, value: str, fixed: bool) -> str:
        return f"{'const' if fixed else 'let'} {name} = {value}"

    def unpack(self, statement: listing.Unpack, call: listing.Use) -> None:
        targets = ", ".join(map(self.name, statement.targets))
        here = self.places.here.get(id(statement), ())
        word = "" if not here else "let " if set(here) & self.places.changing else "const "
        self.line(f"{word}[{targets}] = {self.call(call)};")

    def popped(self, stack: str) -> str:
        return f"{stack}.pop()"

    def pushed(self, stack: str, value: str) -> str:
        return f"{stack}.push({value})"

    def returned(self, statement: listing.Return) -> None:
        values = self.arguments(statement.values)
        self.line(f"return {values};" if len(statement.values) == 1 else f"return [{values}];")


def _entry(name: str, spelled: str) -> str:
    """A result in an object; a computed name where a plain one would mean the object's prototype."""
    if name == "__proto__":
        return f'["__proto__"]: {spelled}'
    return name if name == spelled else f"{json.dumps(name, ensure_ascii=False)}: {spelled}"
