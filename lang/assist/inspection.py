"""A name -> what there is to know about it: a value, a function of the program, a function of the language, a verb, a
topic; as pieces of text with roles.

Law: functions are told from the table and verbs from the registry, by `lang.show.help`; the example under a function
has been run before it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from lang.assist.names import user_function
from lang.diagnostic import Segment, visible
from lang.evaluate.run import Shown
from lang.rules import table
from lang.rules.primitive import Primitive
from lang.session import Session
from lang.show import help as guide
from lang.show.numbers import number
from lang.steps.lower import CONSTANTS
from lang.verbs.core import registry

POINTS = ("0.5", "2", "1.5", "3")
"""Where an example may be computed: the first place in the function's domain."""
CONSTANT: Segment = ("   a constant", "gutter")


@dataclass(frozen=True)
class Inspection:
    """What there is to know about a name.

    Attributes:
        name: the name.
        kind: `value`, `own_function`, `function`, `verb` or `topic`.
        pieces: what people read, without a last line end.
        example: lines that can be run; empty where there are none.
    """

    name: str
    kind: str
    pieces: tuple[Segment, ...]
    example: str = ""

    @property
    def text(self) -> str:
        """What people read, as plain text."""
        return "".join(piece for piece, _ in self.pieces)


def inspect(name: str, session: Session | None = None) -> Inspection | None:
    """What there is to know about a name, an operator (`*`), a verb or a topic; None where there is nothing.

    Args:
        name: as it is written in a program; `sin'` counts as `sin`.
        session: what was defined before.
    """
    name = name.strip().rstrip("'")
    if session is not None and name in session.values:
        return _value(name, session)
    own = user_function(name, session)
    if own is not None:
        start = own.source.position(own.span[0])[0]
        shown = visible(_definition(own.source.text, start))
        rule: list[Segment] = [("\n\nits derivative follows the rule you gave", "")] if own.ruled else []
        return Inspection(name, "own_function", ((own.head, "title"), ("\n\n", ""), (shown, "code"), *rule))
    found = guide.about(name)
    if found is None and name in CONSTANTS:
        return Inspection(name, "value", ((name, "title"), (f" = {number(CONSTANTS[name])}", ""), CONSTANT))
    if found is None:
        return None
    primitives = table().lookup(name)
    if primitives:
        example, lines = _example(primitives[0], name)
        return Inspection(name, "function", (*found, *lines), example)
    verb = name in registry.names()
    return Inspection(name, "verb" if verb else "topic", tuple(found), registry.verb(name).example if verb else "")


def _value(name: str, session: Session) -> Inspection:
    value = number(session.values[name])
    pieces: list[Segment] = [(name, "title"), (f" = {value}", "")]
    if name in session.recipe().inputs():
        pieces.append(("   an input", "gutter"))
    return Inspection(name, "value", tuple(pieces))


def _definition(text: str, line: int) -> str:
    """The lines of a definition: the head, and the indented lines under it."""
    lines = text.split("\n")[line - 1 :]
    kept = lines[:1]
    for each in lines[1:]:
        if each.strip() and each[0] not in " \t":
            break
        kept.append(each)
    return "\n".join(kept).rstrip()


def _example(primitive: Primitive, word: str) -> tuple[str, list[Segment]]:
    """A line with the function's value and derivatives, and what it answers."""
    for point in POINTS:
        text = _try(primitive, word, point)
        outcome = Session(kinks="silent").run(text)
        shown = [each for each in outcome.shown if isinstance(each, Shown)]
        if outcome.error is None and shown:
            answers = ", ".join(number(value) for value in shown[0].values)
            return text, [
                ("\n\n  try", "title"),
                (f"    {text}", "code"),
                (f"\n         {answers}", "number"),
            ]
    return "", []


def _try(primitive: Primitive, word: str, point: str) -> str:
    count = primitive.arity
    points = [point, "3", "0.5", "2", "1"][:count] if count > 1 else [point]
    if primitive.is_operator:
        return f"{points[0]} {primitive.name} {points[1]}" if count == 2 else f"{primitive.name}{points[0]}"
    call = ", ".join(points)
    name = word if word.isidentifier() and table().arities(word) else primitive.name
    free = [each for each in primitive.parameters if each not in primitive.fixed | primitive.discrete]
    derivative = f"{name}'" if count == 1 else f"{name}'[{free[0]}]" if free else ""
    return f"{name}({call})" + (f", {derivative}({call})" if derivative else "")
