"""`--limit` and `--untrusted` -> the limits of a run.

Law: a limit is named and counted as `Limits` has it; nothing of the language is imported for it.
"""

from __future__ import annotations

from lang.cli import inputs
from lang.cli.options import Given, UsageError, near
from lang.limits import Limits


def limits(given: Given) -> Limits:
    """The limits that the options set.

    Raises:
        UsageError: an unknown limit, or a bound that is not a positive number.
    """
    base = Limits.untrusted() if given.on("--untrusted") else Limits()
    known = Limits._fields
    chosen: dict[str, float] = {}
    for word in given.many("--limit"):
        name, mark, bound = word.partition("=")
        if name not in known:
            guess = near(name, known)
            raise UsageError(
                f"there is no limit `{name}`",
                hint=f"did you mean `{guess}`?" if guess else f"the limits are {', '.join(known)}",
            )
        value = inputs.number(bound) if mark else None
        if value is None or value < 0:
            raise UsageError(f"the limit `{name}` takes a number", hint=f"write `--limit {name}=1000`")
        chosen[name] = value if isinstance(getattr(base, name), float) else int(value)
    return base._replace(**chosen)  # type: ignore[arg-type]
