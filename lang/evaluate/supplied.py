"""What somebody supplies -> the value of an input."""

from __future__ import annotations

from lang.errors import InputError


def finite(name: str, value: object) -> float:
    """A value for an input.

    Raises:
        InputError: it is not a finite real number.
    """
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"the input `{name}` takes a number, not {value!r:.60}") from None
    if isinstance(value, bool | str | bytes) or number - number != 0.0:
        raise InputError(f"the input `{name}` takes a finite real number, not {value!r:.60}")
    return number
