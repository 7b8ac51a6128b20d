"""Where statements may stand: what belongs at the top level, and where a `return` ends its function.

Law: data, functions, rules and commands belong to the whole program, so they stand where every run passes
once.
"""

from __future__ import annotations

from collections.abc import Sequence

from lang.check.desk import Desk
from lang.check.functions import head_span
from lang.check.words import excerpt
from lang.errors import AdError, CheckError, CommandError, Mark
from lang.syntax import tree

Owner = tree.Function | tree.If | tree.While | tree.For


class Frame:
    """A block the walk is in.

    Attributes:
        block, owner: its statements, and the statement it belongs to; None for the program itself.
        loops: how many loops of the same body it stands in, itself included.
        condition: what is to be checked before it, for the second and later branches of an `if`.
        place: how many of its statements the walk has begun; `rest` are the others.
    """

    def __init__(
        self,
        block: tree.Block,
        owner: Owner | None,
        loops: int = 0,
        condition: tree.Expression | None = None,
    ) -> None:
        self.block, self.owner, self.loops = block, owner, loops
        self.condition = condition
        self.place = 0
        self.rest = iter(block)


def only_at_top(desk: Desk, frames: Sequence[Frame], node: tree.Statement) -> None:
    """Raise if a statement that belongs at the top level stands in a block."""
    inside = frames[-1].owner
    if inside is None:
        return
    outermost = next(each.owner for each in frames if each.owner is not None)
    where = "inside " + place_name(inside)
    mark = (Mark(head_span(desk, outermost), f"{place_name(outermost, 'the')} begins here"),)
    text = excerpt(desk.source, node.span)
    if isinstance(node, tree.Input):
        raise CheckError(
            f"an input stands at the top level, not {where}",
            node.span,
            label="data enters here",
            marks=mark,
            hint=advice_for_input(inside, node.target.name),
        )
    if isinstance(node, tree.Function):
        raise CheckError(
            f"a function is defined at the top level, not {where}",
            node.name.span,
            label="defined here",
            marks=mark,
            hint=f"move the definition of `{node.name.name}` above {place_name(outermost, 'this')}",
        )
    if isinstance(node, tree.Rule):
        raise CheckError(
            f"a derivative rule stands at the top level, not {where}",
            node.span,
            label="stated here",
            marks=mark,
            hint=f"move it below {place_name(outermost, 'this')}, to the left margin",
        )
    raise CommandError(
        f"a command stands at the top level, not {where}",
        node.span,
        label="asked here",
        marks=mark,
        hint=f"move `{text}` below {place_name(outermost, 'this')}, to the left margin",
    )


def advice_for_input(inside: Owner, name: str) -> str:
    """What to do about an input inside a block."""
    if isinstance(inside, tree.Function):
        return f"make `{name}` a parameter of `{inside.name.name}`"
    return f"move it above {place_name(inside, 'this')}"


def place_name(owner: Owner, article: str = "a") -> str:
    """What kind of statement a block belongs to: `a function`, `this loop`."""
    kind = "function" if isinstance(owner, tree.Function) else "`if`" if isinstance(owner, tree.If) else "loop"
    return f"an {kind}" if article == "a" and kind == "`if`" else f"{article} {kind}"


def misplaced_return(desk: Desk, frames: Sequence[Frame], node: tree.Return) -> AdError:
    """The error for a `return` that is not an end of a function."""
    text = excerpt(desk.source, (node.values[0].span[0], node.span[1])) if node.values else "x"
    if not any(isinstance(each.owner, tree.Function) for each in frames):
        return CheckError(
            "a `return` stands only inside a function",
            node.span,
            label="no function around it",
            hint=f"to show a value, write it alone on its line: `{text}`",
        )
    frame = frames[-1]
    if frame.place < len(frame.block):
        return CheckError(
            "nothing runs after a `return`",
            head_span(desk, frame.block[frame.place]),
            label="never reached",
            marks=(Mark(node.span, "the function ends here"),),
            hint="remove these lines, or move them above the `return`",
        )
    loop = next((each for each in reversed(frames) if isinstance(each.owner, tree.While | tree.For)), None)
    if loop is not None and loop.owner is not None:
        return CheckError(
            "a `return` cannot stand inside a loop",
            node.span,
            label="this would leave the loop early",
            marks=(Mark(head_span(desk, loop.owner), "the loop"),),
            hint="keep the value in a name, and return it below the loop",
        )
    follows = [each.block[each.place] for each in frames[1:] if each.place < len(each.block)]
    marks = tuple(Mark(head_span(desk, each), "this would still run") for each in follows[-1:])
    return CheckError(
        "a `return` stands only at the end of a function",
        node.span,
        marks=marks,
        label="the function goes on below this `if`",
        hint="put the lines that follow the `if` into an `else:` of it, so that each branch ends with a `return`",
    )
