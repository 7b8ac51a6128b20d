"""A call by the program's own statements -> everything it will read and call has a meaning by now.

Law: a function reads the program's names, and calls its functions, as they stand at the call. Values never
go away again, so a function that was found ready stays so until some function is defined anew; each is
looked at once.
"""

from __future__ import annotations

from lang.check.desk import Desk, defined_mark
from lang.check.scope import CONSTANTS, Signature, Use
from lang.check.words import count
from lang.errors import AdError, CheckError, Mark, UnsetName
from lang.source import Span


def verify(desk: Desk, function: Signature, span: Span) -> None:
    """Check that a function can run when called at `span`.

    Raises:
        UnsetName: it would read a name without a value, or call a function that is not defined yet.
        CheckError: it would call a function that has been defined anew with another head.
    """
    desk.ready.add(function.name)
    pending = [function]
    while pending:
        each = pending.pop()
        for name, place in each.free.items():
            if name not in desk.top.known and name not in CONSTANTS and not desk.top.may_come(name, False):
                raise unset(desk, function, each, name, place, span)
        for use, place in each.calls.items():
            callee = desk.functions.get(use.function)
            if callee is None:
                raise undefined(desk, function, each, use, place, span)
            if not fits(use, callee):
                raise changed(function, each, use, callee, place, span)
            if use.function not in desk.ready:
                desk.ready.add(use.function)
                pending.append(callee)


def fits(use: Use, callee: Signature) -> bool:
    """Can a function be called like this?"""
    return (
        use.values == len(callee.parameters) and use.results == callee.results and set(use.by) <= set(callee.parameters)
    )


def unset(desk: Desk, called: Signature, reader: Signature, name: str, place: Span, span: Span) -> AdError:
    """The error for a call that would read a name without a value."""
    marks = (Mark(place, f"`{reader.name}` reads `{name}` here", reader.source), *desk.value_mark(name))
    return UnsetName(
        f"`{called.name}` is called before `{name}` has a value",
        span,
        label="called here",
        marks=marks,
        hint=f"give `{name}` a value above this line",
    )


def undefined(desk: Desk, called: Signature, caller: Signature, use: Use, place: Span, span: Span) -> AdError:
    """The error for a call that would call a function that is not defined yet."""
    later = desk.outline.functions.get(use.function, [])
    marks = (
        Mark(place, f"`{caller.name}` calls `{use.function}` here", caller.source),
        *(defined_mark(desk.signature(each)) for each in later[:1]),
    )
    return UnsetName(
        f"`{called.name}` is called before `{use.function}` is defined",
        span,
        label="called here",
        marks=marks,
        hint=f"move this line below the definition of `{use.function}`",
    )


def changed(called: Signature, caller: Signature, use: Use, callee: Signature, place: Span, span: Span) -> AdError:
    """The error for a call that would call a function in a way that its new definition does not fit."""
    now = (
        f"takes {count(len(callee.parameters), 'value')}"
        if use.values != len(callee.parameters)
        else f"gives {count(callee.results, 'result')}"
        if use.results != callee.results
        else f"has other parameters: `{callee.head}`"
    )
    marks = (Mark(place, f"`{caller.name}` calls it as it was", caller.source), defined_mark(callee))
    return CheckError(
        f"`{called.name}` cannot run any more: `{use.function}` now {now}",
        span,
        label="called here",
        marks=marks,
        hint=f"define `{caller.name}` anew, too, or give the new `{use.function}` another name",
    )
