"""A program's tree -> what is checked of it: the entry of this stage.

Law: the first error in the order of the text is the one raised. Time grows with the length of the text alone.
"""

from __future__ import annotations

from collections.abc import Collection

from lang.check.desk import Desk
from lang.check.scope import Checked, Scope
from lang.check.statements import Walk
from lang.errors import AdError
from lang.syntax import tree


def check(
    program: tree.Program,
    scope: Scope = Scope(),  # noqa: B008  a scope never changes
    verbs: Collection[str] = (),
    free_targets: Collection[str] = (),
    *,
    first: int | None = None,
) -> Checked:
    """Check that every name, call, rule and command of a program means something.

    Args:
        program: its tree.
        scope: the variables and functions that a session has already.
        verbs: the words that commands may begin with, the more usual first.
        free_targets: those of them whose targets are no names of the program (`rules sin`).
        first: take only so many statements of it, those that ran before one failed. Functions among them may
            still read what the rest would have defined; calling one is then an error.

    Returns:
        The checked program, and the scope after it.

    Raises:
        CheckError: the program cannot run; UnsetName where a name or function is used before it is there,
            RuleError where a derivative rule is none.
        CommandError: a command that nobody knows, or about a name that nobody knows.
    """
    desk = Desk(program, scope, verbs, free_targets)
    walk = Walk(desk)
    try:
        walk.run(program.body[:first])
    except AdError as error:
        raise error.within(program.source) from None
    after = Scope(frozenset(desk.top.known), desk.functions)
    functions = tuple(each.defined(after.functions) for each in walk.bodies)
    return Checked(done(program, walk, first), functions, tuple(walk.rules), tuple(walk.inputs.values()), after)


def done(program: tree.Program, walk: Walk, first: int | None) -> tree.Program:
    """The program that was checked, with commands in place of the verbs that stood alone."""
    if first is None and not walk.commands:
        return program
    body = list(program.body[:first])
    for place, command in walk.commands.items():
        body[place] = command
    return program.but(body=tuple(body))
