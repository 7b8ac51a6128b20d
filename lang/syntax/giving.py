"""How other languages give a name a value, or define a function -> what to write instead.

Law: that of `habits`; what is given is told, so that the line can be copied.
"""

from __future__ import annotations

import re

from lang.errors import ParseError
from lang.syntax.scene import Scene, is_name, short

DECLARERS = ("let", "var", "const", "int", "float", "double", "real", "auto", "set", "val", "local", "my")
DEFINERS = ("function", "func", "fn", "fun", "define", "sub")


def declared(scene: Scene) -> ParseError | None:
    words = scene.statement
    if len(words) == 2 and words[0] in ("const", "static") and words[1] in DECLARERS and is_name(scene.word):
        span = (scene.text.rfind(words[0], 0, scene.end), scene.end)
        hint = f"write `{short(scene.word)} = {_value(scene.rest)}`"
        return ParseError(f"`{' '.join(words)}` is not needed to give a name a value", span, hint=hint)
    pair = len(words) == 2 and is_name(words[0]) and is_name(words[1])
    if pair and (scene.word == "=" or (scene.word == ":" and words[0] in DECLARERS)):
        begin = scene.text.rfind(words[0], 0, scene.end - len(words[1]))
        span = (begin, begin + len(words[0]))
        if words[0] in DEFINERS:
            head = re.match(r"=\s*(\w+\s*\([\w\s,]*\))\s*$", scene.rest)
            hint = f"write `{head[1] if head else 'f(x)'} = ...`"
            return ParseError(f"`{words[0]}` is not needed to define a function", span, hint=hint)
        if words[0] not in DECLARERS and re.search(rf"\b{re.escape(words[1])}\b", scene.rest):
            message = f"what `{short(words[0])}` is applied to stands in parentheses"
            return ParseError(message, (begin, scene.end), hint=f"write `{short(words[0])}({short(words[1])}) = ...`")
        message = f"`{short(words[0])}` is not needed to give a name a value"
        return ParseError(message, span, hint=f"write `{short(words[1])} = {_value(scene.rest)}`")
    if scene.word == "(" and len(words) == 2 and words[0] in (*DEFINERS, *DECLARERS):
        begin = scene.text.rfind(words[0], 0, scene.end)
        span = (begin, begin + len(words[0]))
        head = re.match(r"\([\w\s,]{1,40}\)", scene.rest)
        hint = f"write `{words[1]}{head[0] if head else '(x)'} = ...`"
        return ParseError(f"`{words[0]}` is not needed to define a function", span, hint=hint)
    return None


def _value(rest: str) -> str:
    """What a name is given behind the first `=`, where it can be copied as it stands."""
    found = re.match(r"[^=]*=\s*([\w.+*/() -]{1,40}?)\s*;?\s*(?:#|$)", rest)
    return found[1] if found else "..."


def becomes(scene: Scene) -> ParseError | None:
    if scene.word == ":" and scene.text[scene.at + 1 : scene.at + 2] == "=":
        left = short(" ".join(scene.statement)) if len(scene.statement) == 1 else "x"
        if len(scene.statement) > 3 and scene.statement[1] == "(":
            left = f"{scene.statement[0]}(x)"
        hint = f"write `{left} = {_value(scene.rest)}`"
        return ParseError("`:=` does not give a value", (scene.at, scene.at + 2), hint=hint)
    if scene.word == ">" and scene.last == "-" and scene.text[scene.at - 1] == "-":
        head = re.search(r"(?:^|[=;])[ \t]*(\w+)\s*(\(\s*\w+(?:\s*,\s*\w+)*\s*\))?\s*-$", scene.text[: scene.at], re.M)
        meant = (f"{head[1]}{head[2]}" if head[2] else f"f({head[1]})") if head else "f(x)"
        if re.match(r"\s*d\w+\s*=", scene.text[scene.at + 1 :]):
            return ParseError("`->` makes no rule", (scene.at - 1, scene.at + 1), hint="write `=>`")
        return ParseError("`->` makes no function", (scene.at - 1, scene.at + 1), hint=f"write `{meant} = ...`")
    if scene.word == "=" and scene.last in ("==", "!=") and scene.text[scene.at - 1] == "=":
        return ParseError(
            f"`{scene.last}=` has no meaning here", (scene.at - 2, scene.at + 1), hint=f"write `{scene.last}`"
        )
    if scene.word == "=" and scene.text[scene.at + 1 : scene.at + 2] == "<":
        return ParseError("`=<` has no meaning here", (scene.at, scene.at + 2), hint="write `<=`")
    if scene.word == ">" and scene.last == "<" and scene.text[scene.at - 1] == "<":
        return ParseError("`<>` has no meaning here", (scene.at - 1, scene.at + 1), hint="write `!=`")
    if scene.word in ("<", ">") and scene.last == "=" and scene.text[scene.at - 1] == "=":
        sign = f"={scene.word}"
        return ParseError(f"`{sign}` has no meaning here", (scene.at - 1, scene.at + 1), hint=f"write `{scene.word}=`")
    if scene.word == "=" and scene.last in ("//", "%") and scene.text[scene.at - 1] == scene.last[-1]:
        name = scene.before[0]
        span = (scene.end - len(scene.last), scene.at + 1)
        return ParseError(
            f"`{scene.last}=` has no meaning here", span, hint=f"write `{name} = {name} {scene.last} ...`"
        )
    return None


__all__ = ["becomes", "declared"]
