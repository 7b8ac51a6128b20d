"""`ad fmt`: programs -> the same programs in their one form.

Law: a file is rewritten whole or not at all, and only after what will be written was read back as the same program.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from lang.cli import files
from lang.cli.bounds import limits
from lang.cli.codes import FAILED, OK, USAGE
from lang.cli.console import Console
from lang.cli.options import Given, UsageError
from lang.diagnostic import visible
from lang.errors import AdError
from lang.limits import Limits
from lang.source import Source
from lang.syntax import walk
from lang.syntax.parse import parse
from lang.syntax.text import decode
from lang.syntax.unparse import unparse


def format_files(paths: Sequence[str], given: Given, console: Console) -> int:
    """Format files in place, stdin to stdout; or check whether they are in form.

    Returns:
        0, or 1 where a file is not a program or (with --check) not in form, or 2 where one cannot be read or written.
    """
    if not paths:
        raise UsageError("which files?", hint="write it like `ad fmt lecture.ad`; `-` goes from stdin to stdout")
    worst = OK
    bounds = limits(given)
    for path in paths:
        try:
            worst = max(worst, _format(path, bounds, given.on("--check"), console))
        except AdError as error:
            console.trouble(error)
            worst = max(worst, USAGE if isinstance(error, UsageError) else FAILED)
    return worst


def formatted(source: Source, limits: Limits) -> str:
    """The text of a program in its form.

    Raises:
        ParseError, LimitExceeded: it is not a program that can be read.
    """
    program = parse(source, limits)
    text = unparse(program)
    if not walk.same(parse(Source(text, source.name), limits).body, program.body):
        raise AssertionError(f"formatting would change what {source.name} means; it is left as it is")
    return text


def _format(path: str, limits: Limits, check: bool, console: Console) -> int:
    if os.path.isdir(path):
        raise UsageError(f"`{path}` is a folder", hint=f"write `ad fmt {os.path.join(path, '*.ad')}`")
    before = files.data(path, 4 * limits.source_chars + 4)
    text = formatted(decode(before, "<stdin>" if path == files.STDIN else path), limits)
    after = text.encode()
    if check:
        if after != before:
            console.result([(visible(path), "")])
        return OK if after == before else FAILED
    if path == files.STDIN:
        console.result([(text.removesuffix("\n"), "")] if text else [])
    elif after != before:
        _replace(path, after)
        console.remark([("formatted ", ""), (visible(path), "")])
    return OK


def _replace(path: str, content: bytes) -> None:
    """Put new content into a file, at once; a link's target is changed, not the link.

    Raises:
        UsageError: it cannot be written.
    """
    import shutil
    import tempfile

    target = os.path.realpath(path)
    new = ""
    try:
        if not os.access(target, os.W_OK):
            raise PermissionError(13, "Permission denied")
        descriptor, new = tempfile.mkstemp(prefix=".ad-fmt-", dir=os.path.dirname(target))
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        shutil.copymode(target, new)
        os.replace(new, target)
    except OSError as error:
        if new and os.path.exists(new):
            os.unlink(new)
        raise UsageError(f"cannot write `{path}`: {error.strerror}") from None
