"""The instrument of `what_if.js` as a widget of JupyterLab and Voilà."""

from __future__ import annotations

import anywidget
import traitlets

from methodology.evidence.what_if import module_text, style_text


class WhatIf(anywidget.AnyWidget):
    """The same module and look as in the evidence page; `state` is what `what_if_state` gives."""

    _esm = module_text()
    _css = style_text()
    state = traitlets.Dict().tag(sync=True)
