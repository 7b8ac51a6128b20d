"""`verb targets clauses` -> the verb exists, and what it is asked about has a value.

Law: what a verb makes of its clauses is the verb's business; here only names and expressions are looked at.
A verb that nobody knows is often a slip of another kind (`sin x`, `a b`), and gets the hint for that.
"""

from __future__ import annotations

from collections.abc import Sequence

from lang.check.desk import Desk
from lang.check.expressions import value
from lang.check.placing import Frame, only_at_top
from lang.check.reading import function_names, target
from lang.check.suggest import ADVICE, advice, nearest
from lang.check.words import either, excerpt, quoted
from lang.errors import AdError, CommandError, Mark
from lang.syntax import tree


def command(desk: Desk, frames: Sequence[Frame], node: tree.Command) -> None:
    """Check a command."""
    if node.verb.name not in desk.verbs:
        raise unknown(desk, node)
    only_at_top(desk, frames, node)
    if node.verb.name not in desk.free_targets:
        for name in (*node.targets, *node.wrt):
            target(desk, name)
    for settings in (node.at, node.along):
        _once(settings)
    for setting in (*node.at, *node.along):
        if setting.value is not None:
            value(desk, setting.value)


def _once(settings: tuple[tree.Setting, ...]) -> None:
    """Every name has one value."""
    seen: dict[str, tree.Setting] = {}
    for each in settings:
        first = seen.setdefault(each.name.name, each)
        if first is not each:
            marks = (Mark(first.span, "first here"),)
            message = f"`{each.name.name}` is given twice"
            raise CommandError(message, each.span, label="again", marks=marks, hint="leave out one of the two")


def unknown(desk: Desk, node: tree.Command) -> AdError:
    """The error for a command that nobody knows."""
    word = node.verb.name
    names = ", ".join(each.name for each in node.targets)
    known = {**(desk.names.own or {}), **desk.names.known, **desk.top.known}
    callable_ = [*function_names(desk)]
    if names and word in callable_ and word not in known:
        return CommandError(
            f"`{word}` is a function: what it is applied to stands in parentheses",
            node.span,
            label="parentheses are missing",
            hint=f"write `{word}({names})`",
        )
    if not names and word in known:
        asked = excerpt(desk.source, node.span)
        return CommandError(
            f"`{word}` is a value, and a command stands before it",
            node.verb.span,
            label="no command of this name",
            hint=f"write `grad {asked}`" if asked != "..." else f"write `grad {word}` and the rest behind it",
        )
    if names and word in known:
        return CommandError(
            f"there is nothing between `{word}` and `{node.targets[0].name}`",
            node.span,
            label="an operator is missing",
            hint=f"to multiply, write `{word} * {node.targets[0].name}`",
        )
    from lang.syntax.scene import CLAUSES  # for a mistake only: a start does not need it

    if word in CLAUSES:
        hint = "write it on the command's line: `grad z wrt x at x = 2`"
        label = "a part of a command"
        return CommandError(f"`{word}` begins no command", node.verb.span, label=label, hint=hint)
    if word in ADVICE:
        return CommandError(
            f"I don't know the command `{word}`",
            node.verb.span,
            label="no command of this name",
            hint=advice(word, (), names or "x"),
        )
    verb = nearest(word, desk.verbs)
    function = None if verb else nearest(word, callable_)
    if verb is None and function and names:
        hint = f"did you mean `{function}({names})`?"
    elif verb:
        hint = f"did you mean `{verb}`?"
    else:
        hint = f"the commands are {either(quoted(sorted(desk.verbs)), 'and')}"
    return CommandError(
        f"I don't know the command `{word}`", node.verb.span, label="no command of this name", hint=hint
    )
