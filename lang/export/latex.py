r"""A tree -> an aligned listing in mathematics, for KaTeX, MathJax and articles with amsmath.

Law: a row for each statement, and whatever a program says stays inside its row: names and words are escaped, every
group and delimiter that is opened is closed.

    z = sin(x1)**2 / y      ->      z &= \frac{\sin^{2}\left(x_{1}\right)}{y} \\
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lang.clock import watched
from lang.export.notation import FUNCTIONS, PATTERNS, RELATIONS, barred, call_name, digits, symbol, words
from lang.steps.lower import CONSTANTS
from lang.syntax import tree
from lang.syntax.unparse import assembled, simple
from lang.syntax.walk import nodes

CHOICE, EITHER, BOTH, NEGATION, COMPARISON, SUM, SIGN, PRODUCT, POWER, ATOM, BASE = range(11)

Piece = str | tuple[tree.Expression, int]
MATHEMATICS = "writing the program in mathematics"


def latex(program: tree.Program, *, adjoints: bool = False, known: frozenset[str] = frozenset()) -> str:
    r"""A program as an aligned listing, `\begin{align*} ... \end{align*}`.

    Straight programs are aligned at their equals signs, programs with blocks at the left. A name `dx` is shown as a
    differential where `x` is a name of the program or a single letter; comments are left out.

    Args:
        adjoints: show `gx` as the adjoint of `x`, with a bar, where `x` is a name of the program.
        known: more names that are meant by `dx` and `gx`.
    """
    writer = _Latex(_names(program) | known, adjoints)
    rows = list(watched(writer.rows(program.body), MATHEMATICS))
    nested = any(row.depth for row in rows)
    lines = []
    for row in rows:
        if nested or not row.right:
            middle = f" = {row.right}" if row.right else ""
            lines.append("  & " + r"\quad " * row.depth + row.left + middle)
        else:
            lines.append(f"  {row.left} &= {row.right}")
    return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}\n"


@dataclass(frozen=True)
class _Row:
    """One row: its left side, its right side if it is an equation, and how deep it is indented."""

    left: str
    right: str = ""
    depth: int = 0


def _names(program: tree.Program) -> frozenset[str]:
    """Every name in a program."""
    found = watched(nodes(program.body), MATHEMATICS)
    return frozenset(CONSTANTS) | {node.name for node in found if isinstance(node, tree.Name)}


class _Latex:
    """Writes one program.

    Args:
        names: its names, which tell `dx` from a word that begins with d.
        adjoints: does `gx` mean the adjoint of `x`?
    """

    def __init__(self, names: frozenset[str], adjoints: bool) -> None:
        self.names = names
        self.adjoints = adjoints

    def name(self, name: str) -> str:
        """A name in mathematics; differentials and adjoints as such."""
        front = ""
        while name[0] == "d" and self._differential(name[1:]):
            front, name = front + r"\mathrm{d}", name[1:]
        if self.adjoints and name[0] == "g" and name[1:] in self.names:
            return front + barred(self.name(name[1:]))
        return front + symbol(name)

    def _differential(self, rest: str) -> bool:
        if self.adjoints and rest[:1] == "g" and rest[1:] in self.names:
            return True
        return rest in self.names or bool(re.fullmatch(r"d*[^\W\d_](_?\d+)?", rest))

    # --- statements -----------------------------------------------------------------------------------------

    def rows(self, body: tree.Block) -> Iterator[_Row]:
        """The rows of a block and of all blocks in it, in order."""
        todo: list[tuple[int, tree.Statement | _Row]] = [(0, each) for each in reversed(body)]
        while todo:
            depth, each = todo.pop()
            if isinstance(each, _Row):
                yield each
                continue
            blocks = self._blocks(each)
            if blocks is None:
                yield from self._simple(each, depth)
            for head, block in reversed(blocks or []):
                todo.extend((depth + 1, inner) for inner in reversed(block))
                todo.append((depth, _Row(head, "", depth)))

    def _blocks(self, node: tree.Statement) -> list[tuple[str, tree.Block]] | None:
        """The heads and bodies of a statement that has some."""
        match node:
            case tree.If():
                heads = [rf"\text{{{'elif' if at else 'if'} }}{self.expression(condition)}\text{{:}}"
                         for at, (condition, _) in enumerate(node.branches)]
                found = [(head, block) for head, (_, block) in zip(heads, node.branches, strict=True)]
                return found if node.otherwise is None else [*found, (r"\text{else:}", node.otherwise)]
            case tree.While():
                return [(rf"\text{{while }}{self.expression(node.condition)}\text{{:}}", node.body)]
            case tree.For():
                bounds = ", ".join(map(self.expression, node.bounds))
                head = rf"\text{{for }}{self.name(node.target.name)}\text{{ in range}}\left({bounds}\right)\text{{:}}"
                return [(head, node.body)]
            case tree.Function() if not node.short:
                return [(rf"\text{{def }}{self._head(node)}\text{{:}}", node.body)]
            case _:
                return None

    def _simple(self, node: tree.Statement, depth: int) -> Iterator[_Row]:
        match node:
            case tree.Assign() if len(node.targets) == len(node.values) == 1:
                value: tree.Expression = node.values[0]
                if node.operator is not None:
                    value = tree.Apply(node.operator, (node.targets[0], value), node.span, node.span)
                yield _Row(self.name(node.targets[0].name), self.expression(value), depth)
            case tree.Assign():
                yield _Row(self._listed(node.targets), self._listed(node.values), depth)
            case tree.Input():
                default = "" if node.default is None else rf"\quad (\text{{default }}{self.expression(node.default)})"
                yield _Row(self.name(node.target.name), rf"\text{{?}}{default}", depth)
            case tree.Function(body=(tree.Return() as result,)):
                yield _Row(self._head(node), self._listed(result.values), depth)
            case tree.Return():
                yield _Row(rf"\text{{return }}{self._listed(node.values)}", "", depth)
            case tree.Show():
                yield _Row(self._listed(node.values), "", depth)
            case tree.Rule():
                rule = rf"{self.name(node.result.name)} = {self.expression(node.left)} \;\Longrightarrow\; "
                right = f"{self.name(node.differential.name)} = {self.expression(node.right)}"
                yield _Row(rule + right, "", depth)
            case _:
                yield _Row(words(simple(node)), "", depth)

    def _head(self, node: tree.Function) -> str:
        return rf"{call_name(node.name.name)}\left({self._listed(node.parameters)}\right)"

    def _listed(self, nodes: tuple[tree.Expression, ...] | tuple[tree.Name, ...]) -> str:
        return ", ".join(map(self.expression, nodes))

    # --- expressions ----------------------------------------------------------------------------------------

    def expression(self, node: tree.Expression) -> str:
        """An expression."""
        return assembled(node, self._pieces, (r"\left(", r"\right)"))

    def _pieces(self, node: tree.Expression) -> tuple[int, list[Piece]]:
        match node:
            case tree.Number():
                text = digits(node.value)
                return (SIGN if text[0] == "-" else PRODUCT if r"\times" in text else BASE), [text]
            case tree.Name():
                text = self.name(node.name)
                return (ATOM if text.startswith(r"\mathrm{d}") else BASE), [text]
            case tree.Apply():
                return self._apply(node)
            case tree.Compare():
                pieces: list[Piece] = [(node.operands[0], SUM)]
                for operator, operand in zip(node.operators, node.operands[1:], strict=True):
                    pieces += f" {RELATIONS[operator]} ", (operand, SUM)
                return COMPARISON, pieces
            case tree.Logic():
                return self._logic(node)
            case tree.Choice():
                return self._cases(node)
            case tree.Derivative():
                return ATOM, [self._derivative(node), *_arguments(node.arguments)]

    def _apply(self, node: tree.Apply) -> tuple[int, list[Piece]]:
        arguments = node.arguments
        match node.function, arguments:
            case "+" | "-", (left, right):
                return SUM, [(left, SUM), f" {node.function} ", (right, BASE + 1 if _negative(right) else PRODUCT)]
            case "+" | "-", (one,):
                return SIGN, [node.function, (one, PRODUCT)]
            case "*", (left, right):
                return PRODUCT, [(left, SIGN), r" \cdot ", (right, POWER)]
            case "%" | "mod", (left, right):
                # not \bmod: MathJax refuses it in a display of more than 5,000 characters
                return PRODUCT, [(left, SIGN), r" \mathbin{\mathrm{mod}} ", (right, POWER)]
            case "**", (base, exponent):
                return self._power(base, exponent)
            case "square", (base,):
                return self._power(base, tree.Number(2.0, "2", node.span))
            case _:
                pass
        pattern = PATTERNS.get((node.function, len(arguments)))
        if pattern is None:
            return ATOM, [call_name(node.function), *_arguments(arguments)]
        level, text = pattern
        pieces: list[Piece] = []
        for at, part in enumerate(re.split(r"<(\d)>", text)):
            pieces.append((arguments[int(part)], CHOICE) if at % 2 else part)
        return level, pieces

    def _power(self, base: tree.Expression, exponent: tree.Expression) -> tuple[int, list[Piece]]:
        whole = isinstance(exponent, tree.Number) and exponent.value == exponent.value // 1
        if whole and isinstance(base, tree.Apply) and len(base.arguments) == 1 and base.function in FUNCTIONS:
            return ATOM, [FUNCTIONS[base.function], "^{", (exponent, CHOICE), "}", *_arguments(base.arguments)]
        return POWER, [(base, BASE), "^{", (exponent, CHOICE), "}"]

    def _logic(self, node: tree.Logic) -> tuple[int, list[Piece]]:
        if node.operator == "not":
            return NEGATION, [r"\lnot ", (node.operands[0], ATOM)]
        level, sign = (EITHER, r" \lor ") if node.operator == "or" else (BOTH, r" \land ")
        return level, [(node.operands[0], level), sign, (node.operands[1], level + 1)]

    def _cases(self, node: tree.Choice) -> tuple[int, list[Piece]]:
        pieces: list[Piece] = [r"\begin{cases} "]
        rest: tree.Expression = node
        while isinstance(rest, tree.Choice):
            pieces += (rest.then, CHOICE), r" & \text{if } ", (rest.condition, CHOICE), r" \\ "
            rest = rest.otherwise
        return SUM, [*pieces, (rest, CHOICE), r" & \text{otherwise} \end{cases}"]

    def _derivative(self, node: tree.Derivative) -> str:
        name = call_name(node.function)
        if not node.by:
            return name + "'" * node.primes
        by = [each.name for each in node.by] * (node.primes if len(node.by) == 1 else 1)
        order = f"^{{{len(by)}}}" if len(by) > 1 else ""
        below = r" \, ".join(rf"\partial {self.name(each)}" for each in by)
        return rf"\frac{{\partial{order} {name}}}{{{below}}}"


def _negative(node: tree.Expression) -> bool:
    """Does what is written begin with a minus?"""
    while isinstance(node, tree.Apply) and node.function in ("*", "%", "mod") and len(node.arguments) == 2:
        node = node.arguments[0]
    if isinstance(node, tree.Apply):
        return node.function == "-" and len(node.arguments) == 1
    return isinstance(node, tree.Number) and digits(node.value)[0] == "-"


def _arguments(arguments: tuple[tree.Expression, ...]) -> list[Piece]:
    pieces: list[Piece] = [r"\left("]
    for at, each in enumerate(arguments):
        pieces += ([", "] if at else []) + [(each, CHOICE)]
    return [*pieces, r"\right)"]
