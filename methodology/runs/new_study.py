"""Make a study: a folder of one's own outside the repository with what plants and experts sent; nothing half-made."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from string import Template

from methodology.errors import DataError, ParameterError, Problem, raise_problems
from methodology.indicators import IndicatorSystem
from methodology.indicators.plain_files import files_of
from methodology.parameters import Project
from methodology.parameters.project import EXPERTS, PLANTS, STUDY
from methodology.results.outputs import settle

KEY = "plants.key"
FOLDERS = ("runs", "drafts", "params/scenarios", "params/systems")
_BLANK = Path(__file__).with_name("blank_study")
_FILES = {
    "study.yaml": STUDY,
    "README.md": "README.md",
    "gitignore": ".gitignore",
    "run.yaml": "params/runs/{system}.yaml",
}
"""Files of a blank study, and what they become."""
_WHY = "用本单位收集的企业数据测算。\n  Calibration on plants of our own."
_WITHOUT_EXPERTS = (
    "equal           # 尚无专家表 no experts yet: equal | critic | entropy; 有专家表时 with forms: ahp"
)
_WITH_EXPERTS = (
    "ahp             # 专家判断 judgements of experts; "
    "另有 others: best-worst | budget | equal | critic | entropy"
)


def new_study(
    folder: Path, system: str, *, plants: Sequence[Path] = (), experts: Sequence[Path] = (), project: Project
) -> dict[str, list[Path]]:
    """
    Make a study of a system, with copies of what plants and experts sent.

    Parameters
    ----------
    folder : Path
        Where: a folder that is empty or does not exist, outside the checkout of the workbench.
    system : str
        Id of the indicator system.
    plants, experts : sequence of Path
        Files, or folders of them.
    project : Project
        Knows the systems.

    Returns
    -------
    dict from "plants" and "experts" to list of Path
        The files that were copied, as they stand in the study.

    Raises
    ------
    DataError, ParameterError
        If the folder cannot become a study, the system is unknown or a file cannot be read: all at once, and nothing
        is made.
    """
    problems = _faults_of_place(folder)
    if system not in project.systems:
        problems.append(_unknown_system(system, project))
        raise_problems(ParameterError, f"No study was made in {folder.name!r}.", problems)
    definitions = project.system(system)
    sent = {PLANTS: _collected(plants, problems), EXPERTS: _collected(experts, problems)}
    problems += _unreadable(sent, definitions)
    raise_problems(DataError, f"No study was made in {folder.name!r}.", problems)
    part = folder.resolve().with_name(f".{folder.resolve().name}.part-{os.getpid()}")
    try:
        _fill(part, definitions, sent)
        settle(part, folder.resolve(), last=STUDY)  # its description makes it a study
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return {kind: [folder / kind / name for name in files] for kind, files in sent.items()}


def _faults_of_place(folder: Path) -> list[Problem]:
    """Why a folder cannot become a study."""
    place = folder.resolve()
    if place.exists() and not place.is_dir():
        return [Problem(f"{str(folder)!r} is a file.", fix="Name a folder that does not exist yet.")]
    if place.is_dir() and any(place.iterdir()):
        return [Problem(f"the folder {str(folder)!r} is not empty.", fix="Name one that does not exist yet.")]
    for above in (place, *place.parents):
        if (above / STUDY).is_file():
            return [
                Problem(
                    f"{str(folder)!r} lies inside the study {above.name!r}.", fix="Choose a place outside it."
                )
            ]
        if (above / "params" / "systems").is_dir() and (above / "methodology").is_dir():
            return [
                Problem(
                    f"{str(folder)!r} lies inside the checkout of the workbench.",
                    why="That repository is public: what plants sent would be one `git add` away from everybody.",
                    fix="Choose a place outside it. 请选在程序仓库之外的位置，以免企业资料随仓库公开。",
                )
            ]
    return []


def _unknown_system(system: str, project: Project) -> Problem:
    known = (project.system(name) for name in project.systems)
    names = "; ".join(f"{item.id} {item.name_zh} {item.name_en}" for item in known)
    return Problem(f"there is no indicator system {system!r}.", key="--system", fix=f"There are: {names}.")


def _collected(given: Iterable[Path], problems: list[Problem]) -> dict[str, Path]:
    """Files by the path they will have in the study; what lies in a folder keeps its place below it."""
    found: dict[str, Path] = {}
    seen: dict[str, str] = {}
    for place in given:
        if not place.exists():
            problems.append(Problem(f"there is no file or folder {str(place)!r}.", fix="Check the path."))
        files = files_of(place) if place.is_dir() else [place]
        files = [path for path in files if path.is_file() and not path.name.startswith((".", "~$"))]
        if place.exists() and not files:
            folder = f"the folder {str(place)!r} holds no file"
            what = folder if place.is_dir() else f"{str(place)!r} is no file that can be copied"
            problems.append(
                Problem(f"{what}.", fix="Name files that plants or experts sent, or folders of them.")
            )
        for path in files:
            name = path.relative_to(place).as_posix() if place.is_dir() else path.name
            if name.casefold() in seen:
                what = f"{str(path)!r} and {seen[name.casefold()]!r} would have the same name."
                problems.append(Problem(what, fix="Rename one of them."))
            seen[name.casefold()] = str(path)
            found[name] = path
    return found


def _unreadable(sent: dict[str, dict[str, Path]], system: IndicatorSystem) -> list[Problem]:
    """Tables that no program could open; what is wrong inside one is said by `workbench check`."""
    from methodology.sample.many_files import unreadable

    return unreadable([path for files in sent.values() for path in files.values()], system)


def _fill(part: Path, system: IndicatorSystem, sent: dict[str, dict[str, Path]]) -> None:
    from methodology.pseudonyms import make_key

    words = {
        "system": system.id,
        "name_zh": system.name_zh,
        "name_en": system.name_en,
        "why": _WHY,
        "method": _WITH_EXPERTS if sent[EXPERTS] else _WITHOUT_EXPERTS,
    }
    for blank, name in _FILES.items():
        text = Template((_BLANK / blank).read_text(encoding="utf-8")).substitute(words)
        target = part / name.format(system=system.id)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
    for empty in (*FOLDERS, PLANTS, EXPERTS):
        (part / empty).mkdir(parents=True, exist_ok=True)
    for kind, files in sent.items():
        for name, path in files.items():
            (part / kind / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, part / kind / name)
    make_key(part / KEY)
