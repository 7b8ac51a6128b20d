"""`ad help`: the commands, a verb, a function, a topic.

Law: verbs, functions and options are told from where they are defined; only what belongs to the command line is
worded here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lang.check.scope import CONSTANTS
from lang.cli.codes import OK
from lang.cli.console import Console, is_terminal
from lang.cli.options import EXERCISE, FMT, GRADE, MAP, RUN, SERVICES, TABLE, VERB, UsageError, near
from lang.diagnostic import Segment
from lang.show import help as guide
from lang.show import text as layout
from lang.show.folding import folded

Lines = list[Segment]

USAGE = (
    ("ad", "the REPL; in a pipe, runs the program that comes through it"),
    ("ad tour", "a first lesson at the prompt, ten minutes"),
    ("ad run FILE [x=2 ...]", "run a program; `ad FILE x=2` does the same"),
    ("ad -c 'x = 3; x**2'", "run the text itself"),
    ("ad VERB FILE [z ...] [x=2 ...]", "ask about a program: one of the verbs below"),
    ("ad fmt FILE ... [--check]", "put programs into their one form"),
    ("ad map FILE --data P.csv --grad z -o O.csv", "a result and its gradient for every row of a file"),
    ("ad kernel install", "make Jupyter know adlang"),
    ("ad lsp", "the language server, for editors; they start it"),
    ("ad grade EX.toml FILE ...", "mark submissions to an exercise"),
    ("ad exercise FILE [--blanks]", "an exercise as students get it"),
    ("ad help [TOPIC]", "this; a verb, a function (`sin`), or a topic"),
    ("ad version", "the version"),
)

TOPICS = {
    "exit codes": """\
  0     ok
  1     an error in the program, a failed check, or a file not in form
  2     an error on the command line: a word, an option, a file
  3     an input has no value and nobody to ask
  4     a grade below `--fail-under`
  70    a fault of adlang itself
  130   stopped with Ctrl-C
  141   whoever read the output has gone""",
    "inputs": """\
An input `x = ?` takes its value from the first of these that has one:

  x=2                on the command line; also x=-1e3, x=pi/2
  --inputs FILE      a JSON object: {"x": 2, "y": 3}
  x = ? 1.5          its default in the program
  you                when you are at a terminal (not with --no-input)

Without any of them the run ends with exit code 3.""",
    "json": """\
--json prints one object on one line, and nothing on stderr:

  {"schema": "adlang/1", "ok": true, "values": {...}, "shown": [...], "notes": [...], "diagnostics": [...]}

  values        each name of the program with its value
  shown         what it showed: {"text", "values", "line"}, or a verb's answer: {"verb": "grad", ...}
  notes         awkward points of derivatives: kind, message, place, count, one-sided derivatives
  diagnostics   errors: kind, message, label, hint, place (file, line, column, ...), related places

Numbers that JSON has no word for are strings: "nan", "inf", "-inf". `--as json` prints a verb's answer alone.""",
    "colours": """\
Colours are used at a terminal. --color always or never decides; so do NO_COLOR (any value) and TERM=dumb.""",
}


def assist(words: Sequence[str], console: Console) -> int:
    """Print the help for some words; without words, the overview.

    Returns:
        The exit code.

    Raises:
        UsageError: there is no help for the words.
    """
    said = _about(" ".join(words)) if words else _overview()
    console.result(folded(said, console.width) if is_terminal("stdout") else said)
    return OK


def _about(word: str) -> Lines:
    word = {"exit": "exit codes", "exit-codes": "exit codes", "colors": "colours", "color": "colours"}.get(word, word)
    word = "syntax" if word in CONSTANTS else word
    if word in TOPICS:
        return [(TOPICS[word], "")]
    if word in ("run", "fmt", "map", "grade", "exercise", "tour", "kernel", "lsp"):
        return _command(word)
    found = guide.about(word, _in_a_shell(word))
    if found is None:
        guess = near(word, [*TOPICS, *guide.words()])
        raise UsageError(
            f"there is no help for `{word}`",
            hint=f"did you mean `ad help {guess}`?" if guess else "`ad help` lists commands and topics",
        )
    return found


def _in_a_shell(word: str) -> Iterator[tuple[str, str]]:
    """How a verb is asked on the command line; nothing for other words."""
    from lang.cli.running import is_verb, usage
    from lang.verbs.core import registry

    if is_verb(word):
        verb = registry.verb(word)
        clauses = [f" [--{each} ...]" for each in ("wrt", "along", "by") if each in verb.clauses]
        inputs = " [x=2 ...]" if "at" in verb.clauses else ""
        yield "in a shell", f"{usage(verb)}{inputs}{''.join(clauses)} [--as ...]"


def _command(word: str) -> Lines:
    rows = [row for row in USAGE if row[0].startswith(f"ad {word}")]
    if word == "tour":
        return guide.columns(rows, 0)
    return [*guide.columns(rows, 0), ("\n\n", ""), *_options(word)]


def _overview() -> Lines:
    return layout.joined(
        [
            [("adlang", "title"), (": programs, and the programs of their derivatives", "")],
            [],
            guide.columns(USAGE),
            [],
            [("verbs", "title")],
            guide.about("verbs") or [],
            [],
            [("options", "title")],
            _options(RUN, VERB, FMT, MAP, GRADE, EXERCISE, *SERVICES),
            [],
            [("topics", "title"), (f": {', '.join((*guide.topics(), *TOPICS))}", "")],
        ]
    )


def _options(*where: str) -> Lines:
    return guide.columns((f"{each.name} {each.takes}".strip(), each.help) for each in TABLE if {*where} & {*each.where})
