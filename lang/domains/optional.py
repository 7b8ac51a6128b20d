"""Libraries that come with an extra: the module, or an error that says how to get it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from lang.errors import CommandError

INSTALL = {
    "sympy": ("SymPy", "symbolic"),
    "mpmath": ("mpmath", "symbolic"),
    "matplotlib": ("matplotlib", "pictures"),
}


def library(name: str) -> Any:
    """An optional module.

    Raises:
        CommandError: it is not installed; the hint is the line that installs it.
    """
    try:
        return import_module(name)
    except ImportError:
        title, extra = INSTALL[name.partition(".")[0]]
        raise CommandError(
            f"this needs {title}, which is not installed", hint=f"install it: `pip install 'adlang[{extra}]'`"
        ) from None
