"""Notebooks (level 10): `%%ad` cells among Python's, and a kernel whose cells are adlang.

Comes in: the text of a cell. Goes out: bundles of forms (`lang.show.bundles`) on the notebook's display. Must not know:
the language's stages; `Session` and `lang.assist` are asked for all of it. IPython and ipykernel are imported here.

    cells       a session whose texts are cells: bindings, questions, what a cell shows
    asking      `?sin` -> its help
    line        `x=2 y=v*2 -o r` -> bindings and options
    magic       `%load_ext lang`, `%%ad`, `%ad`
    kernel      the Jupyter kernel, as `python -m lang.notebook` starts it;  install    `ad kernel install`
"""
