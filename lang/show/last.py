"""A program -> the names its last statement with a value gives one: what is shown where a program shows nothing.

Law: a block counts as its last statement; of branches, whichever ran, so all their names are offered.
"""

from __future__ import annotations

from lang.syntax import tree


def names(body: tree.Block) -> list[str]:
    """The names, without repeats; empty where no statement gives a value."""
    found: list[str] = []
    blocks = [body]
    while blocks:
        statement = next((each for each in reversed(blocks.pop()) if isinstance(each, GIVING)), None)
        match statement:
            case tree.Assign():
                found += [each.name for each in statement.targets]
            case tree.Input():
                found.append(statement.target.name)
            case tree.While() | tree.For():
                blocks.append(statement.body)
            case tree.If():
                blocks += [statement.otherwise or (), *(block for _, block in reversed(statement.branches))]
    return list(dict.fromkeys(found))


GIVING = tree.Assign | tree.Input | tree.While | tree.For | tree.If
