"""Text and cursor -> the head of the call around the cursor, and which operand is being written.

Law: the innermost open bracket behind a function's name decides.
"""

from __future__ import annotations

from typing import NamedTuple

from lang.assist.names import user_function
from lang.assist.words import CLOSING, OPENING, words
from lang.rules import table
from lang.rules.primitive import Primitive
from lang.session import Session
from lang.syntax.unparse import unparse
from lang.verbs.core import registry

REACH = 40
"""How many lines above the cursor a call may have begun: a key is not to wait for more."""


class Head(NamedTuple):
    """How a call looks.

    Attributes:
        name: the function or verb.
        text: the whole head: `hypot(a, b)`.
        parameters: the operands' names.
        active: which of them is being written, from 0; -1 for a verb.
        about: its rule, or what the verb answers.
    """

    name: str
    text: str
    parameters: tuple[str, ...]
    active: int
    about: str


def signature(text: str, cursor: int, session: Session | None = None) -> Head | None:
    """The head of the call or command that a cursor stands in; None outside of any."""
    pieces = [word for line in text[:cursor].split("\n")[-REACH:] for word in (*words(line), None)]
    depth = commas = 0
    for at in range(len(pieces) - 1, 0, -1):
        word = pieces[at]
        if word is None:
            continue
        if word.kind == "comment" and pieces[at + 1 :] == [None]:
            return None
        depth += (word.text in CLOSING) - (word.text in OPENING)
        commas += word.text == "," and depth == 0
        if depth < 0:
            before = pieces[at - 1]
            back = 2 if before is not None and before.kind == "primes" else 1
            name = pieces[at - back] if at >= back else None
            return _call(name.text, commas, session) if name and word.text == "(" else None
    return _command(text[:cursor])


def _call(name: str, active: int, session: Session | None) -> Head | None:
    own = user_function(name, session)
    if own is not None:
        return Head(name, own.head, own.parameters, active, "has its own rule" if own.ruled else "")
    found = [each for each in table().lookup(name) if not each.is_operator]
    each = next((one for one in found if one.arity > active), found[-1] if found else None)
    return Head(name, call(each, name), each.parameters, active, rule(each)) if each else None


def _command(before: str) -> Head | None:
    first = before.rpartition("\n")[2].rpartition(";")[2].split()
    if not first or first[0] not in registry.names():
        return None
    verb = registry.verb(first[0])
    return Head(verb.name, verb.example, (), -1, verb.summary)


def call(primitive: Primitive, name: str = "") -> str:
    """`sin(a)`, `a * b`."""
    if primitive.is_operator:
        return unparse(primitive.rule.left)
    return f"{name or primitive.name}({', '.join(primitive.parameters)})"


def rule(primitive: Primitive) -> str:
    """`dc = cos(a) * da`, as the lecture writes it, with the domain behind it."""
    right = unparse(primitive.lecture or primitive.differential)
    domain = f"   for {unparse(primitive.domain)}" if primitive.domain else ""
    return f"{primitive.rule.differential.name} = {right}{domain}"
