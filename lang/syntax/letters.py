"""A character that the language does not have -> an error that names it and says what to write instead.

Law: a character is named by its code (U+00D7) and shown only if it can be seen; the advice looks at the text
around it.
"""

from __future__ import annotations

import re
from unicodedata import category, digit, name, normalize

from lang.errors import ParseError
from lang.source import line_start
from lang.syntax import notations, numerals

# Characters that mean an operator to their writer: character -> what to write.
INSTEAD = {
    **dict.fromkeys("×·∙⋅•∗✕✖⨯", "*"),
    **dict.fromkeys("÷∕⁄➗", "/"),
    **dict.fromkeys("−–—‐‑‒﹣➖", "-"),
    **dict.fromkeys("➕", "+"),
    **dict.fromkeys("′’‘ʼ´", "'"),
    "″": "''",
    "≤": "<=",
    "⩽": "<=",
    "≥": ">=",
    "⩾": ">=",
    "≠": "!=",
    "≔": "=",
    "←": "=",
    "⇒": "=>",
    "→": "=>",
    "∧": "and",
    "∨": "or",
    "¬": "not",
    "∈": "in",
}
FUNCTIONS = {
    "√": "sqrt(x)",
    "∛": "cbrt(x)",
    "°": "deg2rad(x)",
    "∂": "f'(x)",
    "∇": "grad z",
    "∞": "1e308",
    "½": "0.5",
    "∘": "f(g(x))",
}
SUMS = {
    "∫": "there are no integrals; a sum of many small parts comes close: `s += f(x) * h` in a loop",
    "∑": "add in a loop: `total += x`",
    "Σ": "add in a loop: `total += x`",
    "∏": "multiply in a loop: `total *= x`",
}
QUOTES = '"“”„‟«»`'
SPACES = "Zs"


def strange(text: str, at: int) -> ParseError:
    """The error for a character that cannot be seen."""
    code = f"U+{ord(text[at]):04X}"
    known = name(text[at], "")
    what = f" ({known.lower()})" if known else ""
    kind = "half a character" if category(text[at]) == "Cs" else "a character that cannot be seen"
    return ParseError(
        f"here stands {kind}: {code}{what}",
        (at, at + 1),
        hint="delete it; it may have come along when copying",
    )


def odd(text: str, at: int) -> ParseError:
    """The error for a piece of text that is no word of the language."""
    if re.compile(r"\.?[0-9]").match(text, at):
        end = re.compile(r"[0-9]*(?:\.[0-9]*)?").match(text, at).end()  # type: ignore[union-attr]
        return notations.raised(text, end) or notations.lowered(text, end) or numerals.number(text, at)
    char = text[at]
    if char.isascii() and not char.isalpha() and char != "_":
        return _ascii(text, at)
    at = _first_odd(text, at)
    return _foreign(text, at)


def _ascii(text: str, at: int) -> ParseError:
    """The error for a character of the keyboard that the language does not use."""
    before = text[line_start(text, at) : at]
    after = text[at : text.find("\n", at) if "\n" in text[at:] else len(text)]
    char, span = text[at], (at, at + 1)
    if char in "&|":
        return _logic(before, after, at)
    if char == "!":
        if before.strip() and (before[-1:].isalnum() or before[-1:] in "_)"):
            number = re.search(r"\w{1,20}$", before)
            hint = f"write `gamma({number[0] if number else 'n'} + 1)` for the factorial"
            return ParseError("there is no `!` for factorials", span, hint=hint)
        return ParseError("`!` has no meaning here", span, hint="write `not`")
    if char == ".":
        return _point(before, after, at)
    if char == "\\":
        many = re.match(r"\\(int|sum|prod)\b", after)
        if many:
            hint = SUMS[{"int": "∫", "sum": "∑", "prod": "∏"}[many[1]]]
            return ParseError("LaTeX is not read here", (at, at + len(many[0])), hint=hint)
        return notations.command(after, at) or ParseError(
            "`\\` does not continue a line",
            span,
            hint="put the expression in parentheses; inside them lines may break",
        )
    if char == "^":
        return notations.power(before, after, at)
    if char == '"':
        return notations.quoted(before, after, at)
    if after.startswith("~="):
        return ParseError("`~=` has no meaning here", (at, at + 2), hint="write `!=`")
    marked = re.match(r"@[^\W\d]\w*", after)
    if marked and not before.strip():
        return ParseError("nothing is marked with `@` here", (at, at + len(marked[0])), hint=f"delete `{marked[0]}`")
    if char == "`" and re.match(r"`+\s*\(", after) and re.search(r"\w$", before):
        return ParseError("the prime of a derivative is `'`", span, hint="write `'`")
    if after.startswith("```"):
        return ParseError("this line belongs to Markdown", (at, at + 3), hint="delete it")
    found = notations.braced(before, after, at) if char == "{" else notations.nameless(after, at)
    if char == "{" and (re.search(r"[=(,]\s*$", before) or re.match(r"\{\s*\w+\s*:", after)):
        hint = "give each number a name of its own, as in `x1 = 3; x2 = 5`"
        return found or ParseError("there are no sets or dictionaries here", span, hint=hint)
    message, hint = _PLAIN.get(char, (f"`{char}` has no meaning here", "delete it"))
    return found or ParseError(message, span, hint=hint)


_PLAIN = {
    "{": ("blocks need no braces", "end the line before with `:` and indent the lines of the block"),
    "}": ("blocks need no braces", "delete it; a block ends where the indent ends"),
    "`": ("quotes have no meaning here", "delete the quotes"),
    "$": ("names are written without `$`", "delete the `$`"),
    "@": ("`@` has no meaning here", "write `*` to multiply two numbers"),
    "~": ("`~` has no meaning here", "write `not`"),
}


def _logic(before: str, after: str, at: int) -> ParseError:
    sign = after[0]
    if after.startswith("&="):
        return ParseError("`&` does not align here", (at, at + 1), hint="delete it")
    if after[1:2] == sign:
        word = "and" if sign == "&" else "or"
        return ParseError(f"`{sign}{sign}` has no meaning here", (at, at + 2), hint=f"write `{word}`")
    if (
        sign == "|"
        and (before + after).count("|") % 2 == 0
        and (not before.strip() or before.rstrip()[-1] in "=(+-*/,<>")
    ):
        inside = after[1:].partition("|")[0].strip()
        shown = inside if inside.isprintable() and len(inside) < 40 else "x"
        return ParseError("bars do not mean the absolute value", (at, at + 1), hint=f"write `abs({shown})`")
    return ParseError(f"`{sign}` has no meaning here", (at, at + 1), hint=f"write `{'and' if sign == '&' else 'or'}`")


def _point(before: str, after: str, at: int) -> ParseError:
    word = re.match(r"\.\s*([^\W\d]\w*)", after)
    owner = re.search(r"(?<!\w)[0-9]*+([^\W\d]\w*)$", before)
    if after.startswith(".."):
        length = 3 if after.startswith("...") else 2
        return ParseError(
            f"`{'.' * length}` has no meaning here", (at, at + length), hint="write out what it stands for"
        )
    if word and owner:
        span = (at, at + len(word[0]))
        if owner[1] in ("math", "np", "numpy", "cmath", "torch", "jnp", "tf", "Math"):
            return ParseError(
                "functions stand here without a module", span, hint=f"write `{word[1]}` without `{owner[1]}.`"
            )
        if word[1] in ("grad", "backward", "derivative", "gradient", "diff"):
            asked = f"write `grad {owner[1]}` on a line of its own"
            called = re.match(r"\.\s*\w+\s*(\([^()]{1,30}\))", after)
            if called and word[1] != "backward":
                message = "the derivative of a function is written with a prime"
                return ParseError(message, span, hint=f"write `{owner[1]}'{called[1]}`")
            hint = asked if word[1] == "backward" else "ask as in `grad z wrt x`"
            return ParseError("derivatives are asked by a command", span, hint=hint)
        return ParseError(
            "values have no parts behind a point",
            span,
            hint=f"use a name of its own, such as `{owner[1]}_{word[1].strip('_')}`",
        )
    return notations.dotted(after, at) or ParseError("this point belongs to no number", (at, at + 1), hint="delete it")


def _first_odd(text: str, at: int) -> int:
    """The first character from `at` on that cannot stand in a name."""
    begin = at
    while at < len(text) and (f"a{text[at]}" if at > begin else text[at]).isidentifier():
        at += 1
    return begin if at == len(text) or not (ord(text[at]) > 127 or at == begin) else at


def _foreign(text: str, at: int) -> ParseError:
    """The error for a character beyond the keyboard."""
    char, span = text[at], (at, at + 1)
    code = f"U+{ord(char):04X}"
    shown = f"`{char}` ({code})" if char.isprintable() else code
    plain = normalize("NFKC", char)
    if char in INSTEAD:
        return ParseError(f"{shown} is no operator here", span, hint=f"write `{INSTEAD[char]}`")
    if char == "∂" and (found := notations.partial(text[at : at + 80], at)):
        return found
    if char in FUNCTIONS:
        return ParseError(f"{shown} has no meaning here", span, hint=f"write it as in `{FUNCTIONS[char]}`")
    if char in SUMS:
        return ParseError(f"{shown} has no meaning here", span, hint=SUMS[char])
    if char in QUOTES:
        return ParseError("there is no text in quotes, only numbers", span, hint="show the value alone, as in `x`")
    if category(char) == SPACES:
        return ParseError(
            f"this is not an ordinary space: {code} ({name(char, '').lower()})",
            span,
            hint="write an ordinary space",
        )
    if category(char) in ("Cf", "Mn", "Co", "Cn"):
        return ParseError(
            f"here stands a character that cannot be seen: {code}",
            span,
            hint="delete it; it may have come along when copying",
        )
    value = digit(char, None)
    found = notations.raised(text, at) or notations.lowered(text, at)
    if found:
        return found
    if value is not None:
        return ParseError(f"{shown} is not one of the digits 0 to 9", span, hint=f"write `{value}`")
    if plain != char and plain.isascii() and plain.isprintable() and len(plain) == 1:
        return ParseError(f"{shown} is not the ordinary character", span, hint=f"write `{plain.strip()}`")
    return ParseError(f"{shown} has no meaning here", span, hint="delete it")
