"""What somebody supplies -> the value of an input."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lang.errors import InputError
from lang.steps import form

Supply = Callable[[str, form.Input], float | None]
"""Asked for the value of an input, by name, at the step that reads it; None where there is none."""


class Given:
    """Supplies values that are known beforehand, by name; for others somebody else is asked."""

    __slots__ = ("other", "values")

    def __init__(self, values: Mapping[str, float], other: Supply | None = None) -> None:
        inner = other if isinstance(other, Given) else None
        self.values: Mapping[str, float] = {**inner.values, **values} if inner else values
        self.other: Supply | None = inner.other if inner else other

    def __call__(self, name: str, step: form.Input) -> float | None:
        value = self.values.get(name)
        return self.other(name, step) if value is None and self.other is not None else value


def finite(name: str, value: object) -> float:
    """A value for an input.

    Raises:
        InputError: it is not a finite real number.
    """
    if value.__class__ is float and value - value == 0.0:
        return value
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        many = "for many points at once, `program.compile(...)` has `.batch(rows)`" if hasattr(value, "shape") else ""
        raise InputError(f"the input `{name}` takes a number, not {value!r:.60}", hint=many) from None
    truth = isinstance(value, bool) or getattr(getattr(value, "dtype", None), "kind", "") == "b"
    if truth or isinstance(value, str | bytes) or number - number != 0.0:
        hint = f"give the number itself: `{name}=2`" if isinstance(value, str | bytes) else ""
        raise InputError(f"the input `{name}` takes a finite real number, not {value!r:.60}", hint=hint)
    return number


def by_name(given: Any, names: Sequence[str]) -> list[Any] | None:
    """The values (or columns) of these names where what is given has names (pandas, mappings); else None.

    Raises:
        InputError: it has names, and not all of these.
    """
    own = given.keys() if hasattr(given, "keys") else getattr(given, "columns", ())
    there = list(own)
    if not len(there) or not all(isinstance(each, str) for each in there):
        return None
    missing = [f"`{name}`" for name in names if name not in there]
    if missing:
        kind = "column" if hasattr(given, "columns") else "value"
        hint = f"it has {', '.join(there[:8])}; each input takes what is called like it"
        raise InputError(f"there is no {kind} {' or '.join(missing[:4])}", hint=hint)
    return [given[name] for name in names]
