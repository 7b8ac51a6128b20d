"""The words of the tour: what is told, what to type, and what is said when it is done.

Law: a lesson is done when its words were typed and nothing was wrong; typing what stands under `type` does it. What
stands between backticks is code. The tests type all of them, read every piece of code, and compute what is claimed.
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
    Lesson("an input", "Data comes into a program through `?`, and only there. It asks for a number; answer 2.",
           "x = ?", ("x=?",), "Up and Enter would ask again, and `:set x 2.5` changes it later."),
    Lesson("a second one", "An input may have a default. Enter alone takes it.",
           "y = ? 3", ("y=?",)),
    Lesson("one operation", "A lecture writes one operation a line, and every operation has a rule. That of the "
           "product is `da = y * dx + x * dy`.",
           "a = x * y", ("a=x*y",), "Were x larger by a little `dx`, a would be larger by `y * dx`, 3 times as much."),
    Lesson("another", "The rule of the sine is `db = cos(x) * dx`; `?sin` shows it whenever you want.",
           "b = sin(x)", ("b=sin(x)",)),
    Lesson("the result", "And their sum: `dz = da + db`, it moves as far as both together.",
           "z = a + b", ("z=a+b",)),
    Lesson("the gradient", "How fast does z change when x does, or y? Nothing is approximated here.",
           "grad z", ("gradz",), "dz/dx is `y + cos(x)`: y comes from the product, `cos(x)` from the sine. dz/dy is "
           "`x`."),
    Lesson("forward mode", "Write each rule below its statement, and you have a program for the derivatives. It is a "
           "program like yours: it can be run, saved and differentiated again.",
           "forward z", ("forwardz",), "With `dx = 1` and `dy = 0` it computes dz/dx, with 0 and 1 dz/dy: one run for "
           "each input."),
    Lesson("a direction", "Run it so: x moves by 1, y stands still.",
           "jvp z along x = 1, y = 0", ("jvpz", "along")),
    Lesson("the table", "On paper it is a table: a line for each operation, with its value and its derivative.",
           "trace z wrt x", ("tracez",)),
    Lesson("reverse mode", "Now backwards. Begin with `gz = 1`, and let every name hand on what it has to its "
           "operands, by the same rules.",
           "reverse z", ("reversez",), "`gx` is dz/dx and `gy` is dz/dy: all of them by one run, however many inputs "
           "there are. That is how networks of a billion numbers are trained."),
    Lesson("the sweep", "The same with its numbers, each contribution as it is added.",
           "tape z", ("tapez",), "x was used twice, so two contributions reach `gx`."),
    Lesson("a function", "Functions have derivatives too, with as many primes as you like.",
           "f(t) = t**3 - 2", ("f(t)=",)),
    Lesson("its derivative", "Ask for its value, its slope and its curvature.",
           "f(2), f'(2), f''(2)", ("f'(",), "`f'(t)` is `3*t**2`, and `f''(t)` is `6*t`."),
    Lesson("another input", "What if x were 0.5? All that depends on it runs again.",
           ":set x 0.5", (":setx",), "`:watch z` would keep z and its gradient below the prompt."),
    Lesson("a corner", "Where there is no derivative you are told, and what was used in its place.",
           "abs'(0)", ("abs'(0)",)),
    Lesson("keep it", "This is your program. `:save FILE` writes it down; `ad grad FILE z x=2` asks it in a shell.",
           ":program", (":program",)),
)  # fmt: skip
LAST = "That was it: forward, reverse, and how to ask. `:help` has the rest, and `?grad` is about a command."
