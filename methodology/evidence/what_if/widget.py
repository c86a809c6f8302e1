"""The instrument of `what_if.js` as a widget of JupyterLab and Voilà."""

from __future__ import annotations

import logging
import os

import anywidget
import traitlets
from IPython.core.getipython import get_ipython

from methodology.evidence.what_if import module_text, style_text


class WhatIf(anywidget.AnyWidget):
    """The same module and look as in the evidence page; `state` is what `what_if_state` gives."""

    _esm = module_text()
    _css = style_text()
    state = traitlets.Dict().tag(sync=True)


def close_to_visitors() -> None:
    """
    Where Voilà serves this kernel, let no browser make a widget of its own in it, nor see what a bad message raised.

    Voilà lets messages of widgets pass, whoever wrote them. A visitor could have any class of widget made, with any
    state, and read the traceback of what fails, which names folders of the server.
    """
    if "VOILA_BASE_URL" in os.environ:
        kernel = getattr(get_ipython(), "kernel", None)
        if kernel is not None:
            kernel.comm_manager.targets.pop("jupyter.widget", None)
        for name in ("Comm", "ipykernel.comm"):
            logging.getLogger(name).disabled = True
