"""Words and signs of other languages, Python's above all -> what to write here instead.

Law: one row or one small function for each habit; a check that does not recognise its habit answers None.
"""

from __future__ import annotations

import re

from lang.errors import ParseError
from lang.source import line_start, statement_start
from lang.syntax import notations
from lang.syntax.giving import becomes, declared
from lang.syntax.lexer import RESERVED
from lang.syntax.scene import KEYWORDS, NEAR, VERBS, Scene, is_name, short

PYTHON = {
    "False": ("there is no `False` here", "write a comparison, as in `x > 0`"),
    "None": ("there is no `None` here", "leave the line out"),
    "True": ("there is no `True` here", "write a comparison, as in `x > 0`"),
    "assert": ("there is no `assert` here", "write the comparison alone to show it, as in `x > 0`"),
    "async": ("there is no `async` here", "delete it"),
    "await": ("there is no `await` here", "delete it"),
    "class": ("there are no classes here", "write functions, as in `f(x) = x ** 2`"),
    "continue": ("there is no `continue` here", "put the rest of the loop's lines under an `if`"),
    "del": ("names cannot be deleted", "leave the line out"),
    "except": ("there is no `except` here", "test with `if` before you compute"),
    "finally": ("there is no `finally` here", "write its lines without it"),
    "from": ("there is nothing to import", "delete this line; all functions are at hand"),
    "global": ("there is no `global` here", "delete this line; to change a value, `return` it"),
    "import": ("there is nothing to import", "delete this line; all functions are at hand"),
    "is": ("there is no `is` here", "write `==`"),
    "lambda": ("there is no `lambda` here", "give the function a name, as in `f(x) = x ** 2`"),
    "nonlocal": ("there is no `nonlocal` here", "delete this line; to change a value, `return` it"),
    "pass": ("there is no `pass` here", "leave the whole block out; what does nothing need not be written"),
    "raise": ("there is no `raise` here", "leave it out; an impossible value stops the program by itself"),
    "try": ("there is no `try` here", "test with `if` before you compute"),
    "with": ("there is no `with` here", "write its lines without it"),
    "yield": ("there is no `yield` here", "write `return`"),
}
SHOWERS = ("print", "println", "disp", "display", "echo", "puts", "show")


# --- words of Python ----------------------------------------------------------------------------------------


def python_word(scene: Scene) -> ParseError | None:
    word = scene.word
    if scene.kind != RESERVED or (word == "from" and scene.head == "for"):
        return None
    if scene.next in ("=", "+=", "-=", "*=", "/=", "**=") or scene.last in ("def", "for", "wrt", "along"):
        return ParseError(
            f"`{word}` cannot be a name, Python keeps it",
            scene.here,
            hint=f"choose another name, such as `{word}_`",
        )
    if word == "break":
        return ParseError("there is no `break` here", scene.here, hint=_without_break(scene))
    if word == "True" and scene.last == "while":
        return ParseError("there is no `True` here", scene.here, hint="write until when to go on, as in `while x > 1:`")
    message, hint = PYTHON[word]
    if word == "lambda":
        found = re.match(r"lambda\s+([\w\s,]{1,40}?)\s*:\s*([^#;:]{1,40}?)\s*(?:[#;]|$)", scene.rest)
        name = scene.statement[0] if len(scene.statement) == 2 and scene.last == "=" else "f"
        hint = f"give the function a name: `{short(name)}({found[1]}) = {found[2]}`" if found else hint
    return ParseError(message, scene.here, hint=hint)


def _without_break(scene: Scene) -> str:
    """The loop's condition with the break's condition in it, if both can be found above."""
    lines = scene.text[: scene.at].rpartition("\n")[0].split("\n")[-60:]
    line = scene.text[line_start(scene.text, scene.at) : scene.at]
    found = re.match(r"(\s*)(?:if (.*):\s*)?$", line)
    stop, width = (found[2], len(found[1])) if found else (None, len(line) - len(line.lstrip()))
    for above in reversed(lines):
        indent = len(above) - len(above.lstrip())
        if not above.strip() or indent >= width:
            continue
        width = indent
        head = re.match(r"\s*(if|while|for)\b(.*):", above)
        if head and head[1] == "if" and not stop:
            stop = head[2].strip()
        if head and head[1] == "while" and stop and len(head[2]) + len(stop) < 60:
            loop = head[2].strip()
            loop = f"({loop})" if re.search(r"\b(or|if)\b", loop) else loop
            return f"write the loop as `while {loop} and not ({stop}):`"
        if head and head[1] == "for" and stop and len(stop) < 40:
            return f"write a `while` loop whose condition ends with `and not ({stop})`"
    return "put the condition into the loop's head, as in `while x > 1 and n < 10:`"


# --- words of other languages -------------------------------------------------------------------------------


def keyword_as_name(scene: Scene) -> ParseError | None:
    if scene.word == "=" and scene.statement in [[each] for each in KEYWORDS]:
        span = (scene.end - len(scene.last), scene.end)
        return ParseError(
            f"`{scene.last}` cannot be a name", span, hint=f"choose another name, such as `{scene.last}_`"
        )
    if scene.word in ("in", "and", "or") and scene.next == "=" and not scene.statement:
        return ParseError(
            f"`{scene.word}` cannot be a name",
            scene.here,
            hint=f"choose another name, such as `{scene.word}_`",
        )
    return None


def in_shell(scene: Scene) -> ParseError | None:
    """`ad grad z`: what is typed in a shell."""
    words = scene.statement
    if len(words) < 2 or words[0] not in ("ad", "adlang", "pip", "pip3", "python", "python3") or not scene.is_command:
        return None
    start = scene.text.rfind(f"{words[0]} ", 0, scene.end)
    line = f"{' '.join(words[1:])} {scene.rest}".strip()
    asked = words[0] in ("ad", "adlang") and words[1] in VERBS
    hint = f"write `{short(line, 'grad z')}` here" if asked else "type this line there"
    return ParseError(f"`{words[0]}` is for the shell", (start, start + len(words[0])), hint=hint)


def leibniz(scene: Scene) -> ParseError | None:
    """`d/dx x**2`: the sign of Leibniz as an operator."""
    start = statement_start(scene.text, scene.at)
    line = scene.text[start : start + NEAR].split("\n")[0]
    whole = re.match(r"\s*(d\s?([^\W\d]\w*)\s*/\s*d\s?([^\W\d]\w*))\s*(\b(?:at|by|as)\b.*)?$", line)
    if whole and scene.statement and scene.statement[0][0] == "d" and scene.word != "=":
        hint = f"write `{short(f'grad {whole[2]} wrt {whole[3]} {whole[4] or str()}'.strip(), 'grad z wrt x')}`"
        span = (start + whole.start(1), start + whole.end(1))
        return ParseError("a derivative by a name is asked by a command", span, hint=hint)
    found = re.match(r"\s*(d\s*/\s*d([^\W\d]\w*))\b", scene.text[start:])
    if not found or scene.statement[:2] != ["d", "/"]:
        return None
    hint = f"define `f({found[2]}) = ...` and write `f'({found[2]})`; of a name `z`, `grad z wrt {found[2]}`"
    return ParseError(f"`{found[1]}` is no operator here", (start + found.start(1), start + found.end(1)), hint=hint)


def shown(scene: Scene) -> ParseError | None:
    words = scene.statement
    if words and words[0] in SHOWERS and len(words) <= 2 and not scene.is_end and scene.word not in ("=", "(", ":"):
        start = scene.text.rfind(words[0], 0, scene.end)
        span = (start, start + len(words[0]))
        return ParseError(
            f"`{words[0]}` is not needed to show a value", span, hint="write the expression alone on its line"
        )
    return None


def increment(scene: Scene) -> ParseError | None:
    words = scene.statement
    sign = scene.last
    if sign in ("+", "-") and scene.is_end and words[-2:] == [sign, sign] and scene.text[scene.end - 2] == sign:
        name = words[0] if len(words) == 3 and is_name(words[0]) else "x"
        return ParseError(
            f"`{sign}{sign}` does not count", (scene.end - 2, scene.end), hint=f"write `{name} {sign}= 1`"
        )
    return None


def question(scene: Scene) -> ParseError | None:
    if scene.word != "?":
        return None
    if ":" in scene.after and not scene.wants_value:
        return ParseError("`?` does not choose between values", scene.here, hint="write `a if condition else b`")
    hint = "give the input a line of its own, as in `x = ?`"
    return ParseError("`?` stands only directly behind `=`, for an input", scene.here, hint=hint)


def elements(scene: Scene) -> ParseError | None:
    if scene.word != "[":
        return None
    if scene.wants_value:
        hint = "give each number a name of its own, as in `x1 = 3; x2 = 5`"
        return ParseError("there are no lists here", scene.here, hint=hint)
    if is_name(scene.last):
        index = scene.next if scene.next.isdecimal() and scene.next.isascii() else "1"
        hint = f"use a name for each element, such as `{scene.last}{index}`"
        if not scene.next.isdecimal():
            hint += f"; to call a function, write `{short(scene.last)}(...)`"
        return ParseError(f"values are single numbers: `{short(scene.last)}` has no elements", scene.here, hint=hint)
    return ParseError("there are no lists here", scene.here, hint="use a name for each element, such as `x1`")


def arguments(scene: Scene) -> ParseError | None:
    if scene.word == "=" and scene.opened and scene.head in ("if", "elif", "while") and scene.before[-2:-1] == ["("]:
        asked = scene.before[-3] in (scene.head, "and", "or", "not", "(") if len(scene.before) > 2 else False
        right = re.match(r"=\s*([\w.+-]{1,20})\s*\)", scene.rest)
        if asked:
            hint = f"write `==`, as in `{short(scene.last)} == {right[1] if right else '1'}`"
            return ParseError("`=` gives a value, it does not compare", scene.here, hint=hint)
    if (
        scene.word == "="
        and scene.opened
        and is_name(scene.last)
        and len(scene.before) > 1
        and scene.before[-2] in ("(", ",")
    ):
        if scene.head == "def":
            return ParseError(
                "parameters have no default values", scene.here, hint="leave out the `=` and what follows it"
            )
        return ParseError(
            "arguments are given by their order, not by name",
            (scene.end - len(scene.last), scene.at + 1),
            hint=f"leave out `{scene.last}=`",
        )
    if scene.word in ("*", "**") and scene.last in ("(", ",") and scene.opened:
        return ParseError(
            f"`{scene.word}` cannot stand before an argument",
            scene.here,
            hint="write every argument by itself",
        )
    if scene.word == "for" and scene.opened:
        return ParseError(
            "a loop cannot stand inside parentheses",
            scene.here,
            hint="add up in a loop of its own, as in `for i in range(n):`",
        )
    return None


def text(scene: Scene) -> ParseError | None:
    if scene.name != "PRIMES":
        return None
    if scene.wants_value:
        start = line_start(scene.text, scene.at)
        return notations.quoted(scene.text[start : scene.at], scene.rest, scene.at)
    if scene.last.isdecimal() and re.fullmatch(r"\d{3}", scene.next):
        return ParseError(
            "numbers are written without marks for thousands",
            (scene.end - len(scene.last), scene.at + 1 + len(scene.next)),
            hint=f"write `{scene.last}{scene.next}`",
        )
    return ParseError("only a function's name can have a `'`", scene.here, hint="define `f(x) = ...` and write `f'(x)`")


def comment(scene: Scene) -> ParseError | None:
    """`// text`, `% text`, `x = 3 /* text */`: comments of other languages."""
    words = scene.before
    sign, start = "", scene.at
    if scene.word in ("//", "%", "/") and not words and scene.after:
        sign = "/*" if scene.rest.startswith("/*") else scene.word
    elif scene.word == "*" and scene.last == "/" and scene.text[scene.at - 1] == "/":
        sign, start = "/*", scene.at - 1
    elif words[-2:-1] in (["//"], ["%"]) and is_name(scene.last) and is_name(scene.word) and scene.is_value:
        sign, start = words[-2], scene.text.rfind(words[-2], 0, scene.end)
    if not sign:
        return None
    span = (start, start + len(sign))
    return ParseError("a comment begins with `#`", span, hint=f"write `#` in place of `{sign}`")


def of_the_prompt(scene: Scene) -> ParseError | None:
    """`:undo` in a program."""
    if scene.word != ":" or scene.before or not scene.next.isalpha():
        return None
    span = (scene.at, scene.at + 1 + len(scene.next))
    return ParseError(f"`:{short(scene.next)}` is for the prompt", span, hint="start `ad`, and type it on a line alone")


FIRST = (python_word, keyword_as_name, becomes, increment, comment, of_the_prompt)
CHECKS = (declared, in_shell, leibniz, shown, question, elements, arguments, text)
