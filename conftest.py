"""Texts are compared in English, the language of the messages, unless a test speaks another; notebooks speak their own."""

import os

import pytest


def pytest_configure(config: pytest.Config) -> None:
    if not config.getoption("nbval", default=False):
        os.environ["WORKBENCH_LANGUAGE"] = "en"
