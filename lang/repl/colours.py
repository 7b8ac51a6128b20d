"""What a person wants, and what the terminal says of itself -> are there colours, and which?

Law: a person's choice comes first, then `AD_COLOURS`, then what is known of the background; while nothing is known,
colours are taken that can be read on both.
"""

from __future__ import annotations

from collections.abc import Mapping

from lang.repl.background import of_environment
from lang.repl.palette import codes, has_256

CHOICES = ("auto", "dark", "light", "both", "terminal", "none")


class Colours:
    """The colours of a talk.

    Args:
        on: may there be any?

    Attributes:
        choice: one of `CHOICES`. background: `dark`, `light`, or empty while it is unknown.
    """

    def __init__(self, on: bool) -> None:
        self.choice = "auto" if on else "none"
        self.background = of_environment()

    @property
    def on(self) -> bool:
        """Are there colours?"""
        return self.choice != "none"

    @property
    def theme(self) -> str:
        """The colours' name in `palette.THEMES`."""
        if self.choice in ("auto", "none"):
            return (self.background or "both") if has_256() else "terminal"
        return self.choice

    @property
    def codes(self) -> Mapping[str, str]:
        """The numbers a terminal takes for each class of text."""
        return codes(self.theme)

    @property
    def asks(self) -> bool:
        """Would it help to ask the terminal for its background?"""
        return self.choice == "auto" and not self.background and has_256()

    def found(self, theme: str) -> None:
        """The terminal has said what its background is."""
        self.background = theme or self.background
