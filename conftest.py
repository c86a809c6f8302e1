"""Texts are compared in English, the language of the messages, unless a test speaks another."""

import os

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Speak English, but to notebooks, which are compared in the language they speak."""
    if not config.getoption("nbval", default=False):
        os.environ["WORKBENCH_LANGUAGE"] = "en"
