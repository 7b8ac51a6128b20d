"""A call -> the function it means, or the error that says why it means none.

Law: the program's own statements call what is defined above them. A function's body may call what is
defined further down; that the definition comes before the call runs is seen where the program calls
(`readiness`).
"""

from __future__ import annotations

import math
from itertools import pairwise

from lang.check import readiness
from lang.check.desk import Desk, defined_mark
from lang.check.reading import builtin_heads, function_names, nowhere
from lang.check.scope import CONSTANTS, Signature, Use
from lang.check.suggest import advice
from lang.check.words import count, either, excerpt, placeholders, quoted
from lang.errors import AdError, CheckError, Mark, UnsetName
from lang.rules import Primitive
from lang.syntax import tree

ANY = 0
Call = tree.Apply | tree.Derivative


def call(desk: Desk, node: tree.Apply, wanted: int) -> None:
    """Check a call of a function by name.

    Args:
        wanted: how many results are taken from it; `ANY` where all of them are shown.
    """
    take(desk, node, resolve(desk, node), wanted, ())


def resolve(desk: Desk, node: Call) -> Signature | Primitive:
    """The function that a call means, with as many values as it takes."""
    name, values = node.function, len(node.arguments)
    own = desk.names.own
    if own is not None and name in own:
        raise not_a_function(desk, node)
    found = desk.functions.get(name)
    if found is None:
        primitive = desk.table.find(name, values)
        if primitive is not None:
            return primitive
        if name in desk.builtin:
            raise wrong_count(desk, node, desk.table.arities(name), builtin_heads(desk, name), ())
    if found is None or len(found.parameters) != values:
        found = further_down(desk, node) or found
    if found is None:
        raise unknown(desk, node)
    if len(found.parameters) != values:
        raise wrong_count(desk, node, (len(found.parameters),), [found.head], (defined_mark(found),))
    return found


def take(desk: Desk, node: Call, found: Signature | Primitive, wanted: int, by: tuple[str, ...]) -> None:
    """Check that a call gives as many results as are taken from it, and that it can run by then."""
    if isinstance(found, Primitive):
        if wanted > 1:
            raise wrong_results(desk, node, 1, wanted, ())
        return
    if wanted not in (ANY, found.results):
        raise wrong_results(desk, node, found.results, wanted, (defined_mark(found),))
    if not desk.at_top:
        use = Use(found.name, len(found.parameters), found.results, by)
        desk.names.calls.setdefault(use, node.name_span)
    elif found.name not in desk.ready:
        readiness.verify(desk, found, node.name_span)


def further_down(desk: Desk, node: Call) -> Signature | None:
    """In a function's body: the definition further down that the call fits, else the first one there."""
    later = [] if desk.at_top else desk.outline.functions.get(node.function, [])
    found = [desk.signature(each) for each in later]
    fitting = (each for each in found if len(each.parameters) == len(node.arguments))
    first = None if node.function in desk.functions or not found else found[0]
    return next(fitting, first)


def unknown(desk: Desk, node: Call) -> AdError:
    """The error for a call of something that is not a function, or not yet."""
    name = node.function
    if name in desk.names.known or name in desk.top.known or (not desk.at_top and name in desk.outline.names):
        return not_a_function(desk, node)
    later = desk.outline.functions.get(name)
    if later:
        return UnsetName(
            f"`{name}` is called before it is defined",
            node.name_span,
            label="not defined yet",
            marks=(Mark(later[0].name.span, "defined only here"),),
            hint=f"move the definition of `{name}` above this line",
        )
    if name in CONSTANTS or name in desk.outline.names:
        return not_a_function(desk, node)
    if name in desk.verbs:
        return CheckError(
            f"`{name}` is a command, not a function",
            node.name_span,
            label="called like a function",
            hint=_as_command(desk, node),
        )
    known = [*function_names(desk), *desk.verbs, *desk.top.known]
    what = excerpt(desk.source, node.arguments[0].span) if len(node.arguments) == 1 else "x"
    hint = partial(desk, node) or advice("D" if name == "d" else name, known, what)
    return CheckError(
        f"I don't know the name `{name}`",
        node.name_span,
        label=nowhere(desk),
        hint=hint or f"define it first: `{name}({some_parameters(node)}) = ...`",
    )


def _as_command(desk: Desk, node: tree.Apply | tree.Derivative) -> str:
    """The hint for a command in parentheses: `grad z wrt x` for `grad(z, x)`, two lines for `grad(x**2)`."""
    texts = [excerpt(desk.source, each.span) for each in node.arguments]
    plain = [isinstance(each, tree.Name) for each in node.arguments]
    if texts and not plain[0]:
        return f"first write `y = {texts[0]}`, then `{' wrt '.join([f'{node.function} y', *texts[1:2]])}`"
    by = f" wrt {', '.join(texts[1:])}" if len(texts) > 1 and all(plain) else ""
    return f"write it at the start of a line of its own: `{node.function} {texts[0] if texts else 'z'}{by}`"


def partial(desk: Desk, node: Call) -> str:
    """The hint for `df(3)` and `f_x(2, 3)`: the derivative of a function."""
    own = desk.functions.get(node.function[1:]) if node.function[0] == "d" else None
    if own is not None and len(own.parameters) == len(node.arguments) == 1:
        return f"the derivative of `{own.head}` is `{own.name}'({excerpt(desk.source, node.arguments[0].span)})`"
    name, _, by = node.function.rpartition("_")
    found = desk.functions.get(name)
    if found is None or by not in found.parameters:
        return ""
    given = ", ".join(excerpt(desk.source, each.span) for each in node.arguments)
    return f"the derivative of `{found.head}` by `{by}` is `{name}'[{by}]({given})`"


def some_parameters(node: Call) -> str:
    """Parameters for a function that is yet to be written."""
    values = len(node.arguments)
    names = ["x", "y", "z"] if values <= 3 else [f"x{each}" for each in range(1, values + 1)]
    return ", ".join(names[:values])


def not_a_function(desk: Desk, node: Call) -> AdError:
    """The error for a call of a variable."""
    name = node.function
    own = desk.names.own or {}
    span = own[name] if name in own else desk.top.known.get(name)
    marks = (Mark(span, f"`{name}` is a variable"),) if span else ()
    hint = f"define a function of another name: `my_{name}({some_parameters(node)}) = ...`"
    if isinstance(node, tree.Derivative):
        hint = f"primes belong to functions; the derivatives of a name are asked for by `grad {name}`"
    elif len(node.arguments) == 1:
        hint = f"to multiply, write `{name} * ({excerpt(desk.source, node.arguments[0].span)})`"
    return CheckError(
        f"`{name}` is a value, not a function",
        node.name_span,
        label="called like a function",
        hint=hint,
        marks=marks,
    )


def wrong_count(desk: Desk, node: Call, takes: tuple[int, ...], heads: list[str], marks: tuple[Mark, ...]) -> AdError:
    """The error for a call with too many or too few values."""
    numbers = sorted(takes)
    taken = count(numbers[0], "value") if len(numbers) == 1 else f"{either([str(each) for each in numbers])} values"
    given = len(node.arguments)
    return CheckError(
        f"`{node.function}` takes {taken}, and this call gives it {given or 'none'}",
        node.name_span,
        label=f"{given} given" if given else "none given",
        marks=marks,
        hint=nested(desk, node, takes) or f"call it like {either(quoted(heads))}{_decimal_comma(node, takes)}",
    )


def nested(desk: Desk, node: Call, takes: tuple[int, ...]) -> str:
    """The hint for `max(1, 2, 3)`: calls in each other, where that is what a call of more operands means."""
    found = desk.table.find(node.function, 2) if takes == (2,) else None
    if found is None or not 2 < len(node.arguments) < 6 or not is_gathering(found):
        return ""
    first, *rest = (excerpt(desk.source, each.span) for each in node.arguments)
    for each in rest:
        first = f"{node.function}({first}, {each})"
    return f"write `{first}`" if len(first) < 60 else ""


def is_gathering(primitive: Primitive) -> bool:
    """Does the order of operands not matter, nor that of calls in each other, as with `max`? Asked of numbers."""
    from lang.kernels import KERNELS  # for a mistake only: checking knows no values

    value = KERNELS[(primitive.name, 2)]
    for a, b, c in (1.25, 2.5, 0.5), (-3.0, 0.75, 2.0):
        one, other = value(value(a, b), c), value(a, value(b, c))
        if value(a, b) != value(b, a) or not math.isclose(one, other, rel_tol=1e-12):
            return False
    return True


def _decimal_comma(node: Call, takes: tuple[int, ...]) -> str:
    """Advice for `sin(1,5)`: a comma without a blank between two numbers, and one value too many."""
    if len(node.arguments) - 1 in takes:
        for whole, part in pairwise(node.arguments):
            if isinstance(whole, tree.Number) and isinstance(part, tree.Number) and part.span[0] == whole.span[1] + 1:
                return f"; a number has a decimal point, as in `{whole.text}.{part.text}`" * part.text.isdecimal()
    return ""


def wrong_results(desk: Desk, node: Call, gives: int, wanted: int, marks: tuple[Mark, ...]) -> AdError:
    """The error for a call that gives more or fewer results than are taken."""
    text = excerpt(desk.source, node.span)
    text = text if text != "..." else f"{node.function}(...)"
    if wanted == 1:
        return CheckError(
            f"`{node.function}` gives {count(gives, 'result')}, and there is room for one here",
            node.name_span,
            label=f"gives {gives}",
            marks=marks,
            hint=f"take them on a line of their own first: `{placeholders(gives)} = {text}`",
        )
    return CheckError(
        f"`{node.function}` gives {count(gives, 'result')}, and {wanted} names stand on the left",
        node.name_span,
        label=f"gives {gives}",
        marks=marks,
        hint=f"take {'them' if gives > 1 else 'it'} with {count(gives, 'name')}: `{placeholders(gives)} = {text}`",
    )
