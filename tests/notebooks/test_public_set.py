"""A whole run on what is shipped, under both promises: every public file is searched for every figure of every plant.

The search shares nothing with the guard: it strips tags, opens archives and compares texts.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from evidence_weights import everywhere, faults_of
from PIL import Image
from shipped import ROOT

from methodology.errors import StageError
from methodology.evidence import build, build_evidence
from methodology.indicators.display import number, percent, unit_of
from methodology.parameters import Project

STATED = 1
"""Cells measured, or below a stated limit."""
NUMBER = re.compile(r"(?<![A-Za-z0-9_.])\d+(?:\.\d+)?(?!\.?\d)")
SHARE = re.compile(r"(?<![A-Za-z0-9_.])(?:\d+(?:\.\d+)?\s*[|·%–]+\s*)*\d+(?:\.\d+)?\s?%")
FEWEST = 3
"""Significant digits below which a number may be anything."""
FIXED = {"assumptions.html": "docs/assumptions.md", "terms.html": "methodology/evidence/terms.yaml"}
"""Pages that print a text of the repository: what stands there word for word tells nothing about a plant."""
AROUND = 12
"""Characters on either side that must stand there with a number."""


@pytest.fixture(scope="module", params=["joint", "marginal"])
def run(request, run_shipped) -> Path:
    return Path(run_shipped(request.param).stdout.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def system():
    return Project.around(ROOT).system("ironmaking")


@pytest.fixture(scope="module")
def plants(run, system) -> dict[str, set[float]]:
    """Figures of plants, reported and corrected, and the values and limits read off them, by indicator."""
    results = run / "results"
    sample = pd.read_parquet(results / "sample.parquet")
    found = {
        item.id: set(sample.loc[sample[f"state:{item.id}"] <= STATED, item.id].dropna())
        for item in system.indicators
        if item.kind == "quantitative"
    }
    for file, columns in (
        ("corrections", ["reported", "corrected"]),
        ("thresholds", ["value", "lower", "upper"]),
    ):
        table = pd.read_csv(results / f"{file}.csv")
        for name, own in table[table["indicator"].isin(found)].groupby("indicator"):
            found[str(name)] |= set(own[columns].to_numpy().ravel()) - {float("nan")}
    return {name: {value for value in values if value == value} for name, values in found.items()}


@pytest.fixture(scope="module")
def proposal(run) -> dict:
    return json.loads((run / "results" / "proposal.json").read_text(encoding="utf-8"))


def printed(value: float, step: float | None) -> set[str]:
    """Every text a value may be printed as that is not on the published grid."""
    exact = Decimal(repr(abs(float(value))))
    texts = {f"{exact:.{places}f}" for places in range(7)} | {f"{exact:f}", number(abs(value))}
    digits = {
        text: len((text.replace(".", "") if "." in text else text.rstrip("0")).lstrip("0")) for text in texts
    }
    long = {text for text, count in digits.items() if count >= FEWEST}
    return {text for text in long if step is None or Decimal(text) % Decimal(repr(step)) != 0}


def explained(system, proposal) -> set[str]:
    """Numbers that stand in the system, in the choices, or are proposed or weights."""
    chosen = {key: value for key, value in proposal["parameters"].items() if key != "why"}
    known = set(
        NUMBER.findall(system.model_dump_json(exclude={"indicators": {"__all__": {"anchors", "bounds"}}}))
    )
    known |= set(NUMBER.findall(json.dumps(chosen)))
    made = [told["proposed"] for told in proposal.get("promises", {}).values()]
    made += [
        {
            e["id"]: {level: told["proposed"] for level, told in e["levels"].items()}
            for e in proposal["indicators"]
        }
    ]
    values = [
        value for each in made for levels in each.values() for value in levels.values() if value is not None
    ]
    values += [
        end for item in system.indicators for each in item.comparators for end in pd.Series(each.value)
    ]
    for value in values:
        known |= {f"{abs(value):.{places}f}" for places in range(5) if round(value, places) == value} | {
            number(abs(value))
        }
    weights = pd.DataFrame(proposal["indicators"])[["group", "weight"]].round(
        proposal["parameters"]["weights"]["decimals"]
    )
    groups = weights.groupby("group")["weight"].transform("sum")
    return known | {
        f"{value:.{p}f}"
        for c in (weights["weight"], groups, weights["weight"] / groups)
        for value in c
        for p in (2, 3)
    }


def by_methods(run: Path) -> set[str]:
    """Weights by methods that read no plant, of indicators and of groups, which the pages of groups print."""
    table = pd.read_csv(run / "results" / "weights_methods.csv")
    table = table[~table["method"].isin(["entropy", "critic", "pca"])]
    groups = table.groupby(["method", "group"])["weight"].sum()
    return {f"{value:.3f}" for value in (*table["weight"], *groups)}


def texts_of(path: Path) -> Iterator[str]:
    """Everything readable in a file."""
    if path.suffix == ".png":
        with Image.open(path) as image:
            yield " ".join(str(value) for value in image.info.values() if isinstance(value, str))
    elif path.suffix == ".xlsx":
        for sheet in openpyxl.load_workbook(path):
            for row in sheet.iter_rows(values_only=True):
                yield " ¦ ".join(
                    f"{value:.12g}" if isinstance(value, float) else str(value)
                    for value in row
                    if value is not None
                )
    if path.suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if (
                    name.startswith(
                        ("word/document", "word/header", "word/footer", "docProps/core", "docProps/custom")
                    )
                    or "comments" in name
                    or name == "xl/workbook.xml"
                ):
                    yield stripped(archive.read(name).decode())
    elif path.suffix == ".svg":
        yield from (
            stripped(one)
            for one in re.findall(r"<(?:text|title)\b[^>]*>.*?<", path.read_text(encoding="utf-8"))
        )
    elif path.suffix == ".html":
        text = path.read_text(encoding="utf-8")
        yield stripped(re.sub(r"(?s)<svg.*?</svg>", " ", text))
        yield from (
            html.unescape(value)
            for value in re.findall(r'(?:alt|title|content|data-[a-z]+|aria-label)="([^"]*)"', text)
        )
    elif path.suffix in (".json", ".js"):
        yield path.read_text(encoding="utf-8")


def stripped(text: str) -> str:
    text = re.sub(
        r"</?(?:w:p|w:tc|w:tr|w:br|td|th|tr|p|li|div|dd|dt|br|h\d|small|b|a|option)\b[^>]*>", " ", text
    )
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def passages(path: Path) -> Iterator[tuple[str, str]]:
    """Texts of a file, each with the page it is of: the list that the search looks through holds the texts of all."""
    if path.name == "search_data.js":
        script = path.read_text(encoding="utf-8")
        entries, end = json.JSONDecoder().raw_decode(script, script.index("["))
        for page, _, title, places in entries:
            yield from ((page, text) for texts in [title, *places] for text in texts)
        yield path.name, script[end:]
    else:
        yield from ((path.name, text) for text in texts_of(path))


def beyond(page: str, text: str) -> str:
    """A text of a page without the numbers that stand in the repository between the same words."""
    if page not in FIXED:
        return text
    fixed = squeezed((ROOT / FIXED[page]).read_text(encoding="utf-8"))
    return NUMBER.sub(
        lambda n: " " if squeezed(text[max(0, n.start() - AROUND) : n.end() + AROUND]) in fixed else n[0],
        text,
    )


def squeezed(text: str) -> str:
    return re.sub(r"\W+", "", text)


def found_in(folder: Path, run: Path, plants, system, proposal) -> dict[str, set[str]]:
    """Files of a set with the figures of plants they print."""
    known = explained(system, proposal) | by_methods(run)
    most = proposal["plants"]
    fractions = {part / whole for whole in range(1, most + 1) for part in range(whole + 1)}
    levels = [level for entry in proposal["indicators"] for level in entry["levels"].values()]
    fractions |= {level["confidence"] for level in levels if level["confidence"] is not None}
    fractions |= {
        end
        for name in ("crossed_lower", "crossed_upper")
        for end in proposal[name].values()
        if end is not None
    }
    covered = (
        pd.read_csv(run / "results" / "coverage.csv")
        .set_index("stratum")
        .loc["all", ["share", "capacity_share"]]
    )
    points = pd.read_csv(run / "results" / "frontier_points.csv").query("point == 'proposed'")
    ends = points[["lower", "upper", "expected_lower", "expected_upper"]].to_numpy().ravel()
    parts = pd.read_csv(run / "results" / "sensitivity" / "influence.csv").query("output == 'share_II'")
    fractions |= {value for value in (*ends, parts["shapley"].max()) if value == value}
    shares = {percent(share).removesuffix(" %") for share in fractions.union(covered)}
    forms = {
        text
        for name, values in plants.items()
        for value in values
        for text in printed(value, system[name].step)
    }
    found: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.parent.name != "_static":
            for page, text in passages(path):
                own = beyond(page, text.replace(run.name, ""))
                told = SHARE.sub(lambda part: " ".join(set(NUMBER.findall(part[0])) - shares), own)
                found.setdefault(path.name, set()).update((set(NUMBER.findall(told)) & forms) - known)
    return {name: hits for name, hits in found.items() if hits}


@pytest.fixture(scope="module")
def internal(run, plants, system, proposal) -> dict[str, set[str]]:
    """What the search finds in the internal set."""
    return found_in(run / "internal", run, plants, system, proposal)


def test_no_public_file_prints_a_figure_of_a_plant_or_a_value_read_off_one(run, plants, system, proposal):
    assert sum(map(len, plants.values())) > 400
    assert found_in(run / "public", run, plants, system, proposal) == {}


def test_the_same_search_finds_them_all_over_the_internal_set(internal, system):
    own = {
        f"indicator-{item.id.replace('_', '-')}.html"
        for item in system.indicators
        if item.kind == "quantitative"
    }
    assert len(own) == 17
    told = {"index.html", "what_if.html", "search_data.js", "03_thresholds.html", "06_proposal.html"}
    assert own | told | {"explanation.docx", "proposal.xlsx", "proposal.json"} <= set(internal)
    assert len(set().union(*internal.values())) > 100


def test_the_standard_and_the_fixed_texts_print_none_in_the_internal_set_either(run, internal):
    none = {"standard.docx", *FIXED}
    assert none <= {path.name for path in (run / "internal").rglob("*")}
    assert not none & set(internal)


@pytest.mark.parametrize("run", ["joint"], indirect=True)
@pytest.mark.parametrize("text", ["255.5", "256 kg/t"])
def test_a_figure_put_into_a_fixed_text_is_found_where_it_is_read_and_where_it_is_searched(
    run, plants, system, proposal, text, tmp_path
):
    assert {255.5} <= plants["slag_ratio"]
    for name, end in (("assumptions.html", "</main>"), ("search_data.js", '"]]]];')):
        whole = (run / "public" / "site" / name).read_text(encoding="utf-8")
        assert whole.count(end) == 1
        (tmp_path / name).write_text(
            whole.replace(end, f" The best reported {text} in all.{end}"), encoding="utf-8"
        )
    figure = text.split()[0]
    assert found_in(tmp_path, run, plants, system, proposal) == {
        "assumptions.html": {figure},
        "search_data.js": {figure},
    }


@pytest.mark.parametrize("run", ["joint"], indirect=True)
def test_one_calibrated_value_in_a_public_reason_stops_the_build(
    run, proposal, tmp_path, system, monkeypatch
):
    monkeypatch.setattr(build, "_draw", lambda *_: {})  # no figure shows a reason, and drawing takes longest
    copy = tmp_path / run.name
    for part in ("results", "notebooks"):
        shutil.copytree(run / part, copy / part)
    made = json.loads(json.dumps(proposal))
    (entry,) = (own for own in made["indicators"] if own["id"] == "coke_ratio")
    level = next(own for own in entry["levels"].values() if own["calibrated"] % system["coke_ratio"].step)
    value = level["calibrated"]
    level["reasons"].append({"en": f"It stood at {value}.", "zh": f"原为{value}。", "public": True})
    (copy / "results" / "proposal.json").write_text(json.dumps(made), encoding="utf-8")
    with pytest.raises(
        StageError, match=f"(?s)public/proposal.json.*{value} is a plant's figure.*'coke_ratio'"
    ):
        build_evidence(copy, system)
    assert not (copy / "public").exists()


def test_the_figure_of_no_single_plant_is_in_a_public_column(run, plants):
    made = json.loads((run / "public" / "proposal.json").read_text(encoding="utf-8"))
    for entry in made["indicators"]:
        for level in entry["levels"].values():
            assert entry["kind"] == "qualitative" or {
                level[key] for key in ("calibrated", "lower", "upper")
            } == {None}
    header = next(
        openpyxl.load_workbook(run / "public" / "proposal.xlsx")["proposal 拟定值"].iter_rows(
            values_only=True
        )
    )
    assert not [name for name in header if str(name).startswith(("calibrated", "lower", "upper"))]


def test_no_cell_of_a_page_prints_a_unit_as_programs_write_it(run, system):
    raw = {item.unit for item in system.indicators if unit_of(item) not in ("", item.unit)}
    assert {"C", "m3/t", "mg/m3", "kgCO2/t"} <= raw
    for path in [*run.glob("public/site/*.html"), *run.glob("internal/site/*.html")]:
        cells = re.findall(r"<td[^>]*>([^<]+)</td>", path.read_text(encoding="utf-8"))
        assert [cell for cell in cells if cell.split()[-1:] and cell.split()[-1] in raw] == [], path


def test_printed_weights_add_up_in_every_document(run):
    assert {name: faults_of(found) for name, found in everywhere(run) if faults_of(found)} == {}
