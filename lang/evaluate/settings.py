"""How to run a program."""

from __future__ import annotations

from lang.errors import InputError
from lang.fact import Fact
from lang.limits import Limits

ENGINES = ("auto", "interpreter", "python", "native")


class Settings(Fact):
    """How to run.

    Args:
        limits: what the run may use.
        ieee: let inf and nan flow instead of stopping with a DomainError.
        kinks: what to do at an awkward point of a derivative: `note`, `error` or `silent`.
        engine: what runs: `auto`, `interpreter`, `python` or `native`.
    """

    __slots__ = __match_args__ = ("limits", "ieee", "kinks", "engine")

    def __init__(
        self, limits: Limits | None = None, ieee: bool = False, kinks: str = "note", engine: str = "auto"
    ) -> None:
        if kinks not in ("note", "error", "silent"):
            raise InputError(f"kinks is `note`, `error` or `silent`, not `{kinks}`")
        if engine not in ENGINES:
            raise InputError(f"engine is {', '.join(ENGINES)}, not `{engine}`")
        self.limits = Limits() if limits is None else _checked(limits)
        self.ieee, self.kinks, self.engine = ieee, kinks, engine


def _checked(limits: Limits) -> Limits:
    if not isinstance(limits, Limits):
        raise InputError(f"limits are made by `lang.Limits`, not {limits!r:.60}")
    try:
        fine = min(limits) >= 0 and sum(limits) >= 0  # a sum with nan is nan
    except TypeError:
        fine = False
    if not fine:
        for name, bound in zip(Limits._fields, limits, strict=True):
            if not isinstance(bound, int | float) or not bound >= 0:
                raise InputError(f"the limit `{name}` is a number, 0 or more, not {bound!r:.60}")
    return limits
