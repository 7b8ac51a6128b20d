"""A long LLVM text -> several, which LLVM works at one by one.

Law: together they are the same functions. LLVM cannot be stopped while it works at one text, so none takes it longer
than a moment; between two of them the clock is looked at. Functions that may stand anywhere go where there is room, the
others stay; one that is needed in another text is told there by its first line, or, if it is short, written once more,
so that it can still be put where it is called.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from lang.backend.native.cuts import rows

LONG = 1_000_000
"""Characters of a text that LLVM may work at in one go: it takes some half a second."""
SHORT = 4_000
"""Characters of a function that is written once more where it is called."""
_MOVABLE = re.compile(r"(piece|straight|f)\d+")
_CALLED = re.compile(r"@(\w+)")
_INTERNAL = re.compile(r"^define internal ([^@\n]*)@(\w+)", re.M)
"""The start of a first line."""


class _Function(NamedTuple):
    name: str
    text: str

    @property
    def declared(self) -> str:
        """Its first line, as other texts have it."""
        head = self.text[: self.text.index(" {\n")]
        said = re.sub(r" %\w+", "", head.replace("define internal", "declare"))
        return re.sub(r" (noinline|optnone|cold)\b", "", said)

    @property
    def needs(self) -> set[str]:
        """What it calls, and itself."""
        return set(_CALLED.findall(self.text))


def several(text: str) -> list[str]:
    """The texts; one, where it is not long."""
    if len(text) <= LONG:
        return [text]
    functions, rest = _taken_apart(text)
    texts = list(_groups(functions))
    if len(texts) < 2:
        return [text]
    home = {each.name: at for at, group in enumerate(texts) for each in group}
    of_name = {each.name: each for group in texts for each in group}
    there = [_written(group, of_name, home, at) for at, group in enumerate(texts)]
    asked = {name for _, names in there for name in names}
    alone = [line for line in rest if not line.startswith("@")]
    made = []
    for at, (lines, _) in enumerate(there):
        whole = "\n".join([*(alone if at else rest), *lines])
        made.append(_INTERNAL.sub(partial(_seen, asked={name for name in asked if home[name] == at}), whole))
    return made


def _seen(met: re.Match[str], asked: set[str]) -> str:
    """The start of a first line, for other texts to see where they ask for it."""
    return f"define hidden {met[1]}@{met[2]}" if met[2] in asked else met[0]


def _taken_apart(text: str) -> tuple[list[_Function], list[str]]:
    """The functions of a text, and its other lines."""
    functions: list[_Function] = []
    rest: list[str] = []
    lines: list[str] = []
    for line in text.split("\n"):
        if line.startswith("define "):
            lines = [line]
        elif lines:
            lines.append(line)
        elif line:
            rest.append(line)
        if line == "}":
            found = _CALLED.search(lines[0])
            assert found is not None
            functions.append(_Function(found[1], "\n".join(lines)))
            lines = []
    return functions, rest


def _groups(functions: list[_Function]) -> Iterable[list[_Function]]:
    """Functions for each text; the first has those that stay."""
    moved = [each for each in functions if _MOVABLE.fullmatch(each.name)]
    yield [each for each in functions if not _MOVABLE.fullmatch(each.name)]
    yield from rows(moved, lambda each: len(each.text), LONG)


def _written(
    group: list[_Function], of_name: dict[str, _Function], home: dict[str, int], at: int
) -> tuple[list[str], set[str]]:
    """The functions of one text with what they need of others, and the names of those."""
    lines = [each.text for each in group]
    needed = set().union(*(each.needs for each in group)) & of_name.keys() - {each.name for each in group}
    copied = {name for name in needed if _copied(of_name[name])}
    room = LONG
    for name in sorted(copied):
        room -= len(of_name[name].text)
        if room < 0:
            copied.discard(name)
            continue
        lines.append(of_name[name].text)
        needed |= of_name[name].needs & of_name.keys() - {each.name for each in group}
    asked = {name for name in needed - copied if home[name] != at}
    return [*lines, *(of_name[name].declared for name in sorted(asked))], asked


def _copied(function: _Function) -> bool:
    head = function.text[: function.text.index("\n")]
    return "alwaysinline" in head or (len(function.text) < SHORT and "noinline" not in head)
