"""What a person is typing -> help with it, for every face that has an editor (level 9).

Comes in: text, a place in it, and the session it belongs to. Goes out: facts about the text. Must not know: terminals,
notebooks, editors; the REPL, a notebook's kernel and a language server ask the same questions here.

    words         text -> words that know their place, however wrong the text is
    names         what the text and its session define
    highlight     text -> a class for each piece
    completion    text and cursor -> what may stand there
    complete      text -> is it whole, and how far is the next line indented?
    signature     text and cursor -> the head of the call around the cursor
    inspection    a name -> what there is to know about it
    paste         text copied from a screen -> the program in it
    letters       `\\alpha` -> the letter

Law: nothing here fails on a text that is half written or wrong, and a session is read, never changed.
"""

from __future__ import annotations

from lang.assist.complete import Completeness, is_complete
from lang.assist.completion import Completion, Item, completion
from lang.assist.highlight import Mark, highlight
from lang.assist.inspection import Inspection, inspect
from lang.assist.paste import clean
from lang.assist.signature import Head, signature

__all__ = [
    "Completeness",
    "Completion",
    "Head",
    "Inspection",
    "Item",
    "Mark",
    "clean",
    "completion",
    "highlight",
    "inspect",
    "is_complete",
    "signature",
]
