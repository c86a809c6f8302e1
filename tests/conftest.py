"""Puts this folder on the path, so that toys shared by several kinds of tests can be imported."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "stripped: the shipped run made the ordinary way and on a bare machine; a step of CI of its own",
    )
