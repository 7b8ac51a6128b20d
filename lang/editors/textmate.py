"""The table of words -> a TextMate grammar, as VS Code, GitHub and many editors read it.

Law: the file in `vscode/syntaxes/` is what this module writes, letter for letter (a test compares). After a change of
the grammar, the rules or the verbs, write it anew: `python -m lang.editors.textmate`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lang.editors.words import SPELLING, words

FILE = Path(__file__).parent / "vscode" / "syntaxes" / "adlang.tmLanguage.json"
SCOPE = "source.adlang"


def grammar() -> str:
    """The text of the TextMate grammar."""
    return json.dumps(_grammar(), indent=2, ensure_ascii=False) + "\n"


def _grammar() -> dict[str, Any]:
    known = words()
    commands = _any(known.commands)
    begins = rf"(?<=^|;)[ \t]*({commands})(?=[ \t]+{SPELLING}|[ \t]*(?:$|;|#))(?![ \t]+(?:{_any(known.logic)}|if)\b)"
    return {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "name": "adlang",
        "scopeName": SCOPE,
        "fileTypes": ["ad"],
        "patterns": [{"include": "#command"}, {"include": "#definition"}, {"include": "#expression"}],
        "repository": {
            "command": {
                "begin": begins,
                "beginCaptures": {"1": _named("keyword.other.command")},
                "end": r"(?=$|;)",
                "patterns": [
                    _rule("keyword.other.clause", rf"\b({_any(known.clauses)})\b(?![ \t]*=)"),
                    {"include": "#expression"},
                ],
            },
            "definition": {
                "patterns": [
                    {
                        "match": rf"^[ \t]*(def)[ \t]+({SPELLING})",
                        "captures": {"1": _named("keyword.control"), "2": _named("entity.name.function")},
                    },
                    {
                        "match": rf"^[ \t]*({SPELLING})(?=[ \t]*\([^()]*\)[ \t]*=(?![=>]))",
                        "captures": {"1": _named("entity.name.function")},
                    },
                ]
            },
            "expression": {
                "patterns": [
                    _rule("comment.line.number-sign", known.comment.replace(r"[^\n]*", ".*$")),
                    _rule("constant.numeric", known.number),
                    _rule("keyword.control", rf"\b({_any(known.keywords)})\b"),
                    _rule("keyword.control", rf"\b({_any(known.counting)})\b(?=[ \t]*\()"),
                    _rule("keyword.operator.logical", rf"\b({_any(known.logic)})\b"),
                    _rule("support.function", rf"\b({_any(known.functions)})\b(?=[ \t]*['(])"),
                    _rule("constant.language", rf"\b({_any(known.constants)})\b(?![ \t]*=(?![=>]))"),
                    _rule("variable.other", rf"\b{SPELLING}"),
                    _rule("keyword.other.input", r"\?"),
                    _rule("keyword.operator", "|".join(known.operators)),
                    _rule("punctuation", "|".join(map(re.escape, known.punctuation))),
                ]
            },
        },
    }


def _rule(scope: str, match: str) -> dict[str, str]:
    return {**_named(scope), "match": match}


def _named(scope: str) -> dict[str, str]:
    return {"name": f"{scope}.adlang"}


def _any(spellings: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(spellings, key=lambda each: (-len(each), each))))


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(grammar(), encoding="utf-8")
