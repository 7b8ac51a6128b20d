"""Classes of text -> colours, for a dark background, a light one, or one that nobody knows.

Law: what a class looks like is said once, in `lang.show.ansi`, in the terminal's own sixteen; a theme only says which
of a terminal's 256 colours stand for those. On its background each has a contrast of at least 4, and where the
background is unknown, of at least 3.8 on black and on white alike (a test measures it). The sixteen themselves have no
such promise: a terminal's blue may be unreadable on black and its yellow on white.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache

from prompt_toolkit.styles import Style

from lang.show import ansi

THEMES: dict[str, dict[str, int]] = {
    "dark": {"31": 203, "32": 114, "33": 221, "34": 75, "35": 176, "36": 80, "90": 246},
    "light": {"31": 160, "32": 28, "33": 94, "34": 25, "35": 127, "36": 30, "90": 242},
    "both": {"31": 196, "32": 28, "33": 130, "34": 32, "35": 134, "36": 31, "90": 243},
    "terminal": {},
}
"""The numbers of a terminal's sixteen colours, and the colours of 256 that a theme has for them."""

MENU: dict[str, tuple[str, str]] = {
    "dark": ("bg:#303030 #d0d0d0", "bg:#005f87 #ffffff"),
    "light": ("bg:#e4e4e4 #303030", "bg:#005faf #ffffff"),
    "both": ("reverse", "noreverse bg:#0087d7 #ffffff"),
    "terminal": ("reverse", "noreverse bg:ansiblue ansiwhite"),
}
"""How a menu's lines look, and the chosen one."""

SIXTEEN = {"31": "ansired", "32": "ansigreen", "33": "ansiyellow", "34": "ansiblue", "35": "ansimagenta",
           "36": "ansicyan", "90": "ansibrightblack"}  # fmt: skip
ATTRIBUTES = {"1": "bold", "2": "dim", "3": "italic", "4": "underline"}
TYPED = {"number": "36", "unknown": "4;31", "colon": "1;35"}
"""Classes that have a colour only while they are typed: results are not."""


@cache
def codes(theme: str) -> Mapping[str, str]:
    """The classes' colours as a terminal's own numbers, for text that is printed."""
    hues = THEMES[theme]
    return {
        role: ";".join(f"38;5;{hues[each]}" if each in hues else each for each in look.split(";"))
        for role, look in ansi.COLOURS.items()
    }


@cache
def style(theme: str) -> Style:
    """The classes' colours as prompt_toolkit takes them, and the looks of its own parts."""

    def hue(code: str) -> str:
        number = THEMES[theme].get(code)
        return SIXTEEN[code] if number is None else rgb(number)

    def look(code: str) -> str:
        return " ".join(ATTRIBUTES[each] if each in ATTRIBUTES else hue(each) for each in code.split(";"))

    grey, line, chosen = hue("90"), *MENU[theme]
    return Style.from_dict(
        {f"ad.{role}": look(code) for role, code in (ansi.COLOURS | TYPED).items()}
        | {
            "prompt": look("1;32"),
            "more": grey,
            "matching-bracket.cursor": "noinherit bold underline",
            "matching-bracket.other": "noinherit bold underline",
            "auto-suggestion": grey,
            "placeholder": grey,
            "bottom-toolbar": f"noreverse {grey}",
            "bottom-toolbar.name": "noreverse nodim bold fg:default",
            "bottom-toolbar.number": f"noreverse {hue('36')}",
            "bottom-toolbar.active": "noreverse bold underline fg:default",
            "bottom-toolbar.mode": f"noreverse bold {hue('33')}",
            "validation-toolbar": f"noreverse bg:default {hue('31')}",
            "completion-menu": "bg:default fg:default noreverse",
            "completion-menu.completion": line,
            "completion-menu.completion.current": f"noreverse bold {chosen}",
            "completion-menu.meta.completion": f"noreverse {grey} bg:default",
            "completion-menu.meta.completion.current": "noreverse bold bg:default fg:default",
            "scrollbar.background": "bg:ansibrightblack",
            "scrollbar.button": f"bg:{grey}",
        }
    )


def rgb(number: int) -> str:
    """One of a terminal's 256 colours from 16 on, as `#rrggbb`."""
    if number >= 232:
        return "#" + f"{8 + 10 * (number - 232):02x}" * 3
    levels = (0, 95, 135, 175, 215, 255)
    red, green, blue = (number - 16) // 36, (number - 16) // 6 % 6, (number - 16) % 6
    return f"#{levels[red]:02x}{levels[green]:02x}{levels[blue]:02x}"


def has_256() -> bool:
    """Does this terminal say that it has 256 colours, or more?"""
    return "256" in os.environ.get("TERM", "") or bool(os.environ.get("COLORTERM"))
