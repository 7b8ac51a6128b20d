"""Values of a program's inputs: from words `x=2`, from a JSON file, from a person at the terminal.

Law: an input gets one value, a finite real number, and all are known before the program starts, so no time that a
person takes to answer counts against the run.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from unicodedata import normalize

from lang.cli.console import Console
from lang.cli.files import data
from lang.cli.options import UsageError, near
from lang.errors import AdError, Mark, MissingInput
from lang.limits import Limits
from lang.source import Source
from lang.syntax import tree
from lang.syntax.text import decode

PLAIN = re.compile(r"[+-]?([0-9]+(_[0-9]+)*)?(\.[0-9]*)?([eE][+-]?[0-9]+)?")
MOST_BYTES = 1 << 24


def is_setting(word: str) -> bool:
    """Is this `name=value`?"""
    return "=" in word


def settings(words: Iterable[str], what: str = "input", open_: bool = False) -> dict[str, float | None]:
    """The numbers of words such as `x=2`.

    Args:
        words: as the shell gives them.
        what: what the names are called in errors.
        open_: may a value be `?`, which stays open as None?

    Raises:
        UsageError: a word is not a name and a finite real number, or a name stands twice.
    """
    found: dict[str, float | None] = {}
    for word in words:
        name, mark, text = word.partition("=")
        name = normalize("NFKC", name.strip())
        if not mark or not name.isidentifier() or not text.strip():
            raise UsageError(f"`{word}` is not a name and a number", hint="write it like `x=2`, without blanks")
        if name in found:
            raise UsageError(f"the {what} `{name}` is given twice")
        found[name] = None if open_ and text.strip() == "?" else _value(name, text, what)
    return found


def _value(name: str, text: str, what: str) -> float:
    value = number(text)
    if value is None:
        both = f"{name}={text}".split(",")
        if len(both) > 1 and all(re.fullmatch(r"[^\W\d]\w*=[-+*/().\w]+", each) for each in both):
            raise UsageError(f"`{name}={text}` is more than one input", hint=f"write them apart: `{' '.join(both)}`")
        comma = re.fullmatch(r"\s*([-+]?[0-9]+),([0-9]+)\s*", text)
        raise UsageError(
            f"the {what} `{name}` takes a finite real number, not `{text}`",
            hint=f"a number has a decimal point: `{name}={comma[1]}.{comma[2]}`"
            if comma
            else f"write it like `{name}=2`, `{name}=-1e3` or `{name}=pi/2`",
        )
    return value


def number(text: str) -> float | None:
    """The finite number that a text stands for: digits, or an expression of the language such as `pi/2`.

    Returns:
        The number; None where it is none.
    """
    text = text.strip()
    if PLAIN.fullmatch(text) and any(char.isdigit() for char in text):
        try:
            value = float(text)
        except ValueError:
            return None
        return value if math.isfinite(value) else None
    return _evaluated(text)


def _evaluated(text: str) -> float | None:
    from lang.evaluate.run import Shown
    from lang.session import Session

    outcome = Session(limits=Limits.untrusted()).run(text)
    if outcome.error is not None or len(outcome.shown) != 1 or outcome.values:
        return None
    (shown,) = outcome.shown
    if not isinstance(shown, Shown) or len(shown.values) != 1 or isinstance(shown.values[0], bool):
        return None
    return shown.values[0]


# --- from a file ------------------------------------------------------------------------------------------------


def from_json(path: str) -> tuple[dict[str, float], Callable[[str], AdError]]:
    """The numbers of a JSON object in a file.

    Returns:
        The numbers by name, and what makes the error for a name of it that the program does not want.

    Raises:
        UsageError: the file is not such an object; the error shows where.
    """
    source = decode(data(path, MOST_BYTES), path)
    text = source.text
    try:
        pairs = json.loads(text, object_pairs_hook=_Pairs)
    except json.JSONDecodeError as error:
        at = min(error.pos, max(0, len(text) - 1))
        raise UsageError(f"this is not JSON: {error.msg}", (at, at + 1), source=source) from None
    except (RecursionError, ValueError):
        raise UsageError(f"`{path}` is not an object of names and numbers", hint='write it like {"x": 2}') from None
    if not isinstance(pairs, _Pairs):
        raise UsageError(
            f"`{path}` is not an object of names and numbers",
            (0, min(1, len(text))),
            source=source,
            hint='write it like {"x": 2, "y": 3}',
        )
    found: dict[str, float] = {}
    for key, value in pairs:
        name = normalize("NFKC", key)
        if name in found:
            raise UsageError(f"the input `{name}` is given twice", _place(source, key, -1), source=source)
        found[name] = _checked(source, key, value)
    return found, lambda name: UsageError(f"this program has no input `{name}`", _place(source, name), source=source)


class _Pairs(list[tuple[str, Any]]):
    """A JSON object with its repeated keys kept."""


def _checked(source: Source, name: str, value: Any) -> float:
    try:
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    except OverflowError:
        pass
    raise UsageError(
        f"the input `{name}` takes a finite real number", _place(source, name), source=source, label="not a number here"
    )


def _place(source: Source, name: str, which: int = 0) -> tuple[int, int]:
    """Where a name stands in the text."""
    found = [each.span() for each in re.finditer(re.escape(json.dumps(name, ensure_ascii=False)), source.text)]
    return found[which] if found else (0, 1)


# --- all together -----------------------------------------------------------------------------------------------


def gather(
    asked: Sequence[tree.Input], given: Mapping[str, float], source: Source, console: Console | None
) -> dict[str, float]:
    """The values of a program's inputs, the missing ones asked for.

    Args:
        asked: the program's inputs.
        given: the values that are known.
        source: the program's text.
        console: where to ask; None for nowhere.

    Raises:
        MissingInput: a value is missing and nobody gives it; the error shows all of them.
    """
    values = dict(given)
    missing = [each for each in asked if each.target.name not in values and each.default is None]
    for at, each in enumerate(missing):
        answer = ask(console, each.target.name) if console is not None else None
        if answer is None:
            raise lacking(missing[at:], source)
        values[each.target.name] = answer
    return values


def ask(console: Console, name: str) -> float | None:
    """Ask for a number until there is one; None where there is no answer."""
    while True:
        line = console.question(f"{name} = ? ")
        if line is None:
            return None
        value = number(line) if line else None
        if value is not None:
            return value
        console.remark([("       ", ""), (f"a number, please: {name} = 2, -0.5, 1e3, pi/2", "gutter")])


def lacking(missing: Sequence[tree.Input], source: Source) -> MissingInput:
    """The error for inputs without a value."""
    names = [each.target.name for each in missing]
    first, *others = missing
    listed = f"`{names[0]}`" if not others else f"{', '.join(f'`{each}`' for each in names[:-1])} and `{names[-1]}`"
    return MissingInput(
        f"the input {listed} has no value" if not others else f"the inputs {listed} have no values",
        first.span,
        source=source,
        marks=tuple(Mark(each.span, "") for each in others),
        hint=f"give {'it' if not others else 'them'}: `{' '.join(f'{each}=1' for each in names)}`",
    )


def unknown(name: str, known: Sequence[str]) -> UsageError:
    """The error for an input that the program does not have."""
    guess = near(name, known)
    listed = f"its inputs are {', '.join(known)}" if known else "it has no inputs"
    return UsageError(f"this program has no input `{name}`", hint=f"did you mean `{guess}`?" if guess else listed)
