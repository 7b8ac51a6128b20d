"""A file's name -> the text of that file of the grammar folder, in a checkout and in an installed package
alike.

Law: the only place that knows where `grammar/` lies: inside the package once installed, one level up in a
checkout.
"""

from __future__ import annotations

import os

_HERE = os.path.dirname(os.path.abspath(__file__))
_PLACES = (os.path.join(_HERE, "grammar"), os.path.join(os.path.dirname(_HERE), "grammar"))


def read(name: str) -> str:
    """The text of `grammar/name`.

    Raises:
        FileNotFoundError: the installation is damaged; the message names the places that were tried.
    """
    for place in _PLACES:
        try:
            with open(os.path.join(place, name), encoding="utf-8") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            continue
    raise FileNotFoundError(f"{name} is in none of {', '.join(_PLACES)}")
