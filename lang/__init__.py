"""adlang: a small language for automatic differentiation, for Python.

    import lang
    program = lang.parse("x = ?; y = ?; z = x * y + sin(x)")
    program.grad("z", x=2, y=3)

Everything here is defined elsewhere and imported when first used.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # checkers know it by its name; importing it from typing would cost `ad version` 4 ms
if TYPE_CHECKING:
    from typing import Any

    from lang.errors import (
        AdError,
        CheckError,
        CommandError,
        DerivativeError,
        DomainError,
        InputError,
        LimitExceeded,
        MissingInput,
        ParseError,
        RuleError,
        StackError,
        TypeMismatch,
        UnsetName,
    )
    from lang.limits import Limits
    from lang.program import Program
    from lang.reading import load, parse
    from lang.result import Result
    from lang.session import Outcome, Session

__version__ = "0.1.0"

_HOMES = {
    "lang.errors": (
        "AdError",
        "CheckError",
        "CommandError",
        "DerivativeError",
        "DomainError",
        "InputError",
        "LimitExceeded",
        "MissingInput",
        "ParseError",
        "RuleError",
        "StackError",
        "TypeMismatch",
        "UnsetName",
    ),
    "lang.limits": ("Limits",),
    "lang.program": ("Program",),
    "lang.reading": ("load", "parse"),
    "lang.result": ("Result",),
    "lang.session": ("Outcome", "Session"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AdError",
    "CheckError",
    "CommandError",
    "DerivativeError",
    "DomainError",
    "InputError",
    "LimitExceeded",
    "Limits",
    "MissingInput",
    "Outcome",
    "ParseError",
    "Program",
    "Result",
    "RuleError",
    "Session",
    "StackError",
    "TypeMismatch",
    "UnsetName",
    "__version__",
    "load",
    "parse",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module `lang` has no `{name}`", name=name, obj=import_module(__name__))
    from lang.garbage import paused

    with paused:  # modules and classes are no garbage
        return getattr(import_module(_HOME[name]), name)


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext lang`: the magics `%%ad` and `%ad`, with their completion."""
    import_module("lang.notebook.magic").load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """`%unload_ext lang`."""
    import_module("lang.notebook.magic").unload(shell)


def __dir__() -> list[str]:
    return sorted(__all__)
