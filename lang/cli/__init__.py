"""The command line: words and options -> the session's stages -> exit code (level 11).

Law: no language knowledge here. Results go to stdout, all else to stderr; every end has its exit code; and nothing is
imported before it is known to be needed, because start-up is a feature (`ad version` imports no part of the language).

    options      argv -> words and options        console      streams, colours, prompts
    inputs       values of `?`                    running      `ad run`, `ad VERB`, `ad -c`;  misread   their slips
    formatting   `ad fmt`                         assistance   `ad help`
    grading      `ad grade`, `ad exercise`        services     `ad lsp`, `ad kernel`
    files        a path -> a program's text       mapping      `ad map`
    points       rows of inputs, a file each way;  pointscsv, pointsarray   the kinds;  pointsfile   one being written
    codes        exit codes                       bounds       the limits that options set
    dispatch     the first word -> one of these
"""

from __future__ import annotations

import sys

from lang.cli.codes import INTERNAL, INTERRUPTED, OK, PIPE, USAGE


def main(argv: list[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: the words after `ad`; those of the process by default.

    Returns:
        The exit code.
    """
    words = sys.argv[1:] if argv is None else argv
    try:
        code = _main(words)
        if sys.stdout is not None and not sys.stdout.closed:  # `ad lsp` closes it when its editor says goodbye
            sys.stdout.flush()
    except KeyboardInterrupt:
        # `python -m` ends by the signal, not with our code, if Ctrl-C once met a text being executed (as a dataclass
        # does where it is defined); that another text came to its end makes CPython forget it
        exec("")  # noqa: S102
        _say("\n" if sys.stderr and sys.stderr.isatty() else "")
        return INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return PIPE
    except Exception as error:
        return _internal(error, "--debug" in words)
    return code


def _main(words: list[str]) -> int:
    if words in (["version"], ["--version"]):
        from lang import __version__

        if sys.stdout is not None:
            print(f"adlang {__version__}")
        return OK
    from lang.cli.dispatch import dispatch

    return dispatch(words)


def _internal(error: Exception, debug: bool) -> int:
    """An error that is this program's own fault, or the system's: one line, and no traceback unless asked."""
    if isinstance(error, OSError) and error.filename is None:
        _forget_stdout()
        _say(f"error: cannot write: {error.strerror}\n")
        return USAGE
    if debug:
        import traceback

        traceback.print_exc()
    words = " ".join(f"{type(error).__name__}: {error}".split())
    shown = "".join(char if char.isprintable() else "?" for char in words)[:200]
    more = "" if debug else "; --debug shows where"
    _say(f"error: adlang has a fault: {shown}. Please report it with the program{more}\n")
    return INTERNAL


def _say(text: str) -> None:
    try:
        if sys.stderr is not None:
            sys.stderr.write(text)
            sys.stderr.flush()
    except OSError:
        pass


def _forget_stdout() -> None:
    """Send what is left in stdout's buffer nowhere, so that the exit stays quiet."""
    import os

    try:
        void = os.open(os.devnull, os.O_WRONLY)
        os.dup2(void, sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        pass
