"""A blank questionnaire of ironmaking, written once for the tests of a file."""

import shutil
from pathlib import Path

import pytest
from questionnaires import IRON

from methodology.forms.questionnaire import write_questionnaire


@pytest.fixture(scope="module")
def blank(tmp_path_factory):
    path = tmp_path_factory.mktemp("blank") / "form.xlsx"
    write_questionnaire(IRON, path)
    return path


@pytest.fixture
def form(blank, tmp_path):
    return Path(shutil.copy(blank, tmp_path / "form.xlsx"))
