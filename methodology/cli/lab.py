"""Open JupyterLab on a start page that says what there is and where to begin."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from methodology.parameters import Project
from methodology.results.store import Store

START = "start.ipynb"
"""The page, in the folder of runs: made anew each time, and no part of a study. JupyterLab shows a notebook as it
reads, and a Markdown file as it is written."""
_NEWEST = 20
_ORDER = (
    ("01_sample", "样本与修正", "plants and corrections"),
    ("02_weights", "权重", "weights"),
    ("03_thresholds", "基准值测算", "benchmark values"),
    ("04_evaluation", "评定", "levels of plants"),
    ("05_sensitivity", "敏感性", "sensitivity"),
    ("06_proposal", "拟定值", "the proposal"),
    ("what_if", "如果…会怎样", "what if a value were different"),
)


def lab_command(project: Project, options: Sequence[str] = ()) -> list[str]:
    """
    The command that starts JupyterLab in a project or study: with the start page, where there is one, without news.

    Parameters
    ----------
    project : Project
    options : sequence of str
        Options of JupyterLab; they come last and win. Address and token stay as JupyterLab sets them.
    """
    command = [sys.executable, "-m", "jupyterlab", "--notebook-dir", str(project.root)]
    command += ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    if (project.root / "runs" / START).is_file():
        command.append(f"--LabApp.default_url=/lab/tree/runs/{START}")
    return [*command, *options]


def lab_environment() -> dict[str, str]:
    """What JupyterLab is told beside its options: not to ask whether one would like to hear news."""
    own = str(Path(__file__).with_name("jupyter"))
    return {
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, (os.environ.get("JUPYTER_CONFIG_PATH"), own)))
    }


def write_start_page(project: Project) -> Path | None:
    """Write the start page below the runs; None where the folder may not be written."""
    path = project.root / "runs" / START
    try:
        path.parent.mkdir(exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(_as_notebook(start_page(project)), encoding="utf-8", newline="\n")
        os.replace(part, path)
    except OSError:
        return None
    return path


def _as_notebook(text: str) -> str:
    cell = {"cell_type": "markdown", "id": "start", "metadata": {"editable": False}, "source": text}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps(
        {"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    )


def start_page(project: Project) -> str:
    """What this is, the runs there are, newest first, and what to open in which order; in Chinese and English."""
    what = _literal(project.root.name) if project.is_study else "workbench"
    parts = [
        f"# {what}：从这里开始 Start here",
        "由样本企业的数据测算清洁生产评价指标的基准值与权重，并附依据。 Benchmark values and weights of "
        "cleaner-production standards are calibrated on the plants of a sample, with their evidence.",
        "## 已有的测算 Runs there are",
        _runs(project),
        "## 按顺序打开 What to open, in this order",
        _notebooks(project),
        "每本笔记可独立阅读；逐格运行按Shift+Enter。 Each can be read alone; Shift+Enter runs a cell.",
        "## 自己的数据 Your own data",
        "在终端中新建研究，再逐项检查、测算： In a terminal make a study, check it and run it:",
        "```\nworkbench new FOLDER --system ID --plants FILES\nworkbench check FOLDER\nworkbench run FOLDER\n"
        "workbench lab FOLDER\n```",
        "## 比较 Compare",
        "```\nworkbench runs\nworkbench diff RUN OTHER-RUN\n```",
        "## 阅读 Read",
        "“阅读”一栏的链接打开该次测算的网页；内部资料不得外传。 The links above open the pages of a run in the file "
        "browser; the internal ones must not leave the house.",
    ]
    return "\n\n".join(parts) + "\n"


def _runs(project: Project) -> str:
    made = Store(project.root / "runs").readable()[0]
    if not made:
        file = "" if project.is_study else " params/runs/ironmaking.yaml"
        return f"尚无测算，先运行： None yet; make one:\n\n```\nworkbench run{file}\n```"
    rows = [_row(folder, record) for folder, record in reversed(made.items())]
    more = f"\n\n… {len(rows):,}" if len(rows) > _NEWEST else ""
    head = "| 测算 run | 系统 system | 时间 made | 缘由 why | 阅读 read |\n|---|---|---|---|---|"
    return "\n".join([head, *rows[:_NEWEST]]) + more


def _row(folder: Path, record: dict[str, object]) -> str:
    here = quote(f"{folder.parent.name}/{folder.name}")
    pages = {"public/site/index.html": "公开 public", "internal/site/index.html": "内部 internal"}
    links = [f"[{words}]({here}/{page})" for page, words in pages.items() if (folder / page).is_file()]
    cells = [str(record[name]) for name in ("run", "system", "created", "why")]
    return f"| {' | '.join([*(_literal(cell[:120]) for cell in cells), ' · '.join(links)])} |"


def _notebooks(project: Project) -> str:
    there = [
        f"{place}. [{zh} {en}](../notebooks/{name}.ipynb)"
        for place, (name, zh, en) in enumerate(_ORDER, start=1)
        if (project.root / "notebooks" / f"{name}.ipynb").is_file()
    ]
    return "\n".join(there) or "此处没有笔记。 There are no notebooks here."


def _literal(text: str) -> str:
    """One line in which no sign means anything to Markdown or HTML."""
    return "".join(
        f"&#{ord(sign)};" if sign in r"\`*_{}[]<>()#!|$&~" else sign for sign in " ".join(text.split())
    )
