"""The words of the tour: what is told, what to type, and what is said when it is done.

Law: a lesson is done when its names have values, or when its words were asked; typing what stands under `type` does it.
The tests type all of them.
"""

from __future__ import annotations

from typing import NamedTuple


class Lesson(NamedTuple):
    """One step.

    Attributes:
        title, text: what is told before it.
        type: a line that does it.
        wants: words of which the line typed has to have all, blanks aside.
        after: what is said when it is done.
    """

    title: str
    text: str
    type: str
    wants: tuple[str, ...]
    after: str = ""


LESSONS = (
    Lesson("an input", "Data comes into a program through `?`, and only there. It will ask you; answer 2.",
           "x = ?", ("x=?",), "Up and Enter would ask again; `:set x 2.5` changes it later."),
    Lesson("a second one", "An input may have a default. Enter takes it.",
           "y = ? 3", ("y=?",)),
    Lesson("one operation", "A lecture writes one operation a line. The rule of a product: da = y * dx + x * dy.",
           "a = x * y", ("a=x*y",)),
    Lesson("another", "The rule of sin is db = cos(x) * dx. `?sin` shows it whenever you want.",
           "b = sin(x)", ("b=sin(x)",)),
    Lesson("the result", "And the sum of both.",
           "z = a + b", ("z=a+b",)),
    Lesson("the gradient", "How much does z change when an input changes? Nothing is approximated here.",
           "grad z", ("gradz",), "dz/dx is y + cos(x): from the product comes y, from the sine cos(x)."),
    Lesson("forward mode", "The rules, statement by statement, make a program: each with its differential.",
           "forward z", ("forwardz",), "With dx = 1 and dy = 0 it computes dz/dx. One run for each input."),
    Lesson("a direction", "Seed it: x moves by 1, y stands still.",
           "jvp z along x = 1, y = 0", ("jvpz", "along")),
    Lesson("reverse mode", "The same rules backwards: gz = 1, and every name hands on what it owes to its operands.",
           "reverse z", ("reversez",), "One sweep gives all derivatives at once. `g` names are adjoints: gx is dz/dx."),
    Lesson("a function", "Functions have derivatives, written with a prime, as many as you like.",
           "f(t) = t**3 - 2", ("f(t)=",)),
    Lesson("its derivative", "Ask for its value, its slope and its curvature.",
           "f(2), f'(2), f''(2)", ("f'(",)),
    Lesson("another input", "What if x were 0.5? Everything that depends on it runs again.",
           ":set x 0.5", (":setx",), "`:watch z` would keep z and its gradient below the prompt."),
    Lesson("a corner", "Where there is no derivative, you are told, and what was used instead.",
           "abs'(0)", ("abs'(0)",)),
    Lesson("keep it", "Your program. `:save FILE` keeps it; `ad grad FILE z x=2` asks it in a shell.",
           ":program", (":program",)),
)  # fmt: skip
