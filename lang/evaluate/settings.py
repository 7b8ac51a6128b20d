"""How to run a program."""

from __future__ import annotations

from dataclasses import dataclass, field

from lang.errors import InputError
from lang.limits import Limits

ENGINES = ("auto", "interpreter", "python", "native")


@dataclass(frozen=True)
class Settings:
    """How to run.

    Args:
        limits: what the run may use.
        ieee: let inf and nan flow instead of stopping with a DomainError.
        kinks: what to do at an awkward point of a derivative: `note`, `error` or `silent`.
        engine: what runs: `auto`, `interpreter`, `python` or `native`.
    """

    limits: Limits = field(default_factory=Limits)
    ieee: bool = False
    kinks: str = "note"
    engine: str = "auto"

    def __post_init__(self) -> None:
        if self.kinks not in ("note", "error", "silent"):
            raise InputError(f"kinks is `note`, `error` or `silent`, not `{self.kinks}`")
        if self.engine not in ENGINES:
            raise InputError(f"engine is {', '.join(ENGINES)}, not `{self.engine}`")
