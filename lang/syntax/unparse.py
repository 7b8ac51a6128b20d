"""Tree -> text in the one canonical form: what `ad fmt` writes, and every listing and derivative program.

Law: parsing what is written here gives the same tree again, and formatting it again changes nothing.
Parentheses stand only where precedence needs them. No walk recurses: an expression is a stack of strings and
nodes still to be written.

    pieces of  a * (b + c)   ->   (a, PRODUCT)  " * "  (b + c, SIGN)      each node with the precedence its
    place asks for
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from lang.clock import watched
from lang.syntax.layout import Line, arrange, plain
from lang.syntax.tree import (
    Alias,
    Apply,
    Assign,
    Block,
    Choice,
    Clause,
    Command,
    Compare,
    Expression,
    For,
    Function,
    If,
    Input,
    Logic,
    Name,
    Number,
    Pop,
    Program,
    Push,
    Return,
    Rule,
    Setting,
    Show,
    Statement,
    While,
)

# Precedence, loosest first, as in the grammar.
CHOICE, EITHER, BOTH, NEGATION, COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(10)

# What a binary operator is, and what it asks of its left and right side.
BINARY = {
    "+": (SUM, SUM, PRODUCT),
    "-": (SUM, SUM, PRODUCT),
    "*": (PRODUCT, PRODUCT, SIGN),
    "/": (PRODUCT, PRODUCT, SIGN),
    "//": (PRODUCT, PRODUCT, SIGN),
    "%": (PRODUCT, PRODUCT, SIGN),
    "**": (POWER, ATOM, SIGN),
}

Piece = str | tuple[Expression, int]
WRITING = "writing the program"


def unparse(tree: Program | Statement | Expression | Sequence[Statement]) -> str:
    """The text of a tree.

    Args:
        tree: a program (its comments and single blank lines stay where they were), statements, one statement,
            or an expression.

    Returns:
        Lines, each with its end; for a single expression its text alone.
    """
    if isinstance(tree, Program):
        return arrange(tree, watched(lines(tree.body), WRITING))
    if isinstance(tree, Expression):
        return expression(tree)
    body = tuple(tree) if isinstance(tree, Sequence) else (tree,)
    return plain(watched(lines(body), WRITING))


def number(value: float) -> str:
    """A number as a person writes it: `2`, `0.5`, `1e300`."""
    if value == value // 1 and abs(value) < 1e16:
        return repr(value)[:-2]
    return repr(value).replace("e+", "e")


# --- expressions --------------------------------------------------------------------------------------------


def expression(node: Expression) -> str:
    """The text of an expression."""
    return assembled(node, _pieces)


def assembled(
    node: Expression, pieces_of: Callable[[Expression], tuple[int, list[Piece]]], brackets: tuple[str, str] = ("(", ")")
) -> str:
    """The text of an expression, in any notation.

    Args:
        pieces_of: a node's precedence (the loosest is 0), and its text in pieces, each operand with the precedence its
            place asks for.
        brackets: what an operand stands in whose precedence is lower.
    """
    written: list[str] = []
    todo: list[Piece] = [(node, 0)]
    while todo:
        piece = todo.pop()
        if isinstance(piece, str):
            written.append(piece)
            continue
        each, asked = piece
        level, pieces = pieces_of(each)
        if level < asked:
            pieces = [brackets[0], *pieces, brackets[1]]
        todo.extend(reversed(pieces))
    return "".join(written)


def _pieces(node: Expression) -> tuple[int, list[Piece]]:
    """A node's precedence, and its text in pieces."""
    match node:
        case Apply():
            return _apply(node)
        case Number():
            text = node.text or number(node.value)
            return SIGN if text[0] == "-" else ATOM, [text]
        case Name():
            return ATOM, [node.name]
        case Compare():
            pieces: list[Piece] = [(node.operands[0], SUM)]
            for operator, operand in zip(node.operators, node.operands[1:], strict=True):
                pieces += f" {operator} ", (operand, SUM)
            return COMPARISON, pieces
        case Logic():
            return _logic(node)
        case Choice():
            return CHOICE, [
                (node.then, EITHER),
                " if ",
                (node.condition, EITHER),
                " else ",
                (node.otherwise, CHOICE),
            ]
    by = f"[{', '.join(each.name for each in node.by)}]" if node.by else ""
    return ATOM, [node.function, "'" * node.primes, by, *_arguments(node.arguments)]


def _apply(node: Apply) -> tuple[int, list[Piece]]:
    if node.function in BINARY and len(node.arguments) == 2:
        level, left, right = BINARY[node.function]
        operator = "**" if node.function == "**" else f" {node.function} "
        return level, [(node.arguments[0], left), operator, (node.arguments[1], right)]
    if node.function in ("+", "-"):
        return SIGN, [node.function, (node.arguments[0], SIGN)]
    return ATOM, [node.function, *_arguments(node.arguments)]


def _logic(node: Logic) -> tuple[int, list[Piece]]:
    if node.operator == "not":
        return NEGATION, ["not ", (node.operands[0], NEGATION)]
    level = EITHER if node.operator == "or" else BOTH
    return level, [(node.operands[0], level), f" {node.operator} ", (node.operands[1], level + 1)]


def _arguments(arguments: tuple[Expression, ...]) -> list[Piece]:
    pieces: list[Piece] = ["("]
    for at, each in enumerate(arguments):
        if at:
            pieces.append(", ")
        pieces.append((each, CHOICE))
    pieces.append(")")
    return pieces


# --- statements ---------------------------------------------------------------------------------------------


def lines(body: Block) -> Iterator[Line]:
    """The lines of a block and of all blocks in it, in order."""
    todo: list[tuple[int, Statement | Line]] = [(0, each) for each in reversed(body)]
    while todo:
        depth, each = todo.pop()
        if isinstance(each, Line):
            yield each
            continue
        match each:
            case If():
                blocks = _if_blocks(each)
            case While():
                blocks = [
                    (
                        f"while {expression(each.condition)}:",
                        (each.span[0], each.condition.span[1]),
                        each.body,
                    )
                ]
            case For():
                head = f"for {each.target.name} in range({_listed(each.bounds)}):"
                blocks = [(head, (each.span[0], each.bounds[-1].span[1]), each.body)]
            case Function() if not each.short:
                head = f"def {each.name.name}({_listed(each.parameters)}):"
                blocks = [(head, (each.span[0], (*each.parameters, each.name)[-1].span[1]), each.body)]
            case _:
                origins = each.origins if isinstance(each, Assign) else ()
                yield Line(simple(each), depth, each.span, origins=origins)
                continue
        for head, span, block in reversed(blocks):
            todo.extend((depth + 1, inner) for inner in reversed(block))
            todo.append((depth, Line(head, depth, span, opens=True)))


def _if_blocks(node: If) -> list[tuple[str, tuple[int, int] | None, Block]]:
    blocks: list[tuple[str, tuple[int, int] | None, Block]] = []
    for condition, block in node.branches:
        word, span = ("elif", None) if blocks else ("if", (node.span[0], condition.span[1]))
        blocks.append((f"{word} {expression(condition)}:", span, block))
    if node.otherwise is not None:
        blocks.append(("else:", None, node.otherwise))
    return blocks


def simple(node: Statement) -> str:
    """The text of a statement without a block."""
    match node:
        case Push():
            return f"push{_stack(node.stack)} {expression(node.value)}"
        case Pop():
            return f"{node.target.name} = pop{_stack(node.stack)}()"
        case Assign():
            return f"{_listed(node.targets)} {node.operator or ''}= {_listed(node.values)}"
        case Input():
            return f"{node.target.name} = ?" + (f" {expression(node.default)}" if node.default else "")
        case Show():
            return _listed(node.values)
        case Return():
            return f"return {_listed(node.values)}"
        case Function(body=(Return() as result,)):
            return f"{node.name.name}({_listed(node.parameters)}) = {_listed(result.values)}"
        case Rule():
            clauses = "".join(f"  {_clause(each)}" for each in node.clauses)
            left = f"{node.result.name} = {expression(node.left)}"
            return f"{left} => {node.differential.name} = {expression(node.right)}{clauses}"
        case Alias():
            return f"alias {node.new} {node.old}"
        case Command():
            return _command(node)
        case _:
            raise ValueError(f"a {type(node).__name__} has a block of its own, or is no statement")


def _stack(stack: int) -> str:
    """The first stack has no number."""
    return "" if stack == 1 else str(stack)


def _command(node: Command) -> str:
    words = [node.verb.name]
    if node.targets:
        words.append(_listed(node.targets))
    if node.wrt:
        words.append(f"wrt {_listed(node.wrt)}")
    for word, settings in (("at", node.at), ("along", node.along)):
        if settings:
            words.append(f"{word} {', '.join(_setting(each) for each in settings)}")
    for word, name in (("by", node.by), ("as", node.as_)):
        if name:
            words.append(f"{word} {name.name}")
    return " ".join(words)


def _setting(node: Setting) -> str:
    return f"{node.name.name}={'?' if node.value is None else expression(node.value)}"


def _clause(node: Clause) -> str:
    return f"{node.word} {expression(node.value)}"


def _listed(nodes: Sequence[Expression]) -> str:
    return ", ".join(expression(each) for each in nodes)
