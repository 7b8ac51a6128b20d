"""Notations of paper, LaTeX and MATLAB in a line -> what to write instead, with the line's own words in it.

Law: a word of advice can be copied as it stands; where the text around is not simple enough for that, the advice is
general. Nothing is parsed here, only looked at.
"""

from __future__ import annotations

import re
from unicodedata import normalize

from lang.errors import ParseError
from lang.source import Span, line_start

MOST = 30
"""Characters of a power that advice repeats."""
_LEFT = re.compile(r"((?:\d+\.?\d*|\.\d+|[^\W\d]\w*'*)|\))\s*$")
_RIGHT = re.compile(r"\s*(?:\{\s*([^{}]{1,30}?)\s*\}|([-+]?(?:\d+\.?\d*|[^\W\d]\w*))(?!\w))")
_SPACED = re.compile(r"\s+(?!(?:if|else|and|or|in|not)\b)[^\W\d]\w*")
_RAISED = re.compile(r"[⁰¹²³⁴-⁹⁺⁻]+")
_LOWERED = re.compile(r"[₀-₉₊₋]+")
_DERIVATIVE = re.compile(r"(?:∂|\\partial\b|d(?=\w))\s*(\w+)\s*/\s*(?:∂|\\partial\b|d(?=\w))\s*(\w+)(?!\w)")
_CALLED = re.compile(r"\s*(\([^()]*\))")

SIGNS = {
    "cdot": "*", "times": "*", "div": "/", "le": "<=", "leq": "<=", "ge": ">=", "geq": ">=", "ne": "!=", "neq": "!=",
    "left": "(", "right": ")", "lvert": "abs(", "rvert": ")", "infty": "1e308", "land": "and", "lor": "or",
    "partial": "f'(x)", "nabla": "grad z",
}  # fmt: skip
"""What LaTeX's words for signs are here."""
INVERTED = ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "sech", "csch")
"""Functions whose inverse has their name behind an `a`, and is written `sin^-1` on paper."""
LAYOUT = ("begin", "end", "quad", "qquad", "text", "mathrm", "operatorname", "displaystyle", "label", "nonumber")
"""LaTeX's words that mean nothing but how something looks."""


def power(before: str, after: str, at: int) -> ParseError:
    """`x^2`, `sin^2(x)`, `e^{-x}`: `^` between what stands before it and after it."""
    primed = re.match(r"\^\s*('+)\s*(\([^()]{0,30}\))", after)
    if primed and (name := re.search(r"([^\W\d]\w{0,30})$", before)):
        message = "the derivative of a function is written with a prime alone"
        return ParseError(message, (at, at + 1), hint=f"write `{name[1]}{primed[1]}{primed[2]}`")
    right = _RIGHT.match(after, 1)
    hint = _to_the(before, right[1] or right[2], after[right.end() :]) if right else _to_the_group(before, after)
    return ParseError("`^` is not the power", (at, at + 1), hint=hint or "write `**`, as in `x ** 2`")


def _to_the_group(before: str, after: str) -> str:
    """The advice for `e^{-{x+1}}` and `e^(-x)`: what the first bracket holds, with parentheses for braces."""
    group = re.match(r"\^\s*([{(])", after)
    depth = 0
    for at in range(group.end(1) - 1, min(len(after), 60)) if group else ():
        depth += (after[at] in "{(") - (after[at] in "})")
        if not depth:
            inside = after[group.end(1) : at].strip().translate({ord("{"): "(", ord("}"): ")"}) if group else ""
            plain = re.fullmatch(r"[\w.+*/^() -]+", inside)
            return _to_the(before, inside, after[at + 1 :]) if plain else ""
    return ""


def raised(text: str, at: int) -> ParseError | None:
    """`x²`, `sin²(x)`, `10⁻³`: an exponent in raised digits."""
    found = _RAISED.match(text, at)
    if not found:
        return None
    exponent = normalize("NFKC", found[0]).replace("−", "-")
    codes = ", ".join(f"U+{ord(each):04X}" for each in found[0][:3])
    line = text[line_start(text, at) : at]
    hint = _to_the(line, exponent, text[found.end() : text.find("\n", at) if "\n" in text[at:] else len(text)])
    message = f"`{found[0][:20]}` ({codes}) does not make a power"
    return ParseError(message, found.span(), hint=hint or f"write `**{exponent if exponent.isdigit() else 2}`")


def lowered(text: str, at: int) -> ParseError | None:
    """`x₁₂`: an index in lowered digits."""
    found = _LOWERED.match(text, at)
    if not found:
        return None
    index = normalize("NFKC", found[0])
    codes = ", ".join(f"U+{ord(each):04X}" for each in found[0][:3])
    name = re.search(r"([^\W\d]\w{0,30})$", text[max(at - 40, 0) : at])
    hint = f"write `{name[1]}{index}`" if name and index.isdigit() else "write ordinary digits"
    return ParseError(f"`{found[0][:20]}` ({codes}) cannot stand in a name", found.span(), hint=hint)


def _to_the(before: str, exponent: str, after: str) -> str:
    """The advice for a power; empty where what is raised is too much to be told."""
    left, called = _LEFT.search(before.rstrip()[-MOST:]), _CALLED.match(after)
    if not left or not exponent.isprintable() or len(left[1]) + len(exponent) >= MOST:
        return ""
    base, closed = left[1], left[1] == ")"
    exponent = exponent.replace("^", "**")
    if called and exponent == "-1" and base in INVERTED:
        return f"write `a{base}{called[1]}` for the inverse function, `1 / {base}{called[1]}` for the power"
    if called and not closed and not base[0].isdigit() and exponent.isdigit():
        return f"write `{base}{called[1]}**{exponent}`"
    spaced = _SPACED.match(after) if len(base) > 1 and base.isalpha() and exponent.isdigit() else None
    if spaced:
        return f"write `{base}({spaced[0].strip()})**{exponent}`"
    if closed or called:
        return ""
    return f"write `{base}**{exponent}`" if re.fullmatch(r"[\w.]+", exponent) else f"write `{base}**({exponent})`"


def braced(before: str, after: str, at: int) -> ParseError | None:
    """`x_{1}`: an index of LaTeX."""
    found = re.match(r"\{\s*(\w+)\s*\}", after)
    name = re.search(r"(?<!\w)([^\W\d]\w*_)$", before)
    if not found or not name:
        return None
    return ParseError(
        "an index stands in the name itself", (at, at + len(found[0])), hint=f"write `{name[1]}{found[1]}`"
    )


def command(after: str, at: int) -> ParseError | None:
    r"""`\frac{1}{2}`, `\sqrt{x}`, `\cdot`, `\sin`: a word of LaTeX."""
    word = re.match(r"\\([A-Za-z]+)", after)
    if not word:
        return None
    name, span = word[1], (at, at + len(word[0]))
    parts = re.match(r"\\d?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", after)
    if parts:
        quotient = _DERIVATIVE.fullmatch(f"{parts[1].strip()}/{parts[2].strip()}")
        if quotient:
            return derivative(quotient, (at, at + len(parts[0])))
        upper, lower = (_grouped(each.strip()) for each in parts.groups())
        return ParseError("a fraction is written with `/`", (at, at + len(parts[0])), hint=f"write `{upper} / {lower}`")
    if name in ("frac", "dfrac", "tfrac"):
        return ParseError("a fraction is written with `/`", span, hint="write `a / b`")
    root = re.match(r"\\sqrt\s*\{([^{}]*)\}", after)
    if root:
        return ParseError("LaTeX is not read here", (at, at + len(root[0])), hint=f"write `sqrt({root[1].strip()})`")
    if name == "partial" and (quotient := _DERIVATIVE.match(after)):
        return derivative(quotient, (at, at + len(quotient[0])))
    if name in SIGNS:
        return ParseError(f"`\\{name}` is no operator here", span, hint=f"write `{SIGNS[name]}`")
    if name in LAYOUT:
        whole = re.match(r"\\\w+\s*(\{[^{}]*\})?", after)
        length = len(whole[0]) if whole else len(word[0])
        return ParseError("LaTeX is not read here", (at, at + length), hint=f"delete `{after[:length]}`")
    return ParseError(f"`\\{name}` is no name", span, hint=f"write `{name}`")


def derivative(quotient: re.Match[str], span: Span) -> ParseError:
    """`∂z/∂x`, of a match of `_DERIVATIVE`."""
    hint = f"write `grad {quotient[1]} wrt {quotient[2]}`"
    return ParseError("a derivative by a name is asked by a command", span, hint=hint)


def partial(after: str, at: int) -> ParseError | None:
    """`∂z/∂x`."""
    found = _DERIVATIVE.match(after)
    if not found:
        return None
    called = _CALLED.match(after, found.end())
    if called:
        hint = f"write `{found[1]}'[{found[2]}]{called[1]}`"
        message = "the derivative of a function is written with a prime"
        return ParseError(message, (at, at + len(found[0])), hint=hint)
    return derivative(found, (at, at + len(found[0])))


def _grouped(text: str) -> str:
    if not text.isprintable() or not 0 < len(text) < 30:
        return "a"
    return text if re.fullmatch(r"\w+", text) else f"({text})"


def dotted(after: str, at: int) -> ParseError | None:
    """`.^`, `.*`, `./`: MATLAB's and Julia's operators on elements."""
    sign = after[1:2]
    if sign not in ("^", "*", "/"):
        return None
    plain = "**" if sign == "^" or after[1:3] == "**" else sign
    span = (at, at + 1 + len(plain if after[1:3] == "**" else sign))
    return ParseError("operators stand here without a point: values are single numbers", span, hint=f"write `{plain}`")


def nameless(after: str, at: int) -> ParseError | None:
    """`@(x) x + 1`: MATLAB's function without a name."""
    found = re.match(r"@\s*\(([\w\s,]*)\)", after)
    if not found:
        return None
    heads = f"f({found[1].strip()})"
    hint = f"write `{heads} = ...` on a line of its own"
    return ParseError("every function has a name here", (at, at + len(found[0])), hint=hint)


def quoted(before: str, after: str, at: int) -> ParseError:
    """A text in quotes: what Python asks with, what it explains with, or anything else."""
    name = re.match(r"\s*(\w+)\s*=", before)
    if re.search(r"\binput\s*\($", before):
        hint = f"write `{name[1] if name else 'x'} = ?`"
        return ParseError("data enters through `?`, without a text", (at, at + 1), hint=hint)
    held = re.match(r"(['\"])\s*(-?[\d.]+)\s*\1", after)
    if held:
        return ParseError("numbers are written without quotes", (at, at + len(held[0])), hint=f"write `{held[2]}`")
    primed = re.search(r"([^\W\d]\w{0,30})$", before)
    if primed and re.match(r"\"\s*[(\[]", after):
        message = "a second derivative has two `'` behind its name, not a `\"`"
        inside = _CALLED.match(after, 1)
        return ParseError(message, (at, at + 1), hint=f"write `{primed[1]}''{inside[1] if inside else '(x)'}`")
    said = re.match(r"(\"\"\"|\'\'\')\s*(.*?)\s*(\1|$)", after)
    if said and not before.strip():
        about = said[2] if said[2].isprintable() and 0 < len(said[2]) < 40 else "..."
        hint = f"write a comment: `# {about}`"
        return ParseError("there is no text in quotes, only numbers", (at, at + 3), hint=hint)
    return ParseError("there is no text in quotes, only numbers", (at, at + 1), hint="show the value alone, as in `x`")
