"""Open JupyterLab on a start page that says what there is and where to begin."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from methodology.cli.studies import run_file
from methodology.errors import DataError, MethodError, WorkbenchError
from methodology.languages import FIRST, by_line, current, in_order, say, speaking
from methodology.parameters import Parameters, Project, load_run
from methodology.parameters.project import STUDY
from methodology.results.session import LAB
from methodology.results.store import Store, write_whole
from methodology.runs.lab_notebooks import copy_notebooks, copy_shipped

START = "start.md"
"""The page, in the folder of runs: made anew each time, and no part of a study. `jupyter/labconfig` has JupyterLab show
it as it reads, without a kernel."""
_NEWEST = 20
_WHAT_IF = "what_if"
_ORDER = (
    ("01_sample", "样本与修正", "plants and corrections"),
    ("02_weights", "权重", "weights"),
    ("03_thresholds", "基准值测算", "benchmark values"),
    ("04_evaluation", "评定", "levels of plants"),
    ("05_sensitivity", "敏感性", "sensitivity"),
    ("06_proposal", "拟定值", "the proposal"),
    (_WHAT_IF, "如果…会怎样", "what if a value were different"),
)
_SCENARIOS = ("scenarios", "情景并列比较", "scenarios side by side")
_ANNEXES = (
    ("series", "各工序对照", "the standards of all processes side by side"),
    _SCENARIOS,
    ("method_coverage", "方法的可靠性", "how far the methods can be trusted"),
)
_TERMINAL = (
    "在终端（菜单“文件”File→“新建”New→“终端”Terminal）中",
    "In a terminal (menu *File*, *New*, *Terminal*)",
)
_FIRST = "ironmaking"
"""The system whose outputs the shipped notebooks carry."""


def workplace(project: Project) -> Path:
    """
    Where JupyterLab opens: the study, the checkout one stands in, or else the working directory.

    Of a checkout that only others may write, in the home of whoever stands there.
    """
    here = Path.cwd()
    inside = project.is_study or here.resolve().is_relative_to(project.root.resolve())
    folders = ([project.root] if inside else []) + [here, Path.home()]
    return next((folder for folder in folders if os.access(folder, os.W_OK)), here)


def prepare(project: Project, place: Path) -> Path | None:
    """Put copies of the notebooks and the start page in place; None where the folder may not be written."""
    try:
        if project.is_study:
            file = run_file(project)
            copy_notebooks(project, load_run(file), file.stem)
        else:
            copy_shipped(project, place / "runs", _choices(project, place))
    except OSError:
        return None
    return write_start_page(project, place)


def _choices(project: Project, place: Path) -> dict[str, Parameters]:
    """Choices of the first system, of those that have runs and of the study that was named, by system."""
    made = {folder.parent.name for folder in Store(place / "runs").runs()}
    names = dict.fromkeys((_FIRST, *sorted(made), project.run or _FIRST))
    files = (project.place(f"params/runs/{name}.yaml") for name in names)
    return {chosen.system: chosen for file in files if file.is_file() for chosen in [load_run(file)]}


def lab_command(place: Path, options: Sequence[str] = ()) -> list[str]:
    """
    The command that starts JupyterLab in a folder: with the start page, where there is one, without news.

    Options come last and win. Address and token stay as JupyterLab sets them.
    """
    command = [sys.executable, "-m", "jupyterlab", "--notebook-dir", str(place)]
    command += ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    command.append("--LabApp.extension_manager=readonly")
    if getattr(os, "geteuid", lambda: 1)() == 0:  # who starts it is root already; it hears this machine only
        command.append("--allow-root")
    if (place / "runs" / START).is_file():
        command.append(f"--LabApp.default_url=/lab/tree/runs/{START}")
    return [*command, *options]


def voila_command(project: Project, place: Path, options: Sequence[str] = ()) -> list[str]:
    """
    The command that serves the what-if of a study, or of the first system, through Voilà as `jupyter/voila.json` says.

    Options come last and win.
    """
    if find_spec("voila") is None:
        raise MethodError(
            "--voila needs the extra `voila`: pip install 'voila>=0.5.8'. Without it the same instrument stands in the "
            "internal page of every run. 需先安装voila；每次测算的内部网页中也有同样的工具。"
        )
    notebook = next(iter(_copies(project, place)), place) / f"{_WHAT_IF}.ipynb"
    if not notebook.is_file():
        raise DataError(
            f"{notebook} could not be written. Stand in a folder that may be written. 请换到可写的文件夹。"
        )
    return [sys.executable, "-m", "voila", str(notebook), *options]


def lab_environment(place: Path, language: str = "") -> dict[str, str]:
    """
    What JupyterLab is told beside its options: our kernel, no news, outputs that survive a refusal, own tabs.

    English leaves menus English where the Chinese language pack is installed.
    """
    own = Path(__file__).with_name("jupyter")
    asked = {
        "JUPYTER_CONFIG_PATH": [own / "english", own] if language == "en" else [own],
        "JUPYTER_PATH": [own],
    }
    paths = {
        name: os.pathsep.join(filter(None, (os.environ.get(name), *map(str, folders))))
        for name, folders in asked.items()
    }
    # In its terminals `workbench` is this one, though nobody has activated the environment.
    paths["PATH"] = os.pathsep.join(filter(None, (str(Path(sys.executable).parent), os.environ.get("PATH"))))
    return paths | {"JUPYTERLAB_WORKSPACES_DIR": str(place / "runs" / LAB / "workspaces")}


def first_language(project: Project) -> dict[str, str]:
    """The language that the notebooks of a study speak first, for the environment of its kernels."""
    return {FIRST: str(project.stated.get("language", ""))} if project.is_study else {}


def write_start_page(project: Project, place: Path) -> Path | None:
    """Write the start page below the runs, the study's language first; None where the folder may not be written."""
    path = place / "runs" / START
    try:
        with speaking("en" if (first_language(project).get(FIRST) or current()) == "en" else "zh"):
            write_whole(path, start_page(project, place))
    except OSError:
        return None
    return path


def start_page(project: Project, place: Path) -> str:
    """What this is, the runs there are, newest first, and what to open in which order; in Chinese and English."""
    what = _literal(project.root.name) if project.is_study else "workbench"
    parts = [
        f"# {say('{choice}: {setting}', choice=what, setting=_both('从这里开始', 'Start here'))}",
        _both(
            "由样本企业的数据测算清洁生产评价指标的基准值与权重，并附依据。",
            "Benchmark values and weights of cleaner-production standards are calibrated on the plants of a "
            "sample, with their evidence.",
        ),
        _headed("已有的测算", "Runs there are"),
        _runs(project, place),
        *_studies(place),
        _headed("按顺序打开", "What to open, in this order"),
        _notebooks(project, place),
        *in_order(
            "均为副本，可随意改动；可从任何一本开始：所需表格取自最新一次测算，没有则先行测算。打开后在菜单“运行”（Run）中选择"
            "“运行所有单元格”（Run All Cells）；逐格运行按Shift+Enter。会话的表格在`runs/lab/`，删除即重新开始。",
            "They are copies to work in, and any may come first: tables it needs are taken from the newest run, or "
            "computed. Open one and choose *Run All Cells* in the menu *Run*; Shift+Enter runs one cell. Tables of the "
            "session stand in `runs/lab/`; delete it to start again.",
        ),
        _headed("自己的数据", "Your own data"),
        _both(
            f"{_TERMINAL[0]}新建研究，再逐项检查、测算：", f"{_TERMINAL[1]} make a study, check and run it:"
        ),
        "```\nworkbench new FOLDER --system ID --plants FILES\nworkbench check FOLDER\nworkbench run FOLDER\n"
        "workbench lab FOLDER\n```",
        _headed("比较", "Compare"),
        "```\nworkbench runs\nworkbench diff RUN OTHER-RUN\n```",
        *_pages(place),
    ]
    return "\n\n".join(parts) + "\n"


def _both(zh: str, en: str) -> str:
    return " ".join(in_order(zh, en))


def _headed(zh: str, en: str) -> str:
    return f"## {_both(zh, en)}"


def _runs(project: Project, place: Path) -> str:
    made = Store(place / "runs").readable()[0]
    if not made:
        file = "" if project.is_study else " params/runs/ironmaking.yaml"
        words = _both(f"尚无测算。{_TERMINAL[0]}运行：", f"None yet. {_TERMINAL[1]} make one:")
        return f"{words}\n\n```\nworkbench run{file}\n```"
    rows = [_row(record) for record in reversed(made.values())]
    more = f"\n\n… {len(rows):,}" if len(rows) > _NEWEST else ""
    heads = (("测算", "run"), ("系统", "system"), ("时间", "made (UTC)"), ("缘由", "why"))
    head = f"| {' | '.join(_both(*names) for names in heads)} |\n|---|---|---|---|"
    return "\n".join([head, *rows[:_NEWEST]]) + more


def _studies(place: Path) -> list[str]:
    """The studies in a folder, and how each is opened."""
    found = sorted(file.parent.name for file in place.glob(f"*/{STUDY}"))
    lines = [f"- {_literal(name)}" for name in found]
    words = _both(
        f"{_TERMINAL[0]}打开：`workbench lab 文件夹`。", f"{_TERMINAL[1]} open one: `workbench lab FOLDER`."
    )
    return [_headed("已有的研究", "Studies there are"), "\n".join(lines), words] if found else []


def _row(record: dict[str, object]) -> str:
    told = {name: str(record[name])[:120] for name in ("run", "system", "created", "why")}
    told |= {"created": told["created"][:16].replace("T", " "), "why": say(by_line(record["why"]))[:120]}
    return f"| {' | '.join(map(_literal, told.values()))} |"


def _pages(place: Path) -> list[str]:
    """Where the pages of the newest run are; JupyterLab, which trusts no page, would show them as bare text."""
    made = Store(place / "runs").readable()[0]
    newest = next(reversed(made), place)
    files = [
        file
        for file in (newest / f"{kind}/site/index.html" for kind in ("public", "internal"))
        if file.is_file()
    ]
    if not files:
        return []
    return [
        _headed("阅读", "Read"),
        _both(
            "最新一次测算的网页，请在浏览器中打开（在JupyterLab中只显示文字）；内部资料不得外传。",
            "Pages of the newest run: open them in a browser, for JupyterLab shows bare text. The internal ones "
            "must not leave the house.",
        ),
        "\n".join(f"- {_literal(str(file))}" for file in files),
        _both(
            f"若在服务器上，先{_TERMINAL[0]}打包，再在左侧右键下载：",
            "On a server pack them in a terminal, then download the file on the left with a right click:",
        ),
        f"    python -m zipfile -c runs/pages.zip runs/{newest.parent.name}/{newest.name}/internal",
    ]


def _notebooks(project: Project, place: Path) -> str:
    """Links to the copies: in order for the study or each system, then those of the series."""
    parts = []
    for folder in _copies(project, place):
        links = _links(folder, (*_ORDER, _SCENARIOS), place)
        name = "" if project.is_study else f"### {_title(project, folder.name)}\n\n"
        parts += (
            [name + "\n".join(f"{number}. {link}" for number, link in enumerate(links, start=1))]
            if links
            else []
        )
    annexes = _links(place / "runs" / LAB / "notebooks", _ANNEXES, place)
    parts += (
        [f"#{_headed('各工序', 'All processes')}\n\n" + "\n".join(f"- {link}" for link in annexes)]
        if annexes
        else []
    )
    return "\n\n".join(parts) or _both("此处没有笔记。", "There are no notebooks here.")


def _copies(project: Project, place: Path) -> list[Path]:
    """Folders with copies of the notebooks: the study's, or one for each system, the first system's first."""
    if project.is_study:
        return [project.root / "notebooks"]
    folders = [path.parent for path in (place / "runs" / LAB / "notebooks").glob("*/01_*.ipynb")]
    return sorted(folders, key=lambda folder: (folder.name != _FIRST, folder.name))


def _links(folder: Path, words: Sequence[tuple[str, str, str]], place: Path) -> list[str]:
    way = quote(Path(os.path.relpath(folder, place / "runs")).as_posix())
    there = [item for item in words if (folder / f"{item[0]}.ipynb").is_file()]
    return [f"[{_both(zh, en)}]({way}/{name}.ipynb)" for name, zh, en in there]


def _title(project: Project, system: str) -> str:
    try:
        found = project.system(system)
    except WorkbenchError:
        return _literal(system)
    return _literal(_both(found.name_zh, found.name_en))


def _literal(text: str) -> str:
    """One line in which no sign means anything to Markdown or HTML."""
    return "".join(
        f"&#{ord(sign)};" if sign in r"\`*_{}[]<>()#!|$&~" else sign for sign in " ".join(text.split())
    )
