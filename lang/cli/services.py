"""`ad kernel install`, `ad lsp`: what other programs start, or need to know.

Law: what an extra brings is imported here, when asked for; without it the answer is one line that says what to install.
"""

from __future__ import annotations

from collections.abc import Sequence

from lang.cli.codes import OK
from lang.cli.console import Console
from lang.cli.options import Given, UsageError


def serve(command: str, words: Sequence[str], given: Given, console: Console) -> int:
    """Do what a command says.

    Returns:
        The exit code.

    Raises:
        UsageError: it cannot be done; the error says why.
    """
    try:
        return kernel(words, given, console) if command == "kernel" else lsp(words)
    except ImportError as error:
        if error.name is None or error.name.partition(".")[0] == "lang":
            raise
        packages = "ipykernel ipython" if command == "kernel" else "'pygls>=2'"
        raise UsageError(
            f"`ad {command}` needs more than is installed: {error.name}", hint=f"`pip install {packages}`"
        ) from None


def kernel(words: Sequence[str], given: Given, console: Console) -> int:
    """`ad kernel install`."""
    if list(words) != ["install"]:
        raise UsageError("`ad kernel` installs the Jupyter kernel", hint="write `ad kernel install`")
    import ipykernel  # noqa: F401  the kernel will need it

    from lang.notebook.install import install

    try:
        folder = install(given.one("--prefix"))
    except OSError as error:
        raise UsageError(f"cannot write `{error.filename}`: {error.strerror}", hint="choose a `--prefix`") from None
    console.result([(f"installed the kernel `adlang` in {folder}", "")])
    console.remark([("choose `adlang` in Jupyter, or run `jupyter console --kernel adlang`", "")])
    return OK


def lsp(words: Sequence[str]) -> int:
    """`ad lsp`: serve an editor over stdin and stdout until it says goodbye."""
    if words:
        raise UsageError("`ad lsp` stands alone; an editor talks to it over stdin and stdout")
    from lang.lsp.features import serve as talk

    talk()
    return OK
