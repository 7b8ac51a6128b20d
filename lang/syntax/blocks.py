"""Blocks, their heads and parentheses that do not come out even -> the error that says what is missing where.

Law: as for every file of checks: one small function for each slip, None from one that does not recognise it.
"""

from __future__ import annotations

import re

from lang.errors import Mark, ParseError
from lang.source import line_start
from lang.syntax.scene import BLOCK_WORDS, Scene, is_name, short

NEEDS = {
    "if": "the condition", "elif": "the condition", "while": "the condition", "else": "`else`",
    "for": "`range(...)`", "def": "the parameters",
}  # fmt: skip


# --- parentheses --------------------------------------------------------------------------------------------


def unclosed(scene: Scene) -> ParseError | None:
    if not scene.opened:
        return None
    begin = scene.opened[-1]
    needed = ")" if scene.text[begin] == "(" else "]"
    end = _where_closed(scene, begin)
    if end is None:
        return None
    label = f"`{needed}` is missing here"
    mark = Mark((begin, begin + 1), "opened here")
    line, _ = scene.source.position(begin)
    hint = f"close the `{scene.text[begin]}` of line {line} with `{needed}`"
    return ParseError(f"a `{needed}` is missing", (end, end), label=label, hint=hint, marks=(mark,))


def _where_closed(scene: Scene, begin: int) -> int | None:
    """Where the parenthesis that is still open should have been closed; None if it is not the trouble."""
    text = scene.text
    if scene.name == "$END":
        return scene.end
    if scene.word in (":", ";") and scene.text[scene.at + 1 : scene.at + 2] != "=" and not scene.wants_value:
        return scene.end
    if _closes_later(text, scene.at):
        return None
    if "\n" in text[scene.end : scene.at]:
        return scene.end
    line = text.rfind("\n", begin, scene.at)
    if (
        line >= 0
        and scene.word in ("=", "+=", "-=", "*=", "/=", "**=", "?", ":")
        and not text[line : scene.at].count("(")
    ):
        return len(text[:line].rstrip()) if "#" not in text[begin:line] else line
    return None


def _closes_later(text: str, at: int) -> bool:
    """Does the rest of the line close more than it opens?"""
    depth = 0
    stop = text.find("\n", at)
    for char in text[at : stop if stop >= 0 else len(text)]:
        depth += (char in "([") - (char in ")]")
        if depth < 0:
            return True
    return False


# --- indents ------------------------------------------------------------------------------------------------


def indented(scene: Scene) -> ParseError | None:
    if scene.name == "_INDENT":
        start = line_start(scene.text, scene.at)
        word = re.compile(r"[\w.]+|.").match(scene.text, scene.at)
        span = (scene.at, word.end() if word else scene.at + 1)
        hint = "begin it in the same column as the line above" if start else "begin it at the left margin"
        return ParseError("this line is indented, but no block begins above it", span, hint=hint)
    if scene.can("_INDENT"):
        line, _ = scene.source.position(max(scene.end - 1, 0))
        hint = f"indent the lines that belong to line {line} by four spaces"
        label = "a block must follow"
        return ParseError("the block under this line is missing", (scene.end, scene.end), label=label, hint=hint)
    return None


def orphan(scene: Scene) -> ParseError | None:
    if scene.word in ("elif", "else") and not scene.before:
        hint = f"give the `{scene.word}` the same indent as its `if`"
        return ParseError(f"there is no `if` above that this `{scene.word}` belongs to", scene.here, hint=hint)
    if scene.word == "else" and not scene.wants_value:
        return ParseError("there is no `if` before this `else`", scene.here, hint="write `a if condition else b`")
    return None


# --- heads --------------------------------------------------------------------------------------------------


def else_if(scene: Scene) -> ParseError | None:
    if scene.word == "if" and scene.last == "else" and scene.can(":") and len(scene.before) == 1:
        return ParseError("`else if` is one word here", (scene.end - 4, scene.at + 2), hint="write `elif`")
    if scene.before and scene.before[0] in ("elseif", "elsif", "elsef") and scene.is_command and not scene.opened:
        start = scene.text.rfind(scene.before[0], 0, scene.end)
        return ParseError(
            f"`{scene.before[0]}` is no word here", (start, start + len(scene.before[0])), hint="write `elif`"
        )
    return None


def colon(scene: Scene) -> ParseError | None:
    if scene.head not in BLOCK_WORDS or not scene.before or not scene.can(":"):
        return None
    if scene.word == "=":
        if scene.head == "def":
            name = scene.before[1] if len(scene.before) > 1 else "f"
            return ParseError("a function of one line needs no `def`", scene.here, hint=f"write `{name}(x) = ...`")
        left = short(scene.last)
        return ParseError(
            "`=` gives a value, it does not compare",
            scene.here,
            hint=f"write `==`, as in `{left} == {short(scene.next)}`",
        )
    if scene.word == "=>":
        return ParseError("`=>` does not compare", scene.here, hint="write `>=`")
    if scene.last == "else" and scene.rest.endswith(":"):
        return ParseError("`else` has no condition", scene.here, hint="write `elif`")
    if scene.word in ("then", "do", "begin"):
        return ParseError(f"`{scene.word}` is not needed here", scene.here, hint=f"write `:` instead of `{scene.word}`")
    if scene.is_end or scene.is_value or scene.word in (*BLOCK_WORDS, "return", ";"):
        span = (scene.end, scene.end)
        return ParseError(
            "a `:` is missing", span, label="`:` is missing here", hint=f"write `:` after {NEEDS[scene.head]}"
        )
    return None


def counting(scene: Scene) -> ParseError | None:
    if scene.before[:1] != ["for"]:
        return None
    if scene.last == "range" and scene.word != "(":
        return ParseError(
            "the bounds of `range` are missing", scene.here, hint="write `range(n)` to count from 0 to n - 1"
        )
    if "range" in scene.before:
        return None
    words = scene.before
    if words == ["for"] and scene.word == "(":
        return ParseError("`for` takes no parentheses", scene.here, hint="write `for i in range(n):`")
    name = words[1] if len(words) > 1 and is_name(words[1]) else "i"
    if words == ["for", name] and scene.word == "=":
        first, last = _bounds(scene.after)
        return ParseError(
            "a loop counts with `in range`", scene.here, hint=f"write `for {name} in range({first}, {last}):`"
        )
    if words == ["for", name]:
        name = scene.word if name == "each" and is_name(scene.word) else name
        numbers = [each for each in scene.after if each.isdecimal()]
        bounds = ", ".join(_bounds(numbers)) if len(numbers) == 2 else "n"
        message = "`each` is not needed here" if name != words[1] else "`in` is missing"
        place = scene.here if name == words[1] else (scene.end - len(words[1]), scene.end)
        return ParseError(message, place, hint=f"write `for {name} in range({bounds}):`")
    if scene.last == "in":
        hint = f"write `for {name} in range({_counted(scene.rest)}):`"
        return ParseError("a loop runs over `range(...)` only", scene.here, hint=hint)
    return None


def _counted(rest: str) -> str:
    """What stands in `range(...)` for `10:`, `n:` and `0:3:`; `n` where it cannot be seen."""
    found = re.match(r"(\w+)\s*(?::\s*(\d+)\s*)?(?::?\s*$|\{)", rest)
    if not found or not found[1].isascii():
        return "n"
    return found[1] if found[2] is None else f"{found[1]}, {int(found[2][:9]) + 1}"


def _bounds(words: list[str]) -> tuple[str, str]:
    """The bounds of a range for `1:10` or `1 to 10`, as far as they can be seen."""
    numbers = [each for each in words if each.isdecimal() and each.isascii() and len(each) < 10]
    first = numbers[0] if numbers else "1"
    return first, str(int(numbers[1]) + 1) if len(numbers) > 1 else "n + 1"


def defining(scene: Scene) -> ParseError | None:
    if scene.before[:1] != ["def"] or scene.can(":"):
        return None
    if scene.last == "def":
        return ParseError("the name of the function is missing", scene.here, hint="write `def f(x):`")
    if len(scene.before) == 2:
        name = scene.before[1]
        return ParseError(f"the parameters of `{name}` are missing", scene.here, hint=f"write `def {name}(x):`")
    if scene.wants_name and scene.opened:
        return ParseError(
            "the parameters of a function are names", scene.here, hint="write a name here, as in `def f(x):`"
        )
    return None


def typed(scene: Scene) -> ParseError | None:
    """`def f(x: float)`, `def f(x) -> float:`: Python's types."""
    if scene.head != "def":
        return None
    if scene.word == ":" and scene.opened and is_name(scene.last) and is_name(scene.next):
        span = (scene.at, scene.at + len(re.match(r":\s*[\w.]*", scene.rest)[0]))  # type: ignore[index]
        return ParseError("every value is a number; types are not written", span, hint="leave out the `:` and the type")
    if scene.rest.startswith("->"):
        hint = "leave out the `->` and the type"
        return ParseError("every value is a number; types are not written", (scene.at, scene.at + 2), hint=hint)
    return None


def other_blocks(scene: Scene) -> ParseError | None:
    """`foreach i in range(3):`, `repeat 10:`, `loop:`, `f(x): return x`: heads of blocks that there are not."""
    words, start = scene.statement, line_start(scene.text, scene.at)
    line = scene.text[start : scene.at] + scene.rest
    found = re.match(r"\s*(([^\W\d]\w*+)(\s*\([\w\s,]*\))?)[^=]*:", line)
    if not found or not words or scene.before != words or found[2] != words[0] or not is_name(found[2]):
        return None
    word, span = short(found[2]), (start + found.start(2), start + found.end(2))
    if found[3] and found.end() == found.end(1) + 1 and scene.word == ":":
        return ParseError("a function's block begins with `def`", span, hint=f"write `def {short(found[1], 'f(x)')}:`")
    if not line.rstrip().endswith(":"):
        return None
    hint = "a block begins with `if`, `while`, `for` or `def`"
    if word.lower() in BLOCK_WORDS:
        hint = f"write `{word.lower()}`"
    elif " in " in line:
        hint = f"write `for {short(line.strip()[len(word) :], 'i in range(n):')}`"
    elif scene.word.isdecimal():
        hint = f"write `for i in range({scene.word}):`"
    return ParseError(f"no block begins with `{word}`", span, hint=hint)


CHECKS = (else_if, counting, typed, unclosed, indented, orphan, colon, defining)
