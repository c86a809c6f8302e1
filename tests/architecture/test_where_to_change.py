"""The tasks of docs/where.md are done in a copy of the package, in no more files than the page names."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest
from shipped import ROOT

PAGE = (ROOT / "docs" / "where.md").read_text(encoding="utf-8")

ESTIMATOR = {
    "methodology/thresholds/quantiles.py": [
        (
            "_BEST: dict[",
            "def _trimean(ordered: Floats, share: float) -> float:\n"
            "    below, at, above = (_hyndman_fan(ordered, share * k, kind=7) for k in (0.5, 1, 1.5))\n"
            "    return (below + 2 * at + above) / 4\n\n\n_BEST: dict[",
        ),
        (
            '    "harrell-davis": _harrell_davis,\n',
            '    "harrell-davis": _harrell_davis,\n    "trimean": _trimean,\n',
        ),
    ],
    "methodology/parameters/model.py": [
        ('        "harrell-davis",\n', '        "harrell-davis",\n        "trimean",\n')
    ],
    "params/alternatives.yaml": [("[attainment, harrell-davis,", "[attainment, trimean, harrell-davis,")],
}
ESTIMATED = """
from methodology.parameters import load_run
from methodology.thresholds import quantile_threshold
assert round(quantile_threshold(range(1, 102), 0.4, method="trimean"), 6) == 41
assert load_run("params/runs/ironmaking.yaml", ["thresholds.method=trimean"]).thresholds.method == "trimean"
"""

EXPERTS = {
    "methodology/weights/nodes.py": [
        (
            "def _averaged(",
            "def ranked_node(\n    judgements: Judgements, node: str, items: Sequence[str], choices: Choices\n"
            ") -> NodePanel | None:\n"
            '    """Centroid weights of the order that points put items in."""\n'
            "    panel = budget_node(judgements, node, items, choices)\n"
            "    if panel is None:\n        return None\n"
            '    ranks = panel.individual.rank(axis=1, ascending=False, method="first").to_numpy(dtype=int)\n'
            "    centroids = np.cumsum((1 / np.arange(1, len(items) + 1))[::-1])[::-1] / len(items)\n"
            "    own = pd.DataFrame(centroids[ranks - 1], index=panel.individual.index, columns=list(items))\n"
            '    return _averaged(judgements, node, own, panel.experts, "AIP-arithmetic", [])\n\n\ndef _averaged(',
        )
    ],
    "methodology/weights/hierarchy.py": [
        ("budget_node, pairwise_node,", "budget_node, pairwise_node, ranked_node,"),
        (
            '    "budget": (budget_node,',
            '    "ranks": (ranked_node, "budget.csv"),\n    "budget": (budget_node,',
        ),
    ],
    "methodology/parameters/model.py": [
        ('Literal["ahp", "best-worst",', 'Literal["ahp", "ranks", "best-worst",')
    ],
    "methodology/parameters/words.py": [
        ('    "budget": ', '    "ranks": "centroids of ranks",\n    "budget": ')
    ],
    "params/alternatives.yaml": [("weights.method: [ahp,", "weights.method: [ahp, ranks,")],
}
ASKED = """
from methodology.forms import read_judgements
from methodology.indicators import load_system
from methodology.parameters import load_run
from methodology.weights import derive_weights
from pathlib import Path
system = load_system(Path("params/systems/ironmaking.yaml"))
judgements = read_judgements(Path("data/judgements/ironmaking"), system)
choices = load_run("params/runs/ironmaking.yaml", ["weights.method=ranks"]).weights
found = derive_weights(system, judgements, None, choices)
assert float(round(found.published["weight"].sum(), 9)) == 1
assert found.panel.panels["groups"].individual.shape[0] == judgements.budget["expert"].nunique()
"""

FIGURE = {
    "methodology/figures/sample.py": [
        (
            "@in_house_style\ndef sample_spread",
            "@in_house_style\ndef plants_counted(sample: Sample) -> ClaimFigure:\n"
            '    """Show how many plants there are."""\n'
            '    made, axes = sheet(f"{len(sample.plants)} plants", sample.values, plants=True)\n'
            "    axes.barh([0], [len(sample.plants)])\n"
            "    return made\n\n\n@in_house_style\ndef sample_spread",
        )
    ],
    "methodology/figures/__init__.py": [
        (
            "__all__ = [",
            'from methodology.figures.sample import plants_counted\n\n__all__ = [\n    "plants_counted",',
        )
    ],
}
DRAWN = """
from methodology import figures
from methodology.indicators import load_system
from methodology.sample import load
from pathlib import Path
sample = load(Path("data/samples/ironmaking"), load_system(Path("params/systems/ironmaking.yaml"))).sample
assert figures.plants_counted(sample).claim == f"{len(sample.plants)} plants"
"""
NOTEBOOK = 1
"""A figure is shown by a cell of one notebook besides."""


def section(title: str) -> str:
    """Text of a task on the page."""
    return PAGE[PAGE.index(f"## {title}") :].split("\n## ")[0]


@pytest.mark.parametrize(
    ("title", "edits", "check", "most"),
    [
        ("An estimator of a benchmark value", ESTIMATOR, ESTIMATED, 3),
        ("A method for experts' judgements", EXPERTS, ASKED, 6),
        ("A figure", FIGURE, DRAWN, 3 - NOTEBOOK),
    ],
    ids=["estimator", "experts", "figure"],
)
def test_a_task_is_done_in_the_files_that_the_page_names(tmp_path, title, edits, check, most):
    assert len(edits) <= most
    named = set(re.findall(r"`((?:methodology|params)/[\w./]+\.\w+)`", section(title)))
    stage = {
        file for file in edits if "figures/" in file and not file.endswith("__init__.py")
    }  # any file of a stage
    assert set(edits) - stage <= named
    for folder in ("methodology", "params"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "data").symlink_to(ROOT / "data")
    for file, changes in edits.items():
        text = (tmp_path / file).read_text(encoding="utf-8")
        for before, after in changes:
            assert text.count(before) == 1, f"{file} has no single {before!r}"
            text = text.replace(before, after)
        (tmp_path / file).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {check.strip()}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
