"""`ad run`, `ad VERB`, `ad -c`: a program and its inputs -> results on stdout, notes and errors on stderr.

Law: a verb is what the registry says it is; nothing here knows one by name. An input is asked for only when an answer
needs it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast
from unicodedata import normalize

from lang.cli import files, inputs, misread
from lang.cli.bounds import limits
from lang.cli.codes import FAILED, OK
from lang.cli.console import Console
from lang.cli.options import RUN, Given, UsageError, exit_code
from lang.clock import within
from lang.diagnostic import Segment
from lang.entry import Entry, prepare
from lang.errors import AdError, LimitExceeded, MissingInput
from lang.evaluate.notes import Note
from lang.session import Outcome, Session
from lang.show import forms, last, remarks, text
from lang.source import Source
from lang.syntax import tree
from lang.syntax.text import decode
from lang.verbs.core import registry
from lang.verbs.core.answer import Answer
from lang.verbs.core.registry import Verb

COMMAND = "<command>"
CLAUSES = ("wrt", "at", "along", "by")


def verbs() -> tuple[str, ...]:
    """The verbs there are."""
    return registry.names()


def is_verb(word: str) -> bool:
    """Is this a verb's name?"""
    return word in registry.names()


def run(words: Sequence[str], given: Given, console: Console) -> int:
    """Run a program and print what it shows.

    Returns:
        The exit code.

    Raises:
        AdError: it cannot start. What stops it on its way is printed.
    """
    given.only(RUN, "ad run")
    source, words = _program(words, given, "ad run FILE x=2")
    for word in words:
        if not inputs.is_setting(word):
            raise UsageError(f"`{word}` is not a name and a number", hint="inputs are written `x=2`, without blanks")
    options = settings(given)
    entry = prepare(source, options["limits"])
    values = inputs.gather(entry.checked.inputs, _values(entry, words, given), entry.source, asking(given, console))
    outcome = Session(inputs=values, **options).execute(entry)
    return deliver(outcome, console, given.on("--json"), options["limits"].seconds, entry.checked.program.body)


def verb(name: str, words: Sequence[str], given: Given, console: Console) -> int:
    """Ask a verb about a program.

    Returns:
        The exit code.

    Raises:
        AdError: what stops it.
    """
    from lang.program import Program

    found = registry.verb(name)
    all_words = ["-c TEXT", *words] if given.on("-c") else list(words)
    if found.free and not given.on("-c"):
        source = Source("", COMMAND)
    else:
        wrong = misread.behind(name, words) if not given.on("-c") else ""
        if wrong:
            raise UsageError(f"there is no file `{words[0]}`", hint=wrong)
        source, words = _program(words, given, usage(found))
    targets = [normalize("NFKC", part) for word in words if not inputs.is_setting(word) for part in _parts(word)]
    pairs = [word for word in words if inputs.is_setting(word)]
    _fits(found, targets, pairs, given, misread.righted(name, all_words))
    options = settings(given)
    program = Program(source, options["limits"])
    entry = program._entry
    along = inputs.settings(given.many("--along"), "weight", open_=True) if given.on("--along") else None
    question = {
        "wrt": given.many("--wrt") if given.on("--wrt") else None,
        "by": given.one("--by") or None,
        "along": cast("Mapping[str, float] | None", along),
        "as_": _format(given),
        **options,
    }

    def ask(values: Mapping[str, float]) -> Answer:
        return program.ask(name, *targets, inputs=values, **question)

    values = _values(entry, [*pairs, *given.many("--at")], given)
    answer = _asked(ask, values, entry, asking(given, console))
    if given.on("-o"):
        with within(options["limits"].seconds):
            written = answer.data or "".join(piece for piece, _ in forms.answer(answer)) + "\n"
        files.write(given.one("-o"), written)
        answer = answer.but(pieces=(), form="text")
    return deliver(Outcome(shown=[answer]), console, given.on("--json"), options["limits"].seconds)


ENDINGS = {".md": "markdown", ".tex": "latex", ".txt": "text", ".py": "python", ".js": "javascript"}
"""Endings of files that are not themselves a format's name."""


def _format(given: Given) -> str:
    """The format that is asked for, by `--as` or by the ending of the file to write."""
    ending = os.path.splitext(given.one("-o"))[1].lower()
    return given.one("--as") or ENDINGS.get(ending, ending[1:]) or "text"


def deliver(outcome: Outcome, console: Console, as_json: bool, seconds: float, body: tree.Block = ()) -> int:
    """Print what a run did: what it showed, else its last value; then notes; then what stopped it.

    Args:
        seconds: how long laying it out may take.

    Returns:
        The exit code.
    """
    notes = remarks.merged(outcome.shown, outcome.notes)
    try:
        with within(seconds):
            console.result(_report(outcome, notes) if as_json else _results(outcome, console.width, body))
    except LimitExceeded as error:
        outcome = Outcome(error=outcome.error or error)
        if as_json:
            console.result(_report(outcome, notes))
    if not as_json:
        for note in notes:
            console.remark(remarks.note(note))
        if outcome.error is not None:
            console.trouble(outcome.error)
    if outcome.error is not None:
        return exit_code(outcome.error)
    return OK if outcome.ok else FAILED


def _report(outcome: Outcome, notes: Sequence[Note]) -> list[Segment]:
    from lang.show import json

    errors = () if outcome.error is None else (outcome.error,)
    made = json.report(ok=outcome.ok, values=outcome.values, shown=outcome.shown, notes=notes, errors=errors)
    return [(made, "")]


def _results(outcome: Outcome, columns: int, body: tree.Block) -> list[Segment]:
    if outcome.shown or outcome.error is not None:
        return forms.everything(outcome.shown, columns)
    return text.rows([(name, (outcome.values[name],)) for name in last.names(body) if name in outcome.values])


# --- what the command line says -----------------------------------------------------------------------------------


def asking(given: Given, console: Console) -> Console | None:
    """Where missing inputs are asked for; None where nobody is there, or wants to be."""
    return None if given.on("--no-input") or not console.can_ask() else console


def settings(given: Given) -> dict[str, Any]:
    """How to run: limits, ieee, kinks, engine.

    Raises:
        UsageError: an unknown limit, or a bound that is not one.
    """
    chosen = {"kinks": given.one("--kinks", "note"), "engine": given.one("--engine", "auto")}
    return {"limits": limits(given), "ieee": given.on("--ieee"), **chosen}


def usage(found: Verb) -> str:
    """How a verb is asked on the command line."""
    least, most = found.targets
    if found.free:
        return f"ad {found.name} sin mul"
    names = "" if most == 0 else " [z]" if least == 0 else " z" if most == 1 else " a z"
    return f"ad {found.name} FILE{names}"


def _program(words: Sequence[str], given: Given, example: str) -> tuple[Source, list[str]]:
    """The program's text and the words after its name.

    Raises:
        UsageError: there is none. ParseError: it is not text.
    """
    if given.on("-c"):
        return decode(os.fsencode(given.one("-c")), COMMAND), list(words)
    if not words or (inputs.is_setting(words[0]) and not files.exists(words[0])):
        name = example.split()[1]
        more = f"to run the file `{name}`, `ad run {name}`" if files.exists(name) else "`-` reads it from stdin"
        raise UsageError("which program?", hint=f"write it like `{example}`; {more}")
    return files.source(words[0], limits(given)), list(words[1:])


def _values(entry: Entry, words: Sequence[str], given: Given) -> dict[str, float]:
    """The values that the command line gives to inputs.

    Raises:
        UsageError: one that the program does not have, or that is not a number.
    """
    from_words = cast("dict[str, float]", inputs.settings(words))
    known = [each.target.name for each in entry.checked.inputs]
    for name in from_words:
        if name not in known:
            raise inputs.unknown(name, known)
    if not given.on("--inputs"):
        return from_words
    from_file, stranger = inputs.from_json(given.one("--inputs"))
    for name in from_file:
        if name not in known:
            error = stranger(name)
            error.hint = inputs.unknown(name, known).hint
            raise error
    return {**from_file, **from_words}


def _asked(
    ask: Callable[[Mapping[str, float]], Answer], values: Mapping[str, float], entry: Entry, console: Console | None
) -> Answer:
    """The answer, with the missing inputs gathered first if it turns out to need them."""
    try:
        return ask(values)
    except MissingInput:
        return ask(inputs.gather(entry.checked.inputs, values, entry.source, console))


def _fits(found: Verb, targets: Sequence[str], pairs: Sequence[str], given: Given, meant: str) -> None:
    """Check the words and options against what the verb takes.

    Args:
        meant: the advice for words that do not fit.

    Raises:
        UsageError: too few or many names, or an option that the verb has no use for.
    """
    least, most = found.targets
    if len(targets) < least or (most is not None and len(targets) > most):
        wanted = "no name" if most == 0 else "one name" if most == 1 else "at least one name"
        counted = f"here are {len(targets)}" if targets else "here is none"
        hint = meant or f"write it like `{usage(found)}`"
        raise UsageError(f"`ad {found.name}` asks about {wanted}, {counted}", hint=hint)
    for word in CLAUSES:
        if given.on(f"--{word}") and word not in found.clauses:
            raise UsageError(
                f"`ad {found.name}` takes no `--{word}`", hint=f"`ad help {found.name}` tells what it takes"
            )
    if pairs and found.free:
        raise UsageError(f"`ad {found.name}` asks about no program, so it takes no `{pairs[0]}`")


def _parts(word: str) -> list[str]:
    return [part.strip() for part in word.split(",") if part.strip()]


__all__ = ["AdError", "deliver", "is_verb", "run", "settings", "usage", "verb", "verbs"]
