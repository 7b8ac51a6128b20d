"""A function's definition -> its head and its returns are right.

Law: a `return` ends the function wherever it stands, so it stands only at an end: the last statement of the
body, or of the branches of an `if` that is itself last and has an `else`. And every end is a `return`.
"""

from __future__ import annotations

from collections.abc import Mapping

from lang.check.desk import Desk, defined_mark
from lang.check.names import Names
from lang.check.outline import assigned, endings
from lang.check.scope import Defined, Signature
from lang.check.words import count, excerpt
from lang.errors import AdError, CheckError, Mark
from lang.source import Span
from lang.syntax import tree


class Body:
    """The function the walk is in.

    Attributes:
        returns, open_ends: `outline.endings` of it.
        first: its first `return`.
    """

    def __init__(
        self,
        node: tree.Function,
        signature: Signature,
        locals: tuple[str, ...],
        returns: set[int],
        open_ends: set[int],
        first: tree.Return | None = None,
    ) -> None:
        self.node, self.signature, self.locals = node, signature, locals
        self.returns, self.open_ends, self.first = returns, open_ends, first

    def defined(self, functions: Mapping[str, Signature]) -> Defined:
        """What the checked program keeps of it; a rule given later in the text is part of its signature."""
        last = functions[self.signature.name]
        own = last if last.span == self.signature.span and last.source is self.signature.source else self.signature
        return Defined(self.node, own, self.locals)


def enter(desk: Desk, node: tree.Function) -> Body:
    """Check a definition's head, make it the function's meaning, and put its names on the desk."""
    name = node.name
    not_builtin(desk, name, "a function of your own")
    if name.name in desk.top.known:
        raise CheckError(
            f"`{name.name}` is a variable, and cannot be a function too",
            name.span,
            label="a function here",
            marks=desk.value_mark(name.name),
            hint="give one of the two another name",
        )
    own: dict[str, Span] = {}
    for each in node.parameters:
        not_builtin(desk, each, "a parameter")
        if each.name in own:
            raise CheckError(
                f"two parameters of `{name.name}` have the name `{each.name}`",
                each.span,
                label="again",
                marks=(Mark(own[each.name], "first here"),),
                hint="give each parameter a name of its own",
            )
        own[each.name] = each.span
    known: dict[str, Span | None] = dict(own)
    for each in assigned(node.body):
        own.setdefault(each.name, each.span)
    signature = desk.signature(node)
    desk.names = Names(known, own, signature.free, signature.calls)
    if name.name in desk.functions:
        desk.ready.clear()
    desk.functions[name.name] = signature
    return Body(node, signature, tuple(own)[len(node.parameters) :], *endings(node.body))


def not_builtin(desk: Desk, name: tree.Name, what: str) -> None:
    """Raise if a name that is to be given a meaning is that of a built-in function."""
    if name.name in desk.builtin:
        other = f"my_{name.name}"
        raise CheckError(
            f"`{name.name}` is a built-in function, and cannot be {what}",
            name.span,
            label="this name is taken",
            hint=f"take another name, such as `{other}`",
        )


def not_function(desk: Desk, name: tree.Name) -> None:
    """Raise if a variable of the program has the name of one of its functions."""
    signature = desk.functions.get(name.name)
    if signature is not None:
        raise CheckError(
            f"`{name.name}` is a function, and cannot be a variable too",
            name.span,
            label="a variable here",
            marks=(defined_mark(signature),),
            hint="give one of the two another name",
        )


def give(body: Body, node: tree.Return) -> None:
    """Check that a `return` at an end gives as many results as the first one."""
    first = body.first
    if first is None:
        body.first = node
    elif len(first.values) != len(node.values):
        raise CheckError(
            f"`{body.node.name.name}` returns {count(len(first.values), 'value')} in one place and "
            f"{len(node.values)} in another",
            node.span,
            label=count(len(node.values), "value"),
            marks=(Mark(first.span, count(len(first.values), "value")),),
            hint="return the same number of values everywhere",
        )


def open_end(desk: Desk, body: Body, last: tree.Statement) -> AdError:
    """The error for a statement at which a path through a function ends without a `return`."""
    name = body.node.name.name
    message = f"`{name}` can end without a `return`"
    if isinstance(last, tree.If):
        return CheckError(
            message,
            head_span(desk, last),
            label="when no condition here holds, nothing is returned",
            hint="add an `else:` with a `return`",
        )
    if isinstance(last, tree.While | tree.For):
        return CheckError(
            message,
            head_span(desk, last),
            label="after this loop nothing is returned",
            hint=f"return something below the loop: `return {result_name(last.body[-1])}`",
        )
    if isinstance(last, tree.Show):
        return CheckError(
            message,
            last.span,
            label="the last line shows a value, it does not return it",
            hint=f"write `return {excerpt(desk.source, last.span)}`",
        )
    return CheckError(
        message,
        last.span,
        label="after this nothing is returned",
        hint=f"return something below this line: `return {result_name(last)}`",
    )


def head_span(desk: Desk, node: tree.Statement) -> Span:
    """The first line of a statement that has a block."""
    end = desk.source.text.find("\n", node.span[0], node.span[1])
    return (node.span[0], node.span[1] if end < 0 else end)


def result_name(node: tree.Statement) -> str:
    """A name that the function might want to return."""
    return node.targets[0].name if isinstance(node, tree.Assign) else "x"
