"""A phrase that is well formed but means nothing -> an error that says what to write.

Law: these are the errors of builders and blocks, which know their own parts only; spans come from the parts.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from lang.errors import Mark, ParseError
from lang.source import Span
from lang.syntax.tree import RULE_CLAUSES, Apply, Compare, Derivative, Expression, Name, Number, Setting
from lang.syntax.unparse import unparse

SHORT = 40


def words(node: Expression) -> str:
    """A short expression as text, a long one as a name."""
    text = unparse(node) if node.span[1] - node.span[0] <= SHORT else ""
    return text if 0 < len(text) <= SHORT else "x"


# --- left of `=` --------------------------------------------------------------------------------------------


def assigned(targets: tuple[Any, ...], values: tuple[Any, ...], places: list[int], end: int) -> ParseError:
    """Something left of `=` that cannot take a value, or not as many values as names."""
    for each in targets:
        if type(each) is not Name:
            return _no_target(each, targets, values)
    if len(targets) == 1:
        return _decimal_comma(targets[0], values)
    span = (values[0].span[0], values[-1].span[1])
    message = f"{len(targets)} names stand left of `=`, but {len(values)} values right of it"
    return ParseError(message, span, hint="write one value for each name")


def _decimal_comma(target: Name, values: tuple[Any, ...]) -> ParseError:
    first, second = values[:2]
    if len(values) == 2 and type(first) is type(second) is Number and second.span[0] == first.span[1] + 1:
        span = (first.span[0], second.span[1])
        hint = f"write `{first.text}.{second.text}`"
        if "." in first.text:
            hint = f"write `{first.text.replace('.', '')}.{second.text}`"
        elif len(second.text) == 3 and second.text.isdigit() and first.text.strip("0"):
            hint += f", or `{first.text}{second.text}` if thousands are meant"
        return ParseError("a number has a decimal point, not a comma", span, hint=hint)
    thousands = _thousands(values)
    if thousands:
        span = (first.span[0], values[-1].span[1])
        message = "numbers are written without marks for thousands"
        return ParseError(message, span, hint=f"write `{thousands}`")
    span = (second.span[0], values[-1].span[1])
    return ParseError(
        f"`{target.name}` can take one value only", span, hint="write one name left of `=` for each value"
    )


def _thousands(values: tuple[Any, ...]) -> str:
    """`1000000` for `1,000,000`; empty for anything else."""
    for left, right in pairwise(values):
        if not (type(left) is type(right) is Number and right.span[0] == left.span[1] + 1 and len(right.text) == 3):
            return ""
    return "".join(each.text for each in values) if len(values) < 7 else ""


def _no_target(each: Any, targets: tuple[Any, ...], values: tuple[Any, ...]) -> ParseError:
    name = _derivative_quotient(each)
    if name:
        return ParseError("only a name can stand left of `=`", each.span, hint=f"write `{name} = ...`")
    if type(each) is Number and len(values) == 1 and type(values[0]) is Name:
        hint = f"write `{values[0].name} = {each.text}`"
        return ParseError("a number cannot take a value", each.span, label="a number", hint=hint)
    if type(each) is Apply and each.function.isidentifier():
        return _function_head(each)
    if type(each) is Derivative and len(values) == 1 and all(type(one) is Name for one in each.arguments):
        return _ruled(each, values[0])
    if type(each) is Compare:
        return ParseError("a comparison cannot take a value", each.span, hint="put a single name left of `=`")
    return ParseError("only a name can stand left of `=`", each.span, hint="put a single name left of `=`")


def _ruled(each: Derivative, value: Any) -> ParseError:
    """`f'(x) = 2 * x`: what a rule says."""
    names = [one.name for one in each.arguments if type(one) is Name]
    slope = words(value)
    if type(value) not in (Name, Number):
        slope = "..." if slope == "x" else f"({slope})"
    terms = [f"{slope} * d{names[0]}"] if len(names) == 1 else [f"... * d{name}" for name in names]
    hint = f"write the rule `c = {each.function}({', '.join(names)}) => dc = {' + '.join(terms)}`"
    return ParseError(f"the derivative of `{each.function}` is given by a rule", each.span, hint=hint)


def _derivative_quotient(each: Any) -> str:
    """`dx` for `dx / dt`; empty for anything else."""
    if type(each) is not Apply or each.function != "/":
        return ""
    sides = [side.name for side in each.arguments if type(side) is Name]
    if len(sides) == 2 and all(len(side) > 1 and side[0] == "d" for side in sides):
        return sides[0]
    return ""


def _function_head(each: Apply) -> ParseError:
    for argument in each.arguments:
        if type(argument) is not Name:
            message = "the parameters of a function are names"
            return ParseError(message, argument.span, hint=f"write a name here, as in `{each.function}(x) = ...`")
    return ParseError("only a name can stand left of `=`", each.span, hint="delete the parentheses around it")


def input_left(left: Any, places: list[int]) -> ParseError:
    """`x, y = ?` or `f(x) = ?`."""
    if type(left) is list:
        span = (left[0].span[0], left[-1].span[1])
        names = "; ".join(f"{each.name} = ?" for each in left if type(each) is Name)
        return ParseError("one `?` is one input", span, hint=f"write `{names}`")
    return ParseError("only a name can be an input", left.span, hint="put a single name left of `= ?`")


def input_sign(default: Apply) -> ParseError:
    """`x = ? + 1`."""
    hint = "first name the input, as in `x = ?`; then compute with `x`"
    return ParseError("`?` cannot be computed with", default.name_span, hint=hint)


def augmented(parts: list[Any], places: list[int], end: int) -> ParseError:
    """`a, b += 1`, `2 += x`, `x += 1, 2`."""
    target, operator, value = parts
    if type(target) is not Name:
        span = (places[0], places[1] - 1) if type(target) is list else target.span
        return ParseError(f"only a single name can stand left of `{operator}`", span, hint="write one name")
    return ParseError(f"`{operator}` takes one value", (value[1].span[0], end), hint="write one value")


def arrow(value: Compare) -> ParseError:
    """`x <- 3`."""
    target, right = value.operands
    at = value.operands[0].span[1]
    assert isinstance(target, Name)
    assert isinstance(right, Apply)
    hint = f"write `{target.name} = {words(right.arguments[0])}`"
    return ParseError(
        "`<-` does not give a value", (right.span[0] - 1, right.span[0] + 1) if at else right.span, hint=hint
    )


# --- rules --------------------------------------------------------------------------------------------------


def rule_head(parts: list[Any], places: list[int]) -> ParseError:
    """A rule whose left side is not `c = f(a, b)`."""
    result, left = parts[0], parts[2]
    if type(result) is not Name:
        span = (places[0], places[1] - 1) if type(result) is list else result.span
        return ParseError("a rule begins with one name, the result", span, hint="write `c = f(a, b) => dc = ...`")
    return ParseError(
        "a rule is about one operation", (places[2], left[-1].span[1]), hint="write `c = f(a, b) => dc = ...`"
    )


def remarks_order(remarks: tuple[Any, ...]) -> ParseError:
    """Clauses of a rule out of order, or twice."""
    place = RULE_CLAUSES.index
    one, other = next(pair for pair in pairwise(remarks) if place(pair[1].word) <= place(pair[0].word))
    if other.word == one.word:
        return ParseError(
            f"`{other.word}` stands here twice",
            other.span,
            hint=f"join the two with `{'and' if one.word == 'fixed' else 'or'}`",
        )
    message = f"`{other.word}` stands before `{one.word}`"
    return ParseError(message, other.span, hint=f"the order is {', '.join(RULE_CLAUSES)}")


# --- commands and loops -------------------------------------------------------------------------------------


def clause_twice(word: str, place: Span) -> ParseError:
    """`grad z wrt x wrt y`."""
    hint = f"give `{word}` once" + (", with commas between the names" if word in ("wrt", "at", "along") else "")
    return ParseError(f"`{word}` is given twice", place, hint=hint)


def open_setting(each: Setting) -> ParseError:
    """`grad z at x = ?`."""
    return ParseError(
        f"`at` needs a value for `{each.name.name}`",
        each.span,
        hint=f"write `{each.name.name}=2`, with the value you mean",
    )


def too_many_bounds(bounds: tuple[Expression, ...]) -> ParseError:
    """`range(1, 2, 3, 4)`."""
    return ParseError(
        "`range` takes one to three numbers",
        (bounds[3].span[0], bounds[-1].span[1]),
        hint="write `range(first, end, step)`",
    )


# --- brackets and indents -----------------------------------------------------------------------------------


def closing(text: str, at: int, opened: list[int]) -> ParseError:
    """A `)` or `]` with nothing to close, or with the other one to close."""
    sign = text[at]
    if not opened:
        return ParseError(f"this `{sign}` closes nothing", (at, at + 1), hint="delete it")
    begin = opened[-1]
    needed = ")" if text[begin] == "(" else "]"
    mark = Mark((begin, begin + 1), f"closed by `{needed}`")
    return ParseError(
        f"`{sign}` cannot close `{text[begin]}`", (at, at + 1), hint=f"write `{needed}` here", marks=(mark,)
    )


def mixed_indent(start: int, end: int, filler: str) -> ParseError:
    """Tabs and spaces in the indents of one text."""
    used, other = ("tabs", "spaces") if filler == "\t" else ("spaces", "tabs")
    message = f"this line is indented with {other}, the lines above with {used}"
    return ParseError(message, (start, end), hint=f"use {used} here, too")


def between_indents(text: str, start: int, end: int, outer: int, inner: int) -> ParseError:
    """A line that returns to an indent no block above has: more than `outer`, less than `inner`."""
    width = end - start
    meant = outer if width - outer < inner - width or text.startswith(("else", "elif"), end) else inner
    hint = f"indent it by {meant} blanks" if meant else "begin it at the left margin"
    return ParseError("no block above is indented like this line", (start, end), hint=hint)
