"""Words of a shell -> options, and the words that are left.

Law: options may stand anywhere; `--` ends them; each is in one table, with what it takes, where it belongs, its help.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lang.cli.codes import FAILED, MISSING, USAGE
from lang.errors import AdError, CommandError, InputError, MissingInput

RUN, VERB, FMT, REPL = "run", "a verb", "fmt", "the REPL"
GRADE, EXERCISE, MAP = "grade", "exercise", "map"
PROGRAMS = (RUN, VERB, REPL)
SERVICES = ("kernel", "lsp")
ANY = (*PROGRAMS, FMT, GRADE, EXERCISE, MAP, *SERVICES, "help", "version")

GRADE_FORMATS = ("text", "json", "csv", "junit", "gradescope", "prairielearn", "coderunner", "markdown")


class UsageError(AdError):
    """The command line itself is wrong: a word, an option, a file. Exit code 2."""


def exit_code(error: AdError) -> int:
    """The exit code for an error: of the program, of the command line, or for want of an input."""
    if isinstance(error, MissingInput):
        return MISSING
    on_the_command_line = isinstance(error, InputError | CommandError) and error.span is None
    return USAGE if isinstance(error, UsageError) or on_the_command_line else FAILED


class Option(NamedTuple):
    """An option.

    Attributes:
        name: with its dashes.
        takes: what its value is called in the help; empty for a switch.
        where: the commands it belongs to.
        help: what it does.
        choices: the values it may have; empty for any.
        repeats: may it stand several times, each adding a value?
    """

    name: str
    takes: str
    where: tuple[str, ...]
    help: str
    choices: tuple[str, ...] = ()
    repeats: bool = False


TABLE = (
    Option("-c", "TEXT", (RUN, VERB, MAP), "the program itself, in place of FILE"),
    Option("--inputs", "FILE", (RUN, VERB, MAP), 'inputs from a JSON object: {"x": 2, "y": 3}'),
    Option("--no-input", "", (RUN, VERB), "never ask for a missing input"),
    Option("--wrt", "x,y", (VERB, MAP), "by which names (default: all inputs)", repeats=True),
    Option("--at", "x=2", (VERB,), "with these inputs (the same as a plain x=2)", repeats=True),
    Option("--along", "x=1", (VERB,), "the weight of each name", repeats=True),
    Option("--by", "METHOD", (VERB, EXERCISE), "how"),
    Option("--as", "FORMAT", (VERB,), "text, json, markdown, latex, csv, html or another that the verb has"),
    Option("-o", "FILE", (VERB, GRADE, EXERCISE, MAP), "write there; of a verb, the ending (.svg, .csv) is the format"),
    Option("--json", "", (RUN, VERB), "print one JSON object with everything"),
    Option("--ieee", "", (*PROGRAMS, MAP), "let inf and nan flow instead of stopping"),
    Option(
        "--kinks",
        "POLICY",
        (*PROGRAMS, MAP),
        "where a derivative does not exist: note, error or silent",
        ("note", "error", "silent"),
    ),
    Option(
        "--engine",
        "NAME",
        (*PROGRAMS, MAP),
        "what runs it: auto, interpreter, python or native",
        ("auto", "interpreter", "python", "native"),
    ),
    Option("--limit", "steps=1000", (*PROGRAMS, FMT, MAP), "set a limit (`ad help limits`)", repeats=True),
    Option("--untrusted", "", (*PROGRAMS, MAP), "tighter limits, for other people's programs"),
    Option("--check", "", (FMT,), "change nothing; name the files that would change and exit with 1"),
    Option("--prefix", "DIR", ("kernel",), "where to install the kernel (default: this environment, else your home)"),
    Option("--format", "FORMAT", (GRADE,), f"of the report: {', '.join(GRADE_FORMATS)}", GRADE_FORMATS),
    Option("--fail-under", "PERCENT", (GRADE,), "exit with 4 where a grade is lower"),
    Option("--jobs", "N", (GRADE,), "how many submissions at once (default: one for each core)"),
    Option("--student", "NAME", (GRADE, EXERCISE), "whose variant of the exercise (default: the file's name)"),
    Option("--blanks", "", (EXERCISE,), "the derivative statements, to be filled in"),
    Option("--data", "FILE", (MAP,), "the points: a CSV file with a line of names, .npy or .parquet"),
    Option("--grad", "z", (MAP,), "this result, with its gradient"),
    Option("--exact", "", (MAP,), "the bits of single runs, where the quick functions differ in the last place"),
    Option("--color", "WHEN", ANY, "auto, always or never", ("auto", "always", "never")),
    Option("--debug", "", ANY, "show where an internal error comes from"),
    Option("--help", "", ANY, "this help, or that of a command"),
    Option("--version", "", ANY, "the version"),
)
BY_NAME = {each.name: each for each in TABLE} | {"-h": TABLE[-2], "--colour": TABLE[-4]}


class Given:
    """What the command line says: plain words in order, and options."""

    def __init__(self, words: Sequence[str], options: dict[str, list[str]]) -> None:
        self.words = list(words)
        self.options = options

    def on(self, name: str) -> bool:
        """Was a switch given?"""
        return name in self.options

    def one(self, name: str, default: str = "") -> str:
        """The value of an option."""
        return self.options[name][-1] if name in self.options else default

    def many(self, name: str) -> list[str]:
        """All values of an option, commas as separators."""
        return [part.strip() for value in self.options.get(name, ()) for part in value.split(",") if part.strip()]

    def only(self, where: str, command: str) -> None:
        """Check that each option belongs to a command.

        Raises:
            UsageError: one does not.
        """
        for name in self.options:
            if where not in BY_NAME[name].where:
                commands = (RUN, FMT, GRADE, EXERCISE, MAP)
                owners = " or ".join(f"`ad {each}`" if each in commands else each for each in BY_NAME[name].where)
                raise UsageError(f"`{command}` takes no `{name}`", hint=f"it belongs to {owners}")


def read(argv: Iterable[str]) -> Given:
    """Sort a command line into words and options.

    Raises:
        UsageError: an unknown option, a value missing, too much, or not among the choices.
    """
    words: list[str] = []
    options: dict[str, list[str]] = {}
    rest = iter(argv)
    for word in rest:
        if word == "--":
            words.extend(rest)
        elif len(word) < 2 or word[0] != "-":
            words.append(word)
        else:
            name, mark, value = (word, "", "") if word[1] != "-" else word.partition("=")
            option = BY_NAME.get(name) or _unknown(word, name)
            if not option.takes and mark:
                raise UsageError(f"`{option.name}` takes no value")
            if option.takes and not mark:
                value = next(rest, "--")
                if value == "--" or (value in BY_NAME and option.name != "-c"):
                    raise UsageError(f"`{option.name}` needs a value", hint=f"write `{option.name} {option.takes}`")
            _keep(options, option, value)
    return Given(words, options)


def _keep(options: dict[str, list[str]], option: Option, value: str) -> None:
    if option.choices and value not in option.choices:
        raise UsageError(f"`{option.name}` is {', '.join(option.choices)}, not `{value}`")
    if option.takes and option.name in options and not option.repeats:
        raise UsageError(f"`{option.name}` is given twice")
    options.setdefault(option.name, []).append(value)


def _unknown(word: str, name: str) -> Option:
    import os

    guess = near(name, BY_NAME)
    if os.path.exists(word):
        hint = f"to name the file, write `-- {word}` or `./{word}`"
    else:
        hint = f"did you mean `{guess}`?" if guess else "`ad --help` lists the options"
        if not guess and name[2:].isidentifier():
            hint += f"; an input is written without dashes: `{name[2:]}=2`"
    raise UsageError(f"I don't know the option `{name}`", hint=hint)


def near(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    from lang.check.suggest import nearest

    return nearest(word, known)
