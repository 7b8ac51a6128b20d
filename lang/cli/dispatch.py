"""Words -> the command they name -> exit code; whatever goes wrong is said once, here.

Law: the first word is a command, a verb, or a file, in this order; a file with a command's name is reached by `ad run`.
"""

from __future__ import annotations

from collections.abc import Sequence

from lang.cli.codes import OK
from lang.cli.console import Console
from lang.cli.options import FMT, REPL, SERVICES, VERB, Given, UsageError, exit_code, near, read
from lang.errors import AdError
from lang.garbage import paused

COMMANDS = ("run", "fmt", "map", "grade", "exercise", *SERVICES, "help", "version")


def dispatch(argv: Sequence[str]) -> int:
    """Run a command line that is more than `ad version`.

    Returns:
        The exit code.
    """
    console = Console()
    given = Given((), {})
    try:
        given = read(argv)
        console.color = given.one("--color", "auto")
        return _command(given, console)
    except AdError as error:
        if given.on("--json"):
            from lang.show import json

            console.result([(json.report(ok=False, errors=(error,)), "")])
        else:
            console.trouble(error)
        return exit_code(error)


def _command(given: Given, console: Console) -> int:
    words = given.words
    first = words[0] if words else ""
    if given.on("--version") or first == "version":
        return _version(given, console)
    if given.on("--help") or first == "help":
        from lang.cli.assistance import assist

        return assist(words[1:] if first == "help" else _helped(first), console)
    if first == "fmt":
        from lang.cli.formatting import format_files

        given.only(FMT, "ad fmt")
        return format_files(words[1:], given, console)
    if first in SERVICES:
        from lang.cli import services

        given.only(first, f"ad {first}")
        return services.serve(first, words[1:], given, console)
    if first in ("grade", "exercise"):
        from lang.cli import grading

        given.only(first, f"ad {first}")
        return getattr(grading, first)(words[1:], given, console)  # type: ignore[no-any-return]
    if first == "map":
        from lang.cli import mapping

        given.only(first, "ad map")
        return mapping.run(words[1:], given, console)
    if not words and not given.on("-c"):
        return _without_words(given, console)
    if first == "tour":
        return _tour(given, console)
    with paused:  # modules and classes are no garbage
        from lang.cli import running

    if first == "run":
        return running.run(words[1:], given, console)
    if running.is_verb(first):
        given.only(VERB, f"ad {first}")
        return running.verb(first, words[1:], given, console)
    if not given.on("-c"):
        _must_be_file(first)
    return running.run(words, given, console)


def _helped(word: str) -> list[str]:
    """What `ad WORD ... --help` asks about: the command, or all of them where the word is a file."""
    from lang.cli import running

    return [word] if word in COMMANDS or running.is_verb(word) else []


def _version(given: Given, console: Console) -> int:
    from lang import __version__

    if given.words[1:]:
        raise UsageError("`ad version` stands alone")
    console.result([(f"adlang {__version__}", "")])
    return OK


def _without_words(given: Given, console: Console) -> int:
    """The REPL for a person; for a pipe, the program that comes through it."""
    if _somebody():
        return _talk(given, console)
    from lang.cli import running

    return running.run(["-"], given, console)


def _tour(given: Given, console: Console) -> int:
    """The first lesson."""
    if given.words[1:]:
        raise UsageError("`ad tour` stands alone")
    if not _somebody():
        raise UsageError("the tour needs a terminal", hint="start it where you can type")
    return _talk(given, console, tour=True)


def _somebody() -> bool:
    from lang.cli.console import is_terminal

    return is_terminal("stdin") and is_terminal("stdout")


def _talk(given: Given, console: Console, tour: bool = False) -> int:
    from lang.repl import repl

    given.only(REPL, "the REPL")
    settings: dict[str, object] = {}
    if given.options.keys() - {"--color", "--debug"}:
        from lang.cli import running

        settings = running.settings(given)
    return repl(settings, console.color, tour)


def _must_be_file(word: str) -> None:
    """Check that a word that is no command names a file.

    Raises:
        UsageError: it does not, with the command or file that was probably meant.
    """
    from lang.cli import files, running

    if word == files.STDIN or files.exists(word):
        return
    if "=" in word:
        raise UsageError(f"`{word}` gives an input a value, but to which program?", hint="write `ad FILE x=2`")
    if any(sign in word for sign in "+*()^") and "'" not in word and word.isprintable():
        raise UsageError(f"there is no command or file `{word}`", hint=f"to run a text, write `ad -c '{word}'`")
    if "." in word or "/" in word:
        files.data(word, 0)
        return
    if files.exists(word + ".ad"):
        raise UsageError(f"there is no command or file `{word}`", hint=f"did you mean `{word}.ad`?")
    guess = near(word, (*COMMANDS, *running.verbs()))
    raise UsageError(
        f"there is no command or file `{word}`",
        hint=f"did you mean `ad {guess}`?" if guess else "`ad help` lists the commands",
    )
