"""`ad kernel install`: the few files that tell Jupyter how to start the kernel.

Law: the kernel runs with the Python that installs it, so it finds adlang whatever Python Jupyter itself runs on.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

NAME = "adlang"
LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
<rect width="64" height="64" rx="13" fill="#24457a"/>
<g fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round">
<path d="M17 19 32 32 17 45"/><path d="M32 32h16"/></g>
<g fill="#fff"><circle cx="17" cy="19" r="6"/><circle cx="17" cy="45" r="6"/></g>
<g fill="#ffb454"><circle cx="32" cy="32" r="7"/><circle cx="49" cy="32" r="6"/></g>
</svg>
"""


def install(prefix: str = "") -> str:
    """Make Jupyter know the kernel.

    Args:
        prefix: where; by default the virtual environment that this Python belongs to, else the user's own folder.

    Returns:
        The folder it was put into.

    Raises:
        ImportError: Jupyter is not installed. OSError: the folder cannot be written.
    """
    from jupyter_client.kernelspec import KernelSpecManager

    prefix = prefix or (sys.prefix if sys.prefix != sys.base_prefix else "")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        (folder / "kernel.json").write_text(json.dumps(_spec(), indent=1) + "\n", encoding="utf-8")
        (folder / "logo-svg.svg").write_text(LOGO, encoding="utf-8")
        manager = KernelSpecManager()
        return str(manager.install_kernel_spec(made, NAME, user=not prefix, prefix=prefix or None))


def _spec() -> dict[str, object]:
    return {
        "argv": [sys.executable, "-m", "lang.notebook", "-f", "{connection_file}"],
        "display_name": "adlang",
        "language": "adlang",
        "interrupt_mode": "signal",
        "metadata": {"debugger": False},
    }
