"""A browser that reaches no network, and what it meets on a page: requests, complaints, and how wide it is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
WIDTHS = """["zh", "en", "both"].map((language) => {
  document.documentElement.dataset.language = language;
  const main = document.querySelector("main");
  return Math.max(document.documentElement.scrollWidth, innerWidth + main.scrollWidth - main.clientWidth);
})"""
"""Width of what a page shows in each language, on a telephone too, where its text could be scrolled within the page."""


@contextmanager
def watched() -> Iterator[tuple[Any, list[str], list[str]]]:
    """A page, the addresses it asks for, and what fails or is complained of."""
    asked: list[str] = []
    said: list[str] = []
    with playwright.sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_page(viewport={"width": 1200, "height": 800})
        page.on("request", lambda request: asked.append(request.url))
        page.on("requestfailed", lambda request: said.append(f"failed: {request.url}"))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda fault: said.append(str(fault)))
        yield page, asked, said
        browser.close()
