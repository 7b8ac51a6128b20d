"""`x=2 y=v * 2 -o r` -> bindings and options.

Law: nothing is evaluated here. A binding's text runs to the next `name=` or option that stands outside brackets and
quotes, so `x=max(1, 2) y="=".count("=")` is two bindings.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

BINDING = re.compile(r"([^\W\d]\w*)=(?!=)")
OPTION = re.compile(r"(-o|--out|-p|--program|--kinks)[ =]\s*([^\W\d]\w*)(?=\s|$)|(--fresh|--ieee)(?=\s|$)")
QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
COMMA = re.compile(r"[-+]?\d+,\d+")
"""2,5"""
STRANGE = re.compile(r"\s--[a-z]+$")
LONG = {"-o": "--out", "-p": "--program"}


class LineError(ValueError):
    """The line behind `%%ad` is not bindings and options."""


@dataclass
class Line:
    """What stands behind `%%ad`: the text of each binding, and options with their words (empty for switches)."""

    bindings: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)


def read(text: str) -> Line:
    """The bindings and options of a line.

    Raises:
        LineError: something else stands there, or a binding twice.
    """
    line = Line()
    starts = [*_starts(text), len(text)]
    if text[: starts[0]].strip():
        raise LineError(f"I don't understand `{text[: starts[0]].strip()}`: write bindings, such as `x=2`, and options")
    for start, stop in itertools.pairwise(starts):
        _take(line, text[start:stop].strip())
    return line


def _starts(text: str) -> list[int]:
    """Where bindings and options begin."""
    found, depth, at, fresh = [], 0, 0, True
    while at < len(text):
        quoted = QUOTED.match(text, at)
        if depth == 0 and fresh and (BINDING.match(text, at) or OPTION.match(text, at)):
            found.append(at)
        if quoted:
            at, fresh = quoted.end(), False
            continue
        depth += (text[at] in "([{") - (text[at] in ")]}")
        fresh = text[at].isspace()
        at += 1
    return found


def _take(line: Line, piece: str) -> None:
    option = OPTION.match(piece)
    if option:
        if piece[option.end() :].strip():
            raise LineError(f"I don't understand `{piece[option.end() :].strip()}` behind `{option[0]}`")
        name = option[1] or option[3]
        line.options[LONG.get(name, name)] = option[2] or ""
        return
    name, _, value = piece.partition("=")
    if name in line.bindings:
        raise LineError(f"`{name}` is bound twice")
    if not value.strip():
        raise LineError(f"`{name}=` needs a value, such as `{name}=2`")
    value = value.strip()
    if value.endswith(","):
        raise LineError(f"no comma stands between bindings: `{name}={value[:-1]}`")
    strange = STRANGE.search(value)
    if strange:
        raise LineError(f"there is no option `{strange[0].strip()}`; there are -o, -p, --fresh, --ieee and --kinks")
    if COMMA.fullmatch(value):
        raise LineError(f"a number has a decimal point, not a comma: `{name}={value.replace(',', '.')}`")
    line.bindings[name] = value
