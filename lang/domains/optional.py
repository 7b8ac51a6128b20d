"""Libraries that come with an extra: the module, or an error that says how to get it.

Law: the hint works wherever adlang itself was installed from, a folder too.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from lang.errors import CommandError

INSTALL = {
    "sympy": ("SymPy", "sympy mpmath"),
    "mpmath": ("mpmath", "sympy mpmath"),
    "matplotlib": ("matplotlib", "matplotlib"),
}


def library(name: str) -> Any:
    """An optional module.

    Raises:
        CommandError: it is not installed; the hint is the line that installs it.
    """
    try:
        return import_module(name)
    except ImportError:
        title, packages = INSTALL[name.partition(".")[0]]
        hint = f"install it: `pip install {packages}`"
        raise CommandError(f"this needs {title}, which is not installed", hint=hint) from None
