"""Puts this folder on the path, so that toys shared by several kinds of tests can be imported."""

import signal
from collections.abc import Iterator

import pytest
from kept_kernels import Kept, kept_kernels

from methodology.evidence.imports import without_extras

with without_extras():  # as a run imports it
    import nbformat  # noqa: F401

USUAL = {"SIGINT": signal.default_int_handler, "SIGHUP": signal.SIG_DFL}
"""A job begun in the background ignores both, and so would every command that a test asks to stop."""
for name, answer in USUAL.items():
    number = getattr(signal, name, None)
    if number is not None and signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, answer)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "stripped: the shipped run made the ordinary way and on a bare machine; a step of CI of its own",
    )


@pytest.fixture(scope="session")
def kept() -> Iterator[Kept]:
    """The kernels that all of them share."""
    kept: Kept = {}
    yield kept
    for kernels in kept.values():
        kernels.end()


@pytest.fixture(scope="module")
def shared_kernels(kept: Kept) -> Iterator[None]:
    """For tests of what a run does, whoever starts its kernels."""
    with kept_kernels(kept):
        yield
