"""The instrument of `what_if.js` as a widget of JupyterLab and Voilà."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

_HERE = Path(__file__).parent


class WhatIf(anywidget.AnyWidget):
    """The same module and look as in the evidence page; `state` is what `what_if_state` gives."""

    _esm = (_HERE / "what_if.js").read_text(encoding="utf-8")
    _css = (_HERE / "what_if.css").read_text(encoding="utf-8")
    state = traitlets.Dict().tag(sync=True)
