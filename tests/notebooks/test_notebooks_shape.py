"""Every notebook has the shape of the house: one question, thin cells, claims with figures, numbers only as output."""

from __future__ import annotations

import ast
import inspect
import json
import re
from pathlib import Path

import pytest

from methodology import figures
from methodology.results.stages import STAGES
from methodology.runs.notebooks import check_notebooks, is_tagged, without_magics

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
IN_ORDER = [ROOT / "notebooks" / stage.notebook for stage in STAGES]
LONGEST_CELL, MOST_CELLS = 12, 30
TYPED = re.compile(r"(?<![\w./-])\d+(?:[.,]\d+)?\s*%|(?<![\w./-])\d+\.\d+")
DEFINITIONS = (
    "about 5 %, 20 % and 50 % of plants",  # recalled practice, not a result
    "约有5 %、20 %、50 %的企业",
    "between the 10 % and the 90 % quantile",  # the scale of a figure
)
"""Shares that define something and do not come from a run."""
HAN = "\u3007\u4e00-\u9fff"
HALF_WIDTH = re.compile(rf"[{HAN}）][,.;:?!(]|[,;:?!(][{HAN}]|[），。；：？！、] [{HAN}]")
CODE_NAME = re.compile(r"`|\b[a-z]\w*_\w+|\b\w+\.(?:csv|json|parquet|yaml|ipynb|py)\b|\b[a-z]+/[a-z]+\b")
UNIT = re.compile(r"\bm3\b|\bug/|mg/m3|\bCO2\b|\bNOx\b|\bSO2\b|\d ?C\b")


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    content = json.loads(request.param.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        cell["source"] = "".join(cell["source"])
    return content


def _code(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def _prose(notebook):
    return [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "markdown"]


def _trees(notebook):
    return [ast.parse(without_magics(cell["source"])) for cell in _code(notebook)]


def _texts(notebook):
    """Every text among the outputs."""
    for cell in _code(notebook):
        for output in cell["outputs"]:
            yield "".join(output.get("text", ""))
            for kind, content in output.get("data", {}).items():
                if kind.startswith("text/"):
                    yield "".join(content)


WITHOUT_VALUES = frozenset(
    {
        *("sample_states", "sample_spread", "strata_coverage", "corrected_values"),
        *("expert_consistency", "weights_spread", "disagreement_map", "methods_side_by_side"),
        *("coverage_of_intervals", "name_made_up"),
    }
)
"""Figures of plants, judgements, weights and methods: no level, no benchmark value and no share that one gives; and
what names made-up plants in all of them."""


def _figures(notebook):
    """Calls of figures, with their keywords."""
    for call in (node for tree in _trees(notebook) for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "figures":
            yield call.func.attr, {word.arg for word in call.keywords}


def test_every_figure_of_levels_or_shares_says_on_which_values_and_plants_it_rests(notebook):
    for name, keywords in _figures(notebook):
        assert name in WITHOUT_VALUES or keywords & {"basis", "title"}, name


def test_every_figure_of_levels_or_shares_can_be_told_its_basis():
    for name in set(figures.__all__) - WITHOUT_VALUES - {"ClaimFigure"}:
        assert "basis" in inspect.signature(getattr(figures, name)).parameters, name


def test_the_six_notebooks_of_a_run_are_there():
    assert set(IN_ORDER) <= set(NOTEBOOKS)


def test_the_parameters_cells_of_a_run_agree_with_the_model():
    check_notebooks(ROOT / "notebooks")


def test_it_opens_with_one_question_in_both_languages(notebook):
    heading = _prose(notebook)[0].splitlines()[0]
    assert re.fullmatch(rf"# (\d\. )?[^a-z?]*[{HAN}][^?]*？ [A-Z][^{HAN}]+\?", heading)
    assert sum(line.startswith("# ") for text in _prose(notebook) for line in text.splitlines()) == 1


@pytest.mark.parametrize(
    "words", [("**输入：**", "**输出：**", "**用于：**"), ("**Comes in:**", "**Goes out:**", "**Serves:**")]
)
def test_it_says_what_comes_in_and_what_goes_out(notebook, words):
    (paragraph,) = (text for text in _prose(notebook)[0].split("\n\n") if text.startswith(words[0]))
    assert all(word in paragraph for word in words)


def test_each_chinese_paragraph_stands_right_before_its_english_sibling(notebook):
    for text in _prose(notebook):
        heading, *paragraphs = (
            text.split("\n\n") if text.startswith("#") else ("# 题？ T", *text.split("\n\n"))
        )
        assert re.fullmatch(rf"#+ [^a-z]*[{HAN}].* [A-Z][^{HAN}]*", heading), heading
        chinese = [bool(re.search(f"[{HAN}]", paragraph)) for paragraph in paragraphs]
        assert chinese == [True, False] * (len(paragraphs) // 2), text
        letters = [
            (len(re.findall(f"[{HAN}]", part)), len(re.findall("[A-Za-z]", part))) for part in paragraphs
        ]
        assert all(2 * han > latin for han, latin in letters[::2]), (
            "the page tells languages apart by their letters"
        )


def test_chinese_sentences_have_full_width_punctuation(notebook):
    for text in _prose(notebook):
        assert HALF_WIDTH.findall(text.replace("：* ", "：*").replace("：** ", "：**")) == [], text


def test_prose_names_no_code_and_sets_units_properly(notebook):
    for text in _prose(notebook):
        text = re.sub(r"doi:\S+", "", text)
        assert CODE_NAME.findall(text) + UNIT.findall(text) == [], text


def test_the_first_code_cell_holds_the_parameters_and_the_second_the_imports(notebook):
    first, second, *rest = _code(notebook)
    assert is_tagged(first, "parameters")
    assert not any(is_tagged(cell, "parameters") for cell in (second, *rest))
    trees = _trees(notebook)
    importing = [
        any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(tree)) for tree in trees
    ]
    assert importing == [False, True, *[False] * len(rest)]


def test_every_parameter_stands_under_a_comment_in_both_languages(notebook):
    for line, above in zip(*[_code(notebook)[0]["source"].splitlines()[k:] for k in (1, 0)], strict=False):
        if not line.startswith("#"):
            assert above.startswith("#"), line
    comments = re.split(r"^[a-zA-Z_]+: .*\n?", _code(notebook)[0]["source"], flags=re.MULTILINE)
    assert comments.pop() == ""
    assert all(re.match(rf"# [^a-z]*[{HAN}].* [a-z]", comment) for comment in comments)


def test_cells_are_few_and_short(notebook):
    assert len(notebook["cells"]) <= MOST_CELLS
    parameters, *cells = _code(notebook)  # a line for every choice: as long as there are choices
    assert is_tagged(parameters, "parameters")
    assert max(len(cell["source"].splitlines()) for cell in cells) <= LONGEST_CELL


def test_nothing_is_defined_in_it(notebook):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    assert [node for tree in _trees(notebook) for node in ast.walk(tree) if isinstance(node, kinds)] == []


def test_no_warning_is_silenced_and_nothing_is_loaded_by_a_computed_name(notebook):
    names = {node.id for tree in _trees(notebook) for node in ast.walk(tree) if isinstance(node, ast.Name)}
    modules = {
        name
        for tree in _trees(notebook)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
    }
    assert not {"warnings", "importlib", "logging"} & (names | modules)
    assert not {"__import__", "exec", "eval", "open", "print"} & names


def test_every_claim_is_a_sentence_followed_by_code(notebook):
    kinds = [
        "claim" if cell["cell_type"] == "markdown" and cell["source"].startswith("## ") else cell["cell_type"]
        for cell in notebook["cells"]
    ]
    claims = [place for place, kind in enumerate(kinds) if kind == "claim"]
    assert claims
    assert all(kinds[place + 1] == "code" for place in claims)


def test_it_says_what_would_change_the_answer_and_on_what_it_rests(notebook):
    assert any(
        text.startswith("## 什么会改变这一结论 What would change this answer") for text in _prose(notebook)
    )
    assert re.search(r"A-\d\d|doi:", _prose(notebook)[-1])


def test_no_result_is_typed_into_prose(notebook):
    for text in _prose(notebook):
        for allowed in DEFINITIONS:
            text = text.replace(allowed, "")
        text = re.sub(r"`[^`]*`|doi:\S+|https?://\S+|^#+ \d+\.", "", text, flags=re.MULTILINE)
        assert TYPED.findall(text) == [], text


def test_outputs_are_committed_whole_and_in_order(notebook):
    counts = [cell["execution_count"] for cell in _code(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    kinds = {output["output_type"] for cell in _code(notebook) for output in cell["outputs"]}
    assert "error" not in kinds
    assert not any(output.get("name") == "stderr" for cell in _code(notebook) for output in cell["outputs"])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_light_enough_to_be_reviewed(path):
    assert path.stat().st_size < 1000 * 1024


def test_it_has_a_figure(notebook):
    pictures = [
        output
        for cell in _code(notebook)
        for output in cell["outputs"]
        if "image/png" in output.get("data", {})
    ]
    assert pictures


def test_outputs_name_no_place_and_no_address(notebook):
    for text in _texts(notebook):
        assert not re.search(r"/(home|root|tmp|work|Users)/|[A-Z]:\\\\| at 0x[0-9a-f]+", text), text[:200]


def test_metadata_names_the_kernel_and_no_machine(notebook):
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert set(notebook["metadata"]) <= {"kernelspec", "language_info"}
    assert all(set(cell["metadata"]) <= {"tags"} for cell in notebook["cells"])
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
