"""What the forward sweep of an adjoint program leaves for the sweep back: its steps, as they were written.

Law: an item speaks in written names (after renaming), so the sweep back never asks what a name meant at that place.
`Save` stands in the statements of the forward sweep, and is kept only if the sweep back took it back and needs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from lang.source import Span
from lang.syntax import tree
from lang.transform.activity import Key
from lang.transform.expressions import NOWHERE
from lang.transform.lines import Line
from lang.transform.stencil import Filling, Parts


@dataclass(eq=False)
class Save:
    """Perhaps `push word`, before the word is overwritten (or when it is left behind)."""

    word: str
    taken: bool = False
    always: bool = False


@dataclass(eq=False)
class Start:
    """Perhaps `word = 0`, before a loop whose first turn saves a word that has no value yet."""

    word: str
    saves: list[Save] = field(default_factory=list)


@dataclass(eq=False)
class Invoke:
    """A call: of the function itself, or, if the sweep back needs what it computes, of the one that saves it."""

    targets: tuple[str, ...]
    function: str
    arguments: tuple[tree.Expression, ...]
    saving: str = ""


@dataclass(eq=False)
class Turn:
    """Perhaps `turns = turns + 1` or `turns = 0`: counts a loop's turns if the sweep back repeats it by number."""

    word: str
    first: bool
    loop: LoopItem


@dataclass(eq=False)
class Branches:
    """An `if` of the forward sweep whose bodies may still hold saves; the last body is that of `else`."""

    tests: tuple[tree.Expression, ...]
    bodies: list[list[Written]]


@dataclass(eq=False)
class Repeat:
    """A loop of the forward sweep whose body may still hold saves; the loop itself has none yet."""

    loop: tree.While | tree.For
    body: list[Written]


Written = tree.Statement | Line | Save | Start | Invoke | Turn | Branches | Repeat


@dataclass(eq=False, slots=True, kw_only=True)
class Placed:
    """What the sweep back reads: it knows the place of the step it came from."""

    origin: Span = NOWHERE


@dataclass(eq=False, slots=True)
class Linear(Placed):
    """`target = f(operands)`: what it contributes, with what stands in the holes.

    Attributes:
        operands: those of the statement, intermediate values told from names.
        words: what stands in the holes.
    """

    target: str
    parts: Parts
    operands: Sequence[Any]
    words: Filling
    save: Save | None
    reads_result: bool = False

    def sources(self) -> list[str]:
        """The words that it contributes to."""
        return [self.operands[index] for index, _ in self.parts]


@dataclass(eq=False, slots=True)
class CallItem(Placed):
    """A call of a function whose derivative comes from its body."""

    invoke: Invoke
    key: Key
    active: tuple[bool, ...]
    operands: tuple[str, ...]
    reads: tuple[str, ...]
    saves: tuple[Save | None, ...]


@dataclass(eq=False, slots=True)
class IfItem(Placed):
    """A branch: each way's items; the tests, or the word that holds which way was taken (from 1), perhaps saved."""

    tests: tuple[tree.Expression, ...]
    ways: list[list[Item]]
    taken: Save | None
    word: str
    returns: bool
    before: list[Save] = field(default_factory=list)
    ends: list[list[Save]] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class LoopItem(Placed):
    """A loop: its body's items, and how the sweep back repeats it."""

    body: list[Item]
    ends: list[Save]
    target: str
    backwards: tuple[tree.Expression, ...] | None
    turns: str
    save_turns: Save | None
    save_target: Save | None
    keep_target: Save | None
    reversed: bool = False
    before: list[Save] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class PushItem(Placed):
    """`push word`."""

    word: str
    stack: int


@dataclass(eq=False, slots=True)
class PopItem(Placed):
    """`word = pop()`."""

    word: str
    stack: int
    save: Save | None


@dataclass(eq=False, slots=True)
class Leaf(Placed):
    """A name that derivatives are asked by has its value from here on; `on_the_way` if the program computed it."""

    source: str
    word: str
    on_the_way: bool = False


@dataclass(eq=False, slots=True)
class Overwrite(Placed):
    """A word got a value that does not move; if something needs the old one, it is taken back here."""

    word: str
    save: Save | None


@dataclass(eq=False, slots=True)
class ReturnItem(Placed):
    """The end of a function's way: the words it gives back, and what is saved there for the sweep back."""

    words: tuple[str | None, ...]
    saves: list[Save]


Item = Linear | CallItem | IfItem | LoopItem | PushItem | PopItem | Leaf | Overwrite | ReturnItem


def hidden(source: str) -> str:
    """Stands for a name of the program in a function whose own local hides it; no program can spell it."""
    return f"{source} of the program"


__all__ = [
    "Branches",
    "CallItem",
    "IfItem",
    "Invoke",
    "Item",
    "Leaf",
    "Linear",
    "LoopItem",
    "Overwrite",
    "PopItem",
    "PushItem",
    "Repeat",
    "ReturnItem",
    "Save",
    "Start",
    "Turn",
    "Written",
]
