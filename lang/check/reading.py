"""A name where a value is read -> nothing, or the error that says why it has none.

Law: what the program's own statements read must have a value above them. A function reads the program's
names as they stand at the call, so in its body a name of the program need only get a value somewhere in the
text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import normalize

from lang.check.desk import Desk, defined_mark
from lang.check.scope import CONSTANTS, Signature
from lang.check.suggest import advice, nearest, run_together
from lang.check.words import either, quoted
from lang.errors import AdError, CheckError, CommandError, Mark, RuleError, UnsetName
from lang.source import Span, statement_start
from lang.syntax import tree

LOOK = 40
"""Characters behind a name that are looked at."""
RAISED = "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
"""Letters that raise on paper; in a name they are ordinary ones, as in Python."""


def read(desk: Desk, node: tree.Name, sometimes: bool) -> None:
    """Settle a name that the body being walked does not know yet.

    Args:
        sometimes: the read is made only in some runs of its statement.
    """
    name, names = node.name, desk.names
    if names.may_come(name, sometimes):
        return
    if names.own is not None and name in names.own:
        raise own_unset(desk, name, node.span)
    if name not in desk.top.known:
        if name in desk.functions or name in desk.builtin or name in desk.outline.functions:
            raise function_as_value(desk, name, node.span)
        if name not in CONSTANTS and (desk.at_top or name not in desk.outline.names):
            raise missing(desk, name, node.span)
    if desk.at_top:
        return
    names.free.setdefault(name, node.span)
    names.known[name] = desk.top.known.get(name)


def missing(desk: Desk, name: str, span: Span, error: type[AdError] = CheckError) -> AdError:
    """The error for a name without a value: it gets one only further down, or nobody knows it."""
    if desk.at_top and name in desk.outline.names:
        return unset(desk, name, span, UnsetName if error is CheckError else error)
    if name in desk.verbs and error is CheckError:
        return CheckError(
            f"`{name}` is a command and has no value",
            span,
            label="a value is needed here",
            hint=f"write it at the start of a line of its own: `{name} z`",
        )
    if desk.names.operands and name[0] == "d" and len(name) > 1:
        return strange_differential(desk, name, span)
    marks: tuple[Mark, ...] = ()
    written = desk.source.slice((span[0], span[1] + LOOK))
    if error is CommandError:
        hint = advice(name, desk.top.known) or known_hint(desk)
    else:
        function = find_function(desk, name[1:]) if name[0] == "d" else None
        prime = f"the derivative of `{function.head}` is `{primed(function)}`" if function else ""
        hint = prime or seed(desk, name) or compared(desk, span) or on_paper(written, span[1] - span[0])
        hint = hint or advice(name, value_names(desk)) or run_together(name, {**desk.names.known, **desk.top.known})
    if not hint:
        hint, marks = hidden(desk, name)
    return error(f"I don't know the name `{name}`", span, label=nowhere(desk), hint=hint, marks=marks)


def seed(desk: Desk, name: str) -> str:
    """The hint for `dx` where `x` is an input: nobody wants to ask for its derivative."""
    asked = name[0] == "d" and any(type(each) is tree.Input and each.target.name == name[1:] for each in desk.body)
    return f"a sweep begins with a seed: `{name} = 1`, or `{name} = ?`" if asked else ""


def compared(desk: Desk, span: Span) -> str:
    """The hint for `x == 2` on a line of its own, where `x` has no value."""
    text = desk.source.text
    before = text[statement_start(text, span[0]) : span[0]]
    found = re.match(r"\s*==\s*([\w.+-]{1,20})\s*(?:[;#]|$)", text[span[1] : span[1] + LOOK].split("\n")[0])
    return f"to give it a value, write `{text[slice(*span)]} = {found[1]}`" if found and not before.strip() else ""


def on_paper(text: str, length: int) -> str:
    """The hint for a name that belongs to a notation: `d / dx (...)`, `xⁿ`. Args: the text from it on, its length."""
    operator = re.match(r"d\s*/\s*d([^\W\d]\w*)\s*\(", text)
    if operator:
        by = operator[1]
        return f"define `f({by}) = ...` and write `f'({by})`; of a name `z`, `grad z wrt {by}`"
    base = text[:length].rstrip(RAISED)
    power = normalize("NFKC", text[len(base) : length])
    return f"to raise it, write `{base}**{power}`" if base and power else ""


def primed(function: Signature) -> str:
    """The derivative of a function, as it is called: by its first parameter where it has several."""
    several = len(function.parameters) > 1
    return function.name + "'" + f"[{function.parameters[0]}]" * several + f"({', '.join(function.parameters)})"


def nowhere(desk: Desk) -> str:
    """What is under the carets of an unknown name."""
    return "nothing above defines it" if desk.at_top else "nothing defines it"


def unset(desk: Desk, name: str, span: Span, error: type[AdError] = UnsetName) -> AdError:
    """The error for a name of the program that gets its first value only further down."""
    first = desk.outline.names[name]
    message = f"`{name}` is used before it has a value"
    if desk.source.position(first[0])[0] == desk.source.position(span[0])[0]:
        return error(message, span, label="no value yet", hint=f"give it a first value above: `{name} = 0`")
    return error(
        message,
        span,
        label="no value yet",
        marks=(Mark(first, "its first value comes only here"),),
        hint=f"give `{name}` a value above this line",
    )


def own_unset(desk: Desk, name: str, span: Span) -> AdError:
    """The error for a function's own name that is read above its first value."""
    first = (desk.names.own or {})[name]
    hint = f"give `{name}` a value above this line"
    if name in desk.top.known:
        hint = f"a name that a function assigns is the function's own: take another name, or make `{name}` a parameter"
    same_line = desk.source.position(first[0])[0] == desk.source.position(span[0])[0]
    marks = () if same_line else (Mark(first, "its first value comes only here"),)
    return UnsetName(f"`{name}` is used before it has a value", span, label="no value yet", hint=hint, marks=marks)


def function_as_value(desk: Desk, name: str, span: Span, error: type[AdError] = CheckError) -> AdError:
    """The error for a function's name where a value is needed."""
    signature = find_function(desk, name)
    head = signature.head if signature else builtin_heads(desk, name)[0]
    marks = (defined_mark(signature),) if signature else ()
    return error(
        f"`{name}` is a function, and a value is needed here",
        span,
        label="not called",
        marks=marks,
        hint=f"call it: `{head}`",
    )


def find_function(desk: Desk, name: str) -> Signature | None:
    """A function of the program: as it is defined now, else as the text defines it first."""
    later = None if name in desk.functions else desk.outline.functions.get(name)
    return desk.signature(later[0]) if later else desk.functions.get(name)


def builtin_heads(desk: Desk, name: str) -> list[str]:
    """How calls of a built-in function look: `log(a)`, `log(a, b)`."""
    found = (desk.table.find(name, count) for count in sorted(desk.table.arities(name)))
    return [f"{name}({', '.join(each.parameters)})" for each in found if each]


def strange_differential(desk: Desk, name: str, span: Span) -> AdError:
    """The error for `dq` in a rule that has no operand `q`."""
    operands = desk.names.operands
    guess = nearest(name[1:], operands)
    listed = either(quoted("d" + each for each in operands), "and")
    hint = f"did you mean `d{guess}`?" if guess else f"a term of this rule has {listed}"
    return RuleError(
        f"`{name}` stands in a rule that has no `{name[1:]}`",
        span,
        hint=hint,
        label=f"`{name[1:]}` is not on the left side",
    )


def hidden(desk: Desk, name: str) -> tuple[str, tuple[Mark, ...]]:
    """The hint for a name that only some function knows, as its own."""
    for nodes in desk.outline.functions.values():
        for node in nodes:
            own = next((each for each in inner_names(node) if each.name == name), None)
            if own is not None:
                return (
                    f"`{name}` lives only inside `{node.name.name}`: return it to use it elsewhere",
                    (Mark(own.span, f"`{name}` belongs to `{node.name.name}`"),),
                )
    return f"give it a value first: `{name} = 1`, or ask for it: `{name} = ?`", ()


def known_hint(desk: Desk) -> str:
    """The names a command can be about, where they are few."""
    names = sorted(desk.top.known)
    return f"the program has {either(quoted(names), 'and')}" if 0 < len(names) <= 6 else ""


def inner_names(node: tree.Function) -> Iterator[tree.Name]:
    """Where a function gives its own names their values: its parameters, the assignments of its body."""
    yield from node.parameters
    for each in node.body:
        if isinstance(each, tree.Assign):
            yield from each.targets


def value_names(desk: Desk) -> Iterator[str]:
    """Every name a value could have had here, the likelier first."""
    yield from desk.names.own or ()
    yield from desk.names.known
    yield from desk.top.known
    yield from desk.outline.names if not desk.at_top else ()
    yield from function_names(desk)
    yield from CONSTANTS
    yield from desk.verbs


def function_names(desk: Desk) -> Iterator[str]:
    """Every name that can be called here."""
    yield from desk.functions
    yield from desk.outline.functions if not desk.at_top else ()
    yield from desk.builtin


def target(desk: Desk, node: tree.Name) -> None:
    """Settle a name that a command asks about."""
    name = node.name
    if name in desk.top.known:
        return
    if name in desk.functions or name in desk.builtin:
        error = function_as_value(desk, name, node.span, CommandError)
        error.hint = f"give a value of it a name first: `z = {error.hint.removeprefix('call it: `')}"
        raise error
    raise missing(desk, name, node.span, CommandError)
