"""What several tests read and none changes, written once: a questionnaire, a study, documents of the toy run."""

import shutil
from pathlib import Path

import pytest
from questionnaires import IRON
from study_toys import made, send

from methodology.forms.questionnaire import write_questionnaire


@pytest.fixture(scope="module")
def blank(tmp_path_factory):
    path = tmp_path_factory.mktemp("blank") / "form.xlsx"
    write_questionnaire(IRON, path)
    return path


@pytest.fixture
def form(blank, tmp_path):
    return Path(shutil.copy(blank, tmp_path / "form.xlsx"))


@pytest.fixture(scope="module")
def sent(tmp_path_factory):
    """Twelve tables of one named plant each."""
    return send(tmp_path_factory.mktemp("sent") / "plants")


@pytest.fixture
def study(tmp_path, sent):
    """A study of real plants that asks no experts."""
    return made(tmp_path / "我的 研究", sent)


@pytest.fixture(scope="session")
def evidence(tmp_path_factory):
    """The toy run with both sets of its evidence."""
    import evidence_toys

    from methodology.evidence import build_evidence

    run = evidence_toys.toy_run(tmp_path_factory.mktemp("runs") / "toy-run")
    build_evidence(run, evidence_toys.toy_tables().system)
    return run


@pytest.fixture(scope="session")
def contents(tmp_path_factory):
    """What documents are made from: the toy run."""
    import evidence_toys

    from methodology.findings.contents import read_run

    run = evidence_toys.toy_run(tmp_path_factory.mktemp("runs") / "toy-run")
    return read_run(run, evidence_toys.toy_tables().system)


@pytest.fixture(scope="session")
def word(contents):
    """The public draft."""
    import document_toys as toys

    return toys.opened(toys.written(toys.outside(contents)))


@pytest.fixture(scope="session")
def internal_word(contents):
    """The internal draft."""
    import document_toys as toys

    return toys.opened(toys.written(contents, "internal.docx"))


@pytest.fixture(scope="session")
def explanation(contents):
    """The public explanation."""
    import document_toys as toys

    return toys.opened(toys.explained(toys.outside(contents)))


@pytest.fixture(scope="session")
def workbook(contents):
    """The internal workbook."""
    import openpyxl

    from methodology.documents.workbook import write_workbook

    return openpyxl.load_workbook(write_workbook(contents, contents.folder / "proposal.xlsx"))
