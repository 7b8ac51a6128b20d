"""LLVM text -> machine code in this process, through llvmlite; the only importer of it.

Law: no fast-math, no contraction: the optimizer may do only what keeps every bit. Machine code is kept in the user's
cache folder, which nobody else can write, under a name made of the text, the processor and all versions; it is read as
data with a checksum, never unpickled.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

from lang.backend.native.primitives import JOINT
from lang.backend.native.several import several
from lang.backend.unit import COMPILING, Unavailable
from lang.clock import look

KEPT = 300
"""How many pieces of machine code the cache holds."""

_LOCK = threading.Lock()


_SYMBOLS: dict[str, int] = {}
_NUMBERS = count()


@cache
def _start() -> tuple[Any, Any, str]:
    """LLVM, ready for this machine; what links and keeps machine code; what that depends on besides the text.

    Code lies within 2 GiB of its constants (JITLink sees to that, and to far calls), so addresses are short.
    """
    llvm: Any = import_module("llvmlite.binding")
    version = import_module("llvmlite").__version__
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = (version, llvm.get_process_triple(), llvm.get_host_cpu_name(), flags(), sys.version)
    return llvm, llvm.create_lljit_compiler(_target(0), use_jit_link=True), repr(machine)


def _target(level: int) -> Any:
    llvm: Any = import_module("llvmlite.binding")
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=flags(),
        opt=min(level, 2),
        reloc="pic",
        codemodel="small",
        jit=True,
    )


@cache
def features() -> frozenset[str]:
    """What this processor can do, in LLVM's words."""
    llvm: Any = import_module("llvmlite.binding")
    return frozenset(name for name, there in llvm.get_host_cpu_features().items() if there)


@cache
def flags() -> str:
    """What this processor can and cannot do, as LLVM is told it."""
    llvm: Any = import_module("llvmlite.binding")
    return str(llvm.get_host_cpu_features().flatten())


def symbol(name: str, address: int) -> None:
    """Tell machine code where a function lies."""
    _SYMBOLS[name] = address


def of_python(names: Iterable[str]) -> None:
    """Tell machine code where functions of Python's C interface lie."""
    for name in names:
        symbol(name, ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p).value or 0)


@cache
def library(name: str) -> int:
    """The address of a function of the C library, the one that Python's `math` calls."""
    for where in (None, "libm.so.6", "libm.dylib", "ucrtbase"):
        try:
            found = getattr(ctypes.CDLL(where), name)
        except (OSError, AttributeError, TypeError):
            continue
        return ctypes.cast(found, ctypes.c_void_p).value or 0
    raise LookupError(name)


@cache
def joints() -> frozenset[str]:
    """The functions of the C library that compute two of its functions together, with the bits of each alone."""
    found = set()
    for one, (other, name, place) in JOINT.items():
        if place == 0 and _same(one, other, name):
            found.add(name)
    return frozenset(found)


def _same(one: str, other: str, name: str) -> bool:
    """Compare some points: near multiples of pi / 4, small, large."""
    number, place = ctypes.c_double, ctypes.POINTER(ctypes.c_double)
    try:
        both = ctypes.CFUNCTYPE(None, number, place, place)(library(name))
        alone = [ctypes.CFUNCTYPE(number, number)(library(each)) for each in (one, other)]
    except LookupError:
        return False
    first, second = number(), number()
    for index in range(-40, 41):
        for value in (index * 0.7853981633974483, index * 0.1, 1.37**index, -(7.3 ** (index / 3))):
            both(value, first, second)
            if (first.value, second.value) != (alone[0](value), alone[1](value)):
                return False
    return True


def compile_text(text: str, level: int, entries: tuple[str, ...]) -> tuple[Any, tuple[int, ...]]:
    """Machine code for a module.

    Args:
        text: LLVM text.
        level: how much to optimize, 0 (nothing but good registers) to 3.
        entries: functions whose addresses are wanted.

    Returns:
        What must live as long as the code is used, and the addresses.

    Raises:
        Unavailable: this LLVM, or this machine, does not take it.
    """
    try:
        return _compiled(text, level, entries)
    except RuntimeError as reason:  # all that llvmlite raises
        version = import_module("llvmlite").__version__
        said = " ".join(str(reason).split())
        raise Unavailable(f"llvmlite {version} makes no machine code of this here: {said:.200}") from None


def _compiled(text: str, level: int, entries: tuple[str, ...]) -> tuple[Any, tuple[int, ...]]:
    with _LOCK:
        llvm, linker, machine = _start()
        library = llvm.JITLibraryBuilder()
        for each in several(text):
            path = _path(f"{machine}\n{level}\n{each}")
            code = _read(path)
            if code is None:
                code = _machine_code(llvm, each, level)
                _write(path, code)
            library.add_object_img(code)
        for name, address in _SYMBOLS.items():
            library.import_symbol(name, address)
        for name in entries:
            library.export_symbol(name)
        made = library.link(linker, f"adlang {next(_NUMBERS)}")
        return made, tuple(made[each] for each in entries)


def _machine_code(llvm: Any, text: str, level: int) -> bytes:
    target = _target(level)
    look(COMPILING)
    module = llvm.parse_assembly(text)
    if level != 0:
        look(COMPILING)
        builder = llvm.create_pass_builder(target, llvm.create_pipeline_tuning_options(speed_level=level))
        builder.getModulePassManager().run(module, builder)
    look(COMPILING)
    code: bytes = target.emit_object(module)
    return code


# --- the cache ------------------------------------------------------------------------------------------------------


@cache
def _folder() -> Path | None:
    """The folder of the cache; None where there is none that is only the user's."""
    from platformdirs import user_cache_path

    try:
        folder = user_cache_path("adlang") / "native"
        if not folder.is_absolute():  # nobody knows where home is
            return None
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        status = folder.stat()
    except OSError:
        return None
    if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o077):
        return None
    return folder


def _path(key: str) -> Path | None:
    folder = _folder()
    return None if folder is None else folder / (hashlib.sha256(key.encode()).hexdigest() + ".code")


def _read(path: Path | None) -> bytes | None:
    """Machine code that was kept, if it is whole."""
    if path is None:
        return None
    try:
        found = path.read_bytes()
    except OSError:
        return None
    with suppress(OSError):  # in a home that cannot be written, what is kept is good all the same
        os.utime(path)
    check, code = found[:32], found[32:]
    return code if _check(path, code) == check else None


def _check(path: Path, code: bytes) -> bytes:
    """What tells that code is whole, and the code of this key."""
    return hashlib.sha256(path.stem.encode() + code).digest()


def _write(path: Path | None, code: bytes) -> None:
    if path is None:
        return
    part = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
    try:
        part.write_bytes(_check(path, code) + code)
        part.replace(path)
        kept = sorted(path.parent.glob("*.code"), key=lambda each: each.stat().st_mtime)
        for old in kept[:-KEPT]:
            old.unlink()
    except OSError:
        with suppress(OSError):  # where nothing can be written, nothing can be removed, not even what is not there
            part.unlink()
