"""What a Python program gives, names and numbers -> the same, as the stages take it.

Law: nothing is guessed. A name that the program does not have, or a number that is not one, is an error that says what
to give in its place.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence

from lang.errors import CommandError, InputError
from lang.evaluate.supplied import finite
from lang.verbs.core import registry

FEW = 8
"""Names that are all told where one is asked for that there is not."""


def verb(name: str) -> registry.Verb:
    """The verb of that name.

    Raises:
        CommandError: there is none.
    """
    if name in registry.names():
        return registry.verb(name)
    near = registry.closest(name, registry.names())
    raise CommandError(f"there is no verb `{name}`", hint=f"did you mean `{near}`?" if near else "")


def names(wrt: str | Sequence[str] | None) -> tuple[str, ...]:
    """`"x"`, `"x, y"` or `["x", "y"]` as names; none where nothing is given."""
    if wrt is None:
        return ()
    if isinstance(wrt, str):
        return tuple(part.strip() for part in wrt.split(",") if part.strip())
    return tuple(wrt) if isinstance(wrt, Iterable) else (wrt,)


def inputs(
    at: Mapping[str, float] | None, named: Mapping[str, float] | None, there: Collection[str]
) -> dict[str, float]:
    """The values of inputs, as floats.

    Args:
        at, named: the values, as a mapping and as keywords.
        there: the names of the program's inputs.

    Raises:
        InputError: the program has no such input, it is given twice, or its value is not a finite real number.
    """
    for each in (at, named):
        if each is not None and each.__class__ is not dict and not isinstance(each, Mapping):
            raise InputError(f"inputs are a mapping of names to numbers, not {each!r:.60}", hint='write `at={"x": 2}`')
    given = {**(at or {}), **(named or {})}
    for name in at or () if named else ():
        if name in (named or ()):
            raise InputError(f"the input `{name}` is given twice", hint="leave it out of `at`")
    for name in given:
        if name not in there:
            near = registry.closest(name, there)
            raise InputError(
                f"this program has no input `{name}`",
                hint=f"did you mean `{near}`?" if near else f"its inputs are {', '.join(there) or 'none'}",
            )
    return {name: finite(name, value) for name, value in given.items()}


def weights(along: Mapping[str, float | None] | None) -> dict[str, float | None] | None:
    """The weight of each name, as floats; None leaves one open, or says that there are none.

    Raises:
        InputError: a weight is not a finite real number.
    """
    if along is None:
        return None
    if along.__class__ is not dict and not isinstance(along, Mapping):
        raise InputError(f"`along` is a mapping of names to numbers, not {along!r:.60}", hint='write `along={"x": 1}`')
    return {name: None if value is None else finite(name, value) for name, value in along.items()}


def check_names(asked: Iterable[str], there: Sequence[str]) -> None:
    """Check names against those that the program may give a value.

    Args:
        there: they, in alphabetical order.

    Raises:
        CommandError: the program has no such name.
    """
    for name in asked:
        if not isinstance(name, str):
            hint = 'values of inputs have their names: `x=2`, or `at={"x": 2}`'
            raise CommandError(f"a name is a str, such as \"z\", not {name!r:.60}", hint=hint)
        place = bisect_left(there, name)
        if tuple(there[place : place + 1]) != (name,):
            near = registry.closest(name, there)
            hint = f"did you mean `{near}`?" if near else ""
            if not near and len(there) <= FEW:
                hint = f"its names are {', '.join(there) or 'none'}"
            raise CommandError(f"this program has no name `{name}`", hint=hint)
