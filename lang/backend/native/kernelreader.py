"""The Python text of a kernel -> the lines of an LLVM function that does the same operations in the same order.

Law: only the plainest Python is understood: numbers, comparisons, choices, calls of other kernels and of functions that
the C library has, loops over numbers that are known (coefficients of a series), which are written out turn by turn.
Whatever else stands there is `NotPlain`, and nothing is guessed.
"""

from __future__ import annotations

import ast
import inspect
import math
import textwrap
from collections.abc import Callable
from itertools import count
from typing import Any

from lang.backend.native.kernelparts import Known, NotPlain, short, turns
from lang.backend.native.primitives import LIBRARY, hexadecimal

ARITHMETIC = {ast.Add: "fadd", ast.Sub: "fsub", ast.Mult: "fmul", ast.Div: "fdiv"}
COMPARED = {ast.Lt: "olt", ast.LtE: "ole", ast.Gt: "ogt", ast.GtE: "oge", ast.Eq: "oeq", ast.NotEq: "une"}
INTRINSIC = {"fabs": 1, "sqrt": 1, "copysign": 2}
"""Functions of `math` that are an instruction."""
OF_C = {**dict.fromkeys((*LIBRARY, "cbrt"), 1), "atan2": 2, "fmod": 2, "pow": 2}
INFINITY = hexadecimal(math.inf)

class Reader:
    """Reads one kernel and the functions it calls."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.texts: list[str] = []
        self.outside: set[tuple[str, int]] = set()
        self.known: dict[tuple[Callable[..., Any], Known], tuple[str, tuple[str, ...]]] = {}

    def function(self, python: Callable[..., Any], name: str, given: Known = ()) -> tuple[str, ...]:
        """Read a function, of which some arguments are known tuples; the kinds of what it gives."""
        ready = short(python)
        if ready is not None:
            self.texts.append(self.short(ready.text.replace("NAME", name)))
            self.outside.update(ready.outside.items())
            return ("double",) * ready.results
        tree = ast.parse(textwrap.dedent(inspect.getsource(python))).body[0]
        if not isinstance(tree, ast.FunctionDef) or tree.decorator_list:
            raise NotPlain
        names = [each.arg for each in tree.args.args]
        scope = inspect.getmodule(python).__dict__ | {names[index]: numbers for index, numbers in given}
        body = self.body(scope, [each for index, each in enumerate(names) if index not in dict(given)])
        body.statements(tree.body)
        self.texts.append(body.text(name))
        return tuple("double" for _ in range(body.results))

    def body(self, scope: dict[str, Any], parameters: list[str]) -> Body:
        """What reads the statements of a function."""
        return Body(self, scope, parameters)

    def short(self, text: str) -> str:
        """A text that stands ready, as it is written here."""
        return text

    def named(self, python: Any, given: Known) -> tuple[str, tuple[str, ...]]:
        """The name of a function that is called, and what it gives."""
        if not inspect.isfunction(python):
            raise NotPlain
        key = (python, given)
        if key not in self.known:
            name = f"{self.prefix}_{len(self.known)}"
            self.known[key] = (name, ())
            self.known[key] = (name, self.function(python, name, given))
        return self.known[key]


class Body:
    """Reads the statements of one function."""

    def __init__(self, reader: Reader, scope: dict[str, Any], parameters: list[str]) -> None:
        self.reader = reader
        self.scope = scope
        self.parameters = parameters
        self.results = 0
        self.variables: dict[str, str] = {}
        self.entry: list[str] = []
        self.lines: list[str] = []
        self.numbers = count()
        for index, each in enumerate(parameters):
            self.store(each, f"%a{index}")

    def text(self, name: str) -> str:
        """The whole function."""
        head = ", ".join(f"double %a{index}" for index in range(len(self.parameters)))
        lines = "\n".join("  " + line for line in [*self.entry, *self.lines])
        return f"define internal {self.type} @{name}({head}) nounwind {{\n{lines}\n  unreachable\n}}"

    @property
    def type(self) -> str:
        """What the function gives."""
        return "double" if self.results == 1 else "{" + ", ".join(["double"] * self.results) + "}"

    def value(self, expression: str) -> str:
        """A line with a value; its name."""
        name = f"%v{next(self.numbers)}"
        self.lines.append(f"{name} = {expression}")
        return name

    def store(self, name: str, value: str) -> None:
        """Give a name a value."""
        if name not in self.variables:
            self.variables[name] = f"%n{len(self.variables)}"
            self.entry.append(f"{self.variables[name]} = alloca double")
        self.lines.append(f"store double {value}, ptr {self.variables[name]}")

    def tuple(self, node: ast.expr) -> tuple[float, ...] | None:
        """The numbers of a name that is a tuple of numbers."""
        name = node.id if isinstance(node, ast.Name) and node.id not in self.variables else ""
        found = self.scope.get(name)
        return found if isinstance(found, tuple) else None

    # --- statements -----------------------------------------------------------------------------------------

    def statements(self, body: list[ast.stmt]) -> None:
        """Read statements."""
        for each in body:
            match each:
                case ast.Expr(value=ast.Constant()):
                    pass
                case ast.Return(value=value) if value is not None:
                    self._return(value)
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self.store(name, self.number(value))
                case ast.Assign(targets=[ast.Tuple(elts=names)], value=value):
                    given = self.several(value, len(names))
                    for target, number in zip(names, given, strict=True):
                        if not isinstance(target, ast.Name):
                            raise NotPlain
                        self.store(target.id, number)
                case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
                    self.store(name, self.number(ast.BinOp(ast.Name(name, ast.Load()), op, value)))
                case ast.If(test=test, body=then, orelse=other):
                    self._if(test, then, other)
                case ast.For(target=target, iter=iterated, body=turn, orelse=[]):
                    for values in turns(iterated, self.tuple):
                        self._known(target, values)
                        self.statements(turn)
                case _:
                    raise NotPlain

    def _known(self, target: ast.expr, value: Any) -> None:
        """Give the names of a loop what they are in one turn."""
        match target:
            case ast.Name(id=name):
                self.store(name, hexadecimal(float(value)))
            case ast.Tuple(elts=parts):
                for each, part in zip(parts, value, strict=True):
                    self._known(each, part)
            case _:
                raise NotPlain

    def _return(self, value: ast.expr) -> None:
        parts = value.elts if isinstance(value, ast.Tuple) else [value]
        if self.results not in (0, len(parts)):
            raise NotPlain
        self.results = len(parts)
        given = [self.number(each) for each in parts]
        if len(given) == 1:
            self.lines.append(f"ret double {given[0]}")
        else:
            whole = "undef"
            for index, each in enumerate(given):
                whole = self.value(f"insertvalue {self.type} {whole}, double {each}, {index}")
            self.lines.append(f"ret {self.type} {whole}")
        self.lines.append(f"after{next(self.numbers)}:")

    def _if(self, test: ast.expr, then: list[ast.stmt], other: list[ast.stmt]) -> None:
        yes, no, end = (f"{word}{next(self.numbers)}" for word in ("yes", "no", "end"))
        self.lines.append(f"br i1 {self.truth(test)}, label %{yes}, label %{no}")
        for label, body in ((yes, then), (no, other)):
            self.lines.append(f"{label}:")
            self.statements(body)
            self.lines.append(f"br label %{end}")
        self.lines.append(f"{end}:")

    # --- expressions ----------------------------------------------------------------------------------------

    def number(self, node: ast.expr) -> str:
        """The value of an expression that is a number."""
        match node:
            case ast.Constant(value=float() | int() as value) if not isinstance(value, bool):
                return hexadecimal(float(value))
            case ast.Name(id=name) if name in self.variables:
                return self.value(f"load double, ptr {self.variables[name]}")
            case ast.Name(id=name) if isinstance(self.scope.get(name), float):
                return hexadecimal(self.scope[name])
            case ast.Attribute(value=ast.Name(id="math"), attr=name) if isinstance(getattr(math, name), float):
                return hexadecimal(getattr(math, name))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.value(f"fneg double {self.number(operand)}")
            case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC:
                one, two = self.number(left), self.number(right)
                return self.value(f"{ARITHMETIC[type(op)]} double {one}, {two}")
            case ast.IfExp(test=test, body=then, orelse=other):
                name = f"choice {next(self.numbers)}"
                self._if(test, [_assign(name, then)], [_assign(name, other)])
                return self.value(f"load double, ptr {self.variables[name]}")
            case ast.Call():
                return self.several(node, 1)[0]
            case _:
                raise NotPlain

    def several(self, node: ast.expr, wanted: int) -> list[str]:
        """The values of a call, or of a tuple."""
        if isinstance(node, ast.Tuple):
            return [self.number(each) for each in node.elts]
        if not isinstance(node, ast.Call) or node.keywords:
            raise NotPlain
        tuples = [self.tuple(each) for each in node.args]
        known = tuple((index, each) for index, each in enumerate(tuples) if each is not None)
        given = [self.number(each) for each, numbers in zip(node.args, tuples, strict=True) if numbers is None]
        joined = ", ".join(f"double {each}" for each in given)
        match node.func:
            case ast.Attribute(value=ast.Name(id="math"), attr=name):
                return [self._math(name, given, joined)]
            case ast.Name(id="abs"):
                return [self._math("fabs", given, joined)]
            case ast.Name(id=name) if name in self.scope:
                called = self.scope[name]
            case ast.Attribute(value=ast.Name(id=module), attr=name) if inspect.ismodule(self.scope.get(module)):
                called = getattr(self.scope[module], name)
            case _:
                raise NotPlain
        symbol, kinds = self.reader.named(called, known)
        if len(kinds) != wanted:
            raise NotPlain
        if wanted == 1:
            return [self.value(f"call double @{symbol}({joined})")]
        whole = "{" + ", ".join(kinds) + "}"
        found = self.value(f"call {whole} @{symbol}({joined})")
        return [self.value(f"extractvalue {whole} {found}, {index}") for index in range(wanted)]

    def _math(self, name: str, given: list[str], joined: str) -> str:
        if INTRINSIC.get(name) == len(given):
            symbol = f"llvm.{name}.f64"
        elif OF_C.get(name) == len(given):
            symbol = f"ad_{name}"
        else:
            raise NotPlain
        self.reader.outside.add((symbol, len(given)))
        return self.value(f"call double @{symbol}({joined})")

    def truth(self, node: ast.expr) -> str:
        """The value of a condition."""
        match node:
            case ast.Compare(left=left, ops=ops, comparators=others):
                values = [self.number(each) for each in (left, *others)]
                found = [self.value(f"fcmp {COMPARED[type(op)]} double {one}, {two}")
                         for op, one, two in zip(ops, values, values[1:], strict=False)]  # fmt: skip
                return self._joined("and", found)
            case ast.BoolOp(op=op, values=parts):
                return self._joined("and" if isinstance(op, ast.And) else "or", [self.truth(each) for each in parts])
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self.value(f"xor i1 {self.truth(operand)}, true")
            case ast.Call(func=ast.Attribute(value=ast.Name(id="math"), attr="isnan"), args=[argument]):
                value = self.number(argument)
                return self.value(f"fcmp uno double {value}, {value}")
            case ast.Call(func=ast.Attribute(value=ast.Name(id="math"), attr="isfinite" | "isinf" as name), args=[one]):
                self.reader.outside.add(("llvm.fabs.f64", 1))
                size = self.value(f"call double @llvm.fabs.f64(double {self.number(one)})")
                return self.value(f"fcmp {'oeq' if name == 'isinf' else 'olt'} double {size}, {INFINITY}")
            case ast.Constant(value=bool() as value):
                return "true" if value else "false"
            case _:
                return self.value(f"fcmp une double {self.number(node)}, {hexadecimal(0.0)}")

    def _joined(self, word: str, parts: list[str]) -> str:
        whole = parts[0]
        for each in parts[1:]:
            whole = self.value(f"{word} i1 {whole}, {each}")
        return whole


def _assign(name: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], value)
