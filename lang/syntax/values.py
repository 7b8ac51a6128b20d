"""A value too few or too many -> the error that says where one is missing, or what should stand between two.

Law: as for every file of checks: one small function for each slip, None from one that does not recognise it.
These are the most general ones, asked last.
"""

from __future__ import annotations

import re

from lang.errors import ParseError
from lang.source import line_start
from lang.syntax.blocks import other_blocks
from lang.syntax.scene import BLOCK_WORDS, CLAUSES, KEYWORDS, VERBS, Scene, is_name, short

SENTENCE = 5
"""Words without a sign between them that are no statement."""
WORDED = {"mod": "%", "div": "//", "times": "*", "over": "/", "plus": "+", "minus": "-"}
"""Operators that others write as words between two values."""

# --- commands and rules -------------------------------------------------------------------------------------


def rules(scene: Scene) -> ParseError | None:
    if "=>" in scene.before and (scene.can("=") or scene.wants_name):
        return ParseError(
            "a rule gives the derivative a name",
            scene.here,
            hint="write `=> dc = ...`, with `d` and the result's name",
        )
    alone = len(scene.statement) == 1 and is_name(scene.last)
    if scene.word == "=>" and alone and re.match(r"=>\s*[\w.]+\s*(;|$)", scene.rest):
        return ParseError("`=>` belongs to rules", scene.here, hint="write `>=` to compare")
    if scene.word == "=>":
        if "=" in scene.before and not scene.wants_value:
            return ParseError("a rule is written once a line", scene.here, hint="write `c = f(a, b) => dc = ...`")
        return ParseError("a rule begins with its result", scene.here, hint="write `c = f(a, b) => dc = ...`")
    return None


def clauses(scene: Scene) -> ParseError | None:
    words = scene.statement
    if not (len(words) > 1 and is_name(words[0])):
        return None
    if scene.last in CLAUSES and (scene.wants_name or scene.is_end):
        what = "a method" if scene.last == "by" else "a format" if scene.last == "as" else "a name"
        return ParseError(
            f"`{scene.last}` needs {what} after it", scene.here, hint=f"write {what} after `{scene.last}`"
        )
    given = [each for each in words[1:] if each in CLAUSES]
    if given and given[-1] in ("by", "as") and words[-2] == given[-1] and scene.is_value:
        return ParseError(f"`{given[-1]}` takes one name", scene.here, hint=f"delete `{short(scene.word)}`")
    if given and given[-1] == "wrt" and is_name(scene.last) and not (scene.is_value or scene.is_end):
        return ParseError("`wrt` works on names", scene.here, hint="give the expression a name on a line above")
    if given and given[-1] in ("at", "along") and is_name(scene.last) and scene.can("="):
        hint = f"write `{scene.last}=2`, with the value you mean"
        return ParseError(f"`{given[-1]}` needs a value for `{scene.last}`", scene.here, hint=hint)
    if len(words) > 1 and scene.last == "," and scene.wants_name and scene.is_command:
        return ParseError("a name is missing after `,`", scene.here, hint="delete the `,`")
    return None


def targets(scene: Scene) -> ParseError | None:
    words = scene.statement
    if not scene.is_command or scene.is_end or scene.wants_value:
        return None
    verb = words[0]
    told = [*words, scene.word, *scene.after]
    if verb not in VERBS and len(told) >= SENTENCE and all(map(str.isalpha, told[:SENTENCE])):
        start = line_start(scene.text, scene.at)
        stop = scene.text.find("\n", scene.at)
        span = (start, len(scene.text) if stop < 0 else stop)
        return ParseError("this line reads like a sentence", span, hint="put `#` before it to make it a comment")
    if len(words) == 2 and words[1] in WORDED and scene.is_value:
        return _worded(scene, words[0], words[1], scene.word)
    if scene.is_value and is_name(scene.last) and (verb in VERBS or len(words) > 2):
        return ParseError(
            "between two names a `,` is missing",
            scene.here,
            hint=f"write `{scene.last}, {short(scene.word)}`",
        )
    if all(each == "," or (is_name(each) and each not in CLAUSES) for each in words[1:]):
        if scene.word == "=":
            hint = f"give values with `at`, as in `at {short(scene.last)}={short(scene.next)}`"
            return ParseError(f"`{short(verb)}` works on names", scene.here, hint=hint)
        target = scene.last
        start = scene.end - len(target)
        if verb not in VERBS and len(words) == 2:
            message = f"between `{short(verb)}` and `{short(target)}` something is missing"
            return ParseError(
                message, (start, scene.end), hint=f"write `{short(verb)}({short(target)})` to call a function"
            )
        whole = re.split(rf"\s+(?:{'|'.join(CLAUSES)})\b", scene.text[start : scene.at] + scene.rest)[0]
        hint = f"first write `y = {short(whole, '...')}`, then `{verb} y`"
        return ParseError(f"`{verb}` works on names, not on expressions", (start, start + len(whole)), hint=hint)
    return None


# --- missing ------------------------------------------------------------------------------------------------


def primed(scene: Scene) -> ParseError | None:
    bracketed = re.search(r"([^\W\d]\w*)('+\[\s*\w+[\w\s,]*\])$", scene.text[max(scene.end - 60, 0) : scene.end])
    if not bracketed and (scene.last.strip("'") or not scene.last or len(scene.before) < 2):
        return None
    name = bracketed[0] if bracketed else f"{short(scene.before[-2])}{scene.last}"
    if scene.word == "=" and len(scene.statement) == 2:
        hint = f"take a name of its own, such as `d{short(scene.before[-2])}`"
        return ParseError(f"`{name}` cannot take a value", (scene.end - len(name), scene.end), hint=hint)
    hint = f"write `{name}(x)`"
    if scene.is_end and len(scene.statement) == 2:
        hint += "; for the derivative of a value `z`, `grad z`"
    return ParseError(f"`{name}` is the derivative of a function, and its argument is missing", scene.here, hint=hint)


def comma_in_default(scene: Scene) -> ParseError | None:
    """`x = ? 2,5`."""
    words = scene.statement
    if scene.word != "," or words[1:3] != ["=", "?"] or not scene.last.isdecimal() or not scene.next.isdecimal():
        return None
    span = (scene.end - len(scene.last), scene.at + 1 + len(scene.next))
    hint = f"write `{scene.last}.{scene.next}`"
    return ParseError("a number has a decimal point, not a comma", span, hint=hint)


def missing_at_end(scene: Scene) -> ParseError | None:
    if not (scene.wants_value and scene.is_end):
        return None
    last = short(scene.last, "")
    if last == "=":
        return ParseError("a value is missing after `=`", scene.here, hint="write a value, or `?` for an input")
    if last in ("if", "elif", "while") and last == scene.head:
        return ParseError(f"a condition is missing after `{last}`", scene.here, hint=f"write it, as in `{last} x > 0:`")
    if last == "return":
        return ParseError("`return` needs a value", scene.here, hint="write what the function gives back")
    return ParseError(f"a value is missing after `{last}`", scene.here, hint="write a number or a name here")


def missing(scene: Scene) -> ParseError | None:
    if not scene.wants_value:
        return None
    last, word = short(scene.last, ""), short(scene.word, "this")
    if last == "?" and word == ",":
        names = re.findall(r"([^\W\d]\w*)\s*=\s*\?", scene.text[max(scene.at - 60, 0) : scene.at] + scene.rest)
        line = scene.text[line_start(scene.text, scene.at) :]
        several = re.match(r"\s*([^\W\d]\w*(?:\s*,\s*[^\W\d]\w*)+)\s*=", line)
        names = re.split(r"\s*,\s*", several[1]) if several else names
        hint = "; ".join(f"{each} = ?" for each in names[-4:])
        return ParseError("one `?` is one input", scene.here, hint=f"write `{short(hint, 'x = ?; y = ?')}`")
    if not scene.statement and word == ";":
        return ParseError("no statement stands before this `;`", scene.here, hint="delete it")
    if last in (":", ";") and word in BLOCK_WORDS:
        return ParseError(f"`{word}` cannot stand behind `{last}`", scene.here, hint=f"begin a new line for `{word}`")
    if not scene.before:
        thing = "name" if word.endswith("=") else "value"
        return ParseError(f"a {thing} is missing before `{word}`", scene.here, hint=f"write a {thing} before it")
    if word in ("if", "for", "while", "def", "return"):
        hint = "write `a if condition else b` for a choice" if word == "if" else f"begin a new line for `{word}`"
        return ParseError(f"`{word}` cannot stand inside an expression", scene.here, hint=hint)
    if word in (")", "]") and last == ",":
        return ParseError("nothing follows this `,`", (scene.end - 1, scene.end), hint="delete it")
    if word == ")" and last == "(":
        return ParseError("a value is missing between `(` and `)`", scene.here, hint="write a number or a name here")
    message = f"a value is missing between `{last}` and `{word}`" if last else f"a value is missing before `{word}`"
    return ParseError(message, scene.here, hint=f"write a number or a name before `{word}`")


def name_missing(scene: Scene) -> ParseError | None:
    if not scene.wants_name or (scene.is_command and scene.is_end):
        return None
    what = "here" if scene.is_end else f"here, not `{short(scene.word, 'this')}`"
    return ParseError(f"a name is needed {what}", scene.here, hint="write a name")


def otherwise(scene: Scene) -> ParseError | None:
    if scene.can("else") and not scene.can(":") and "if" in scene.before:
        return ParseError("`else` is missing", scene.here, hint="write `else` and the value for the other case")
    return None


# --- too much -----------------------------------------------------------------------------------------------


def side_by_side(scene: Scene) -> ParseError | None:
    if not (scene.is_value or scene.word in ("(", "not")) or not scene.before or scene.wants_value or scene.wants_name:
        return None
    last, word = short(scene.last), short(scene.word)
    if scene.next in ("=", "+=", "-=", "*=", "/=", "**=") and not scene.opened and is_name(word):
        return ParseError("two statements stand on one line", scene.here, hint=f"begin a new line before `{word}`")
    if last in VERBS and len(scene.statement) == 1:
        return ParseError(f"`{last}` works on names", scene.here, hint=f"first write `y = {word}`, then `{last} y`")
    span = scene.here
    if word == "not":
        return ParseError(f"`not` cannot follow `{last}`", span, hint="write `and not`")
    if word == "(":
        inside = re.match(r"\([^()]*\)", scene.rest)
        right = short(inside[0] if inside else "", "(...)")
        hint = "write `*` between them" if last in ")]" else f"write `{last} * {right}`"
        asked = scene.statement
        if last == ")" and asked[0] in ("grad", "D", "diff", "derivative") and len(asked) == 4 and is_name(asked[2]):
            hint = f"the derivative of a function is written with a prime: `{asked[2]}'{right}`"
        elif len(asked) > 2 and asked[-2] == "**" and is_name(asked[-3]) and last.isdigit():
            hint = f"write `{asked[-3]}{right}**{last}`"
        return ParseError(f"between `{last}` and `(` an operator is missing", span, hint=hint)
    if word in WORDED and scene.next:
        return _worded(scene, last, word, scene.next)
    if last.isdecimal() and re.fullmatch(r"\d{3}", word) and not last.startswith("0"):
        span = (scene.end - len(last), scene.at + 3)
        return ParseError("numbers are written without blanks", span, hint=f"write `{last}{word}`")
    if is_name(last) and not _is_given(scene, last):
        hint = f"write `{last}({word})` to call a function" if len(last) > 1 else f"write `{last} * {word}`"
        if re.search(rf"(?:^|[;\n])[ \t]*(?:def[ \t]+)?{last}\s*\(", scene.text[: scene.at]):
            hint = f"write `{last}({word})` to call the function"
        return ParseError(f"between `{last}` and `{word}` something is missing", span, hint=hint)
    inside = re.match(r"[^\W\d]\w*\([^()]*\)", scene.rest)
    if is_name(word) and len(word) > 1 and re.fullmatch(r"\w+", scene.next) and is_name(f"a{scene.next}"):
        word = f"{word}({scene.next})" if not _is_given(scene, word) and scene.next not in KEYWORDS else word
    return ParseError(
        f"between `{last}` and `{word}` an operator is missing",
        span,
        hint=f"write `{last} * {short(inside[0], word) if inside else word}` to multiply",
    )


def _worded(scene: Scene, left: str, word: str, right: str) -> ParseError:
    """`5 mod 3`."""
    at = scene.text.rfind(word, 0, scene.at + len(word))
    hint = f"write `{short(left)} {WORDED[word]} {short(right)}`"
    return ParseError(f"`{word}` is no operator here", (at, at + len(word)), hint=hint)


def _is_given(scene: Scene, name: str) -> bool:
    """Does a line of the program give this name a value?"""
    return bool(re.search(rf"^[ \t]*{re.escape(name)}\s*(,[^=\n]*)?=", scene.text, re.MULTILINE))


def equals(scene: Scene) -> ParseError | None:
    if scene.word not in ("=", "+=", "-=", "*=", "/=", "**="):
        return None
    if scene.opened:
        hint = "write `==` to compare" if scene.word == "=" else "give the name its value on a line above"
        return ParseError(f"`{scene.word}` cannot stand inside parentheses", scene.here, hint=hint)
    if "=" in scene.before:
        words = scene.statement
        hint = "write a line of its own for each `=`"
        if len(words) == 3 and is_name(words[0]) and is_name(words[2]):
            hint = f"write `{words[2]} {short(scene.rest, '= ...')}`, then `{words[0]} = {words[2]}`"
        return ParseError("a line gives values only once", scene.here, hint=hint)
    return ParseError(f"`{scene.word}` cannot stand here", scene.here, hint="write `==` to compare")


def pairs(scene: Scene) -> ParseError | None:
    if scene.word == "," and scene.opened and scene.can(")"):
        return ParseError("values in a row need no parentheses", scene.here, hint="write them without, as in `a, b`")
    if scene.word == ":" and len(scene.statement) == 1 and is_name(scene.last):
        arrow = re.match(r":\s*([^\W\d]\w*)\s*(->|=>|\|->)", scene.rest)
        if arrow:
            hint = f"write `{short(scene.last)}({arrow[1]}) = ...`"
            return ParseError("`:` makes no function", scene.here, hint=hint)
        given = re.search(r"=\s*([\w.+-]{1,20})\s*$|:\s*(\?)\s*$", scene.rest)
        hint = f"write `{scene.last} = {given[1] or given[2] if given else '...'}`"
        return ParseError("`:` does not give a value", scene.here, hint=hint)
    if scene.word == ":" and not scene.wants_value:
        return ParseError("`:` ends only the head of a block", scene.here, hint="delete it")
    if scene.word == "in":
        return ParseError("`in` stands only in `for i in range(n):`", scene.here, hint="compare with `==`")
    return None


CHECKS = (
    rules,
    clauses,
    other_blocks,
    targets,
    primed,
    comma_in_default,
    missing_at_end,
    missing,
    name_missing,
    otherwise,
    equals,
    side_by_side,
    pairs,
)
