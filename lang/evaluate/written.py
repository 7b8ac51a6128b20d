"""A plan that is run again and again -> Python functions that do the same without looking anything up.

Law: the same operations in the same order, so the same bits. Names in the text are places (`v3`, `g3`), functions are
bound values, and nothing of a program's text is in it, not even its numbers.

    a = x * y; z = a + sin(x)      forth:  v2 = v0 * v1; v3 = f0(v0); v4 = f1(v0); v5 = v2 + v3
                                   back:   g2 = g5 * values[6]; ...

Which adjoints there are is known beforehand, too, once it is known which of the values have one at the beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lang.evaluate.plan import Plan
from lang.evaluate.rulecode import inline


def forth(plan: Plan) -> Callable[[list[float]], list[float]]:
    """The function (values that come in) -> all values, in their places.

    It raises what an operation raises.
    """
    first = plan.length - len(plan.functions)
    inside = first - len(plan.constants)
    bound: dict[str, Any] = {f"v{inside + at}": number for at, number in enumerate(plan.constants)}
    names: dict[Callable[..., Any], str] = {}

    def called(function: Callable[..., Any]) -> str:
        return names.setdefault(function, f"f{len(names)}")

    lines = [f"{_names('v', range(inside))} = values"] if inside else []
    for at, (function, places) in enumerate(plan.operations(), first):
        words = [f"v{place}" for place in places]
        found = inline(function)
        if found is None:
            right = f"{called(function)}({', '.join(words)})"
        else:
            right = found.text.format(*words, **{name: called(each) for name, each in found.calls.items()})
        lines.append(f"v{at} = {right}")
    lines.append(f"return [{_names('v', range(plan.length))}]")
    return _function("values", lines, bound | {name: function for function, name in names.items()})


def back(plan: Plan, present: Sequence[int]) -> Callable[[list[float], list[Any]], list[Any] | None]:
    """The function (values, adjoints at the beginning) -> the adjoints of what comes in; None if not all are finite.

    A partial that is always 1 or -1 is not multiplied by: that changes no bit but the sign.

    Args:
        plan: the plan.
        present: which of the adjoints there are, counted through what comes in and what has a place.
    """
    place_of = [*range(plan.moving), *plan.places]
    known = {place_of[at] for at in present}
    first = plan.length - len(plan.functions) - len(plan.constants)
    units = {first + at: unit for at, unit in enumerate(plan.constants) if abs(unit) == 1.0}
    lines = [f"g{place_of[at]} = adjoints[{at}]" for at in present]
    number = plan.moving + len(plan.steps)
    for more, other, partial, one in plan.reversed():
        number -= 1
        if number in known:
            for operand, place in ((one, partial), (other, more)):
                if operand >= 0:
                    sign = "-" if units.get(place) == -1.0 else "+" if operand in known else ""
                    before = f"g{operand} " if operand in known else ""
                    part = f"g{number}" if place in units else f"g{number} * values[{place}]"
                    lines.append(f"g{operand} = {before}{sign} {part}")
                    known.add(operand)
    ends = [f"g{each}" if each in known else "None" for each in range(plan.moving)]
    lines.append("t = 0.0")
    lines += [f"t += {end}" for end in ends if end != "None"]
    lines.append("if t - t != 0.0: return None")
    return _function("values, adjoints", [*lines, f"return [{', '.join(ends)}]"], {})


def _names(letter: str, places: range) -> str:
    return "".join(f"{letter}{place}, " for place in places)


def _function(parameters: str, lines: list[str], bound: dict[str, Any]) -> Callable[..., Any]:
    scope: dict[str, Any] = {"__builtins__": {}, **bound}
    body = "\n ".join(lines)
    exec(f"def written({parameters}):\n {body}\n", scope)  # noqa: S102 - places and our own functions, see the law
    found: Callable[..., Any] = scope["written"]
    return found
