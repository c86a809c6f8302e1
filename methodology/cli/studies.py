"""Commands about a study of one's own: make it, find it, check all that was sent."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from methodology.cli.app import say
from methodology.errors import DataError, ParameterError, Problem, WorkbenchError, raise_problems
from methodology.languages import current, speaking
from methodology.parameters.project import EXPERTS, PLANTS, RUNS, STUDY, Project

if TYPE_CHECKING:
    from methodology.indicators import IndicatorSystem
    from methodology.parameters import Parameters


def make_study(folder: Path, system: str, plants: Sequence[Path], experts: Sequence[Path]) -> None:
    """Make a study and say what to do next; the last line is its folder."""
    from methodology.runs.new_study import new_study

    copied = new_study(folder, system, plants=plants, experts=experts, project=Project.around())
    sent, asked = len(copied[PLANTS]), len(copied[EXPERTS])
    files = "file" if sent == 1 else "files"
    say(f"A study of {system}: {sent} {files} of plants, {asked} of experts, copied as they came.")
    say(f"研究已建立：企业文件{sent}个，专家文件{asked}个，原样保存。")
    say(f"Describe it in 请先填写 {folder / STUDY}; then 然后:")
    for command in ("check", "run"):
        say(f"  workbench {command} {quoted(folder)}")
    say(folder)


def quoted(path: Path) -> str:
    """A path as the user's shell takes it."""
    return (subprocess.list2cmdline if os.name == "nt" else shlex.join)([str(path)])


def is_study(place: Path) -> bool:
    """Whether a place is a study: a folder of one's own, or a file of choices, which a shipped study is named by."""
    return (place / STUDY).is_file() or _is_run(place)


def _is_run(place: Path) -> bool:
    return place.suffix == ".yaml" and place.resolve().parts[-3:-1] == RUNS and place.is_file()


def study_of(place: Path | None) -> Project:
    """The study that is named, by its folder or the file of its choices, or that the command stands in."""
    if place is not None:
        refuse_missing(place)
    if place is not None and _is_run(place):
        return Project(Project.around(place.parent).root, place.stem)
    project = Project.around(place or ".")
    if not project.is_study or (place is not None and not is_study(place)):
        where = "The command stands in no study" if place is None else f"{str(place)!r} is no study"
        raise ParameterError(
            f"{where}: there is no {STUDY}. Name a study's folder or a file of {'/'.join(RUNS)}, stand in a study, or "
            "make one with `workbench new FOLDER --system ID`. 请指定研究文件夹，或先进入其中。"
        )
    return project


def refuse_missing(place: Path) -> None:
    """Refuse a path at which nothing stands, before it is taken for something else; say what is most like it."""
    if place.exists():
        return
    beside = [path.name for path in place.parent.glob("*")] if place.parent.is_dir() else []
    near = get_close_matches(place.name, beside, n=1, cutoff=0.7)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise DataError(f"There is no file or folder {str(place)!r}.{hint} Check the path. 没有该文件或文件夹。")


def name_of(study: Project) -> str:
    """What a study is called: as its folder, or as the file of its choices."""
    return study.run or study.root.name


def system_of(study: Project) -> str:
    """Id of the indicator system of a study, by its file of choices or `study.yaml`."""
    if study.run:
        from methodology.parameters import load_run

        return study.system(load_run(run_file(study)).system).id
    stated = study.stated.get("system")
    if not isinstance(stated, str):
        raise ParameterError(f"{STUDY} names no `system`. Known: {', '.join(study.systems)}.")
    return study.system(stated).id


def run_file(study: Project) -> Path:
    """The choices of a study: the file that was named, the one named like its system, or the only one."""
    folder = study.root.joinpath(*RUNS)
    if study.run:
        return folder / f"{study.run}.yaml"
    own, found = folder / f"{system_of(study)}.yaml", sorted(folder.glob("*.yaml"))
    if own in found or len(found) == 1:
        return own if own in found else found[0]
    names = ", ".join(path.name for path in found) or "no file"
    raise ParameterError(
        f"{study.root.name} does not say which run is meant: params/runs holds {names}, and no {own.name}. Name "
        "the file to run, or give it that name."
    )


def runs_of(project: Project, runs: Path | None) -> Path:
    """Folder of runs: the one named, a study's own, or that of the working directory."""
    return runs or (project.root / "runs" if project.is_study else Path("runs"))


def plants_of(place: Path) -> Path:
    """The plants of a study, or the sample itself."""
    from methodology.parameters import load_run

    if not is_study(place):
        return place
    study = study_of(place)
    return _plants_of(study, load_run(run_file(study)))


def _plants_of(study: Project, chosen: Parameters | None) -> Path:
    return study.sample_folder(chosen.sample.source if chosen else "", chosen.system if chosen else "")


def check_study(study: Project, annotate: Path | None = None) -> None:
    """Say everything that is wrong with plants, experts and choices of a study, at once; exit 2 if anything is."""
    from methodology.cli.plants import counted
    from methodology.sample.checking import one_per_cause

    problems, said = faults_of_study(study, None, annotate)
    for line in said:
        say(line)
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    raise_problems(DataError, f"{name_of(study)} has {count}.", one_per_cause(problems))
    say(f"{name_of(study)}: no problem 没有问题, {counted(said)}, as a study of system {system_of(study)!r}.")


def refuse_faulty(study: Project, runs: Sequence[Parameters]) -> None:
    """Refuse runs before anything is computed, with every fault as `check` names it; one that is sound is made."""
    found: dict[str, list[Problem]] = {}
    for chosen in runs:
        place = _plants_of(study, chosen)
        if str(place) not in found:
            found[str(place)] = faults_of_study(study, chosen)[0]
            if not found[str(place)]:
                return
    problems = dict.fromkeys(problem for faults in found.values() for problem in faults)
    raise_problems(DataError, f"{name_of(study)} cannot be run yet.", problems)


def faults_of_study(
    study: Project, chosen: Parameters | None, annotate: Path | None = None
) -> tuple[list[Problem], list[str]]:
    """Everything wrong with a study under some choices, or its own, and what there is to say about it besides."""
    from methodology.parameters import load_run
    from methodology.runs.ingredients import faults_of_ingredients

    problems: list[Problem] = []
    try:
        chosen = chosen or load_run(run_file(study))
        problems += faults_of_ingredients(chosen, study)
    except WorkbenchError as fault:
        problems += fault.faults
    system = study.system(chosen.system if chosen else system_of(study))
    with speaking(chosen.language if chosen else current()):
        of_plants, said = _plants(study, system, chosen, annotate)
        of_experts, more = _experts(study, system, chosen)
    return list(dict.fromkeys([*of_plants, *of_experts, *problems])), [*said, *more]


def _plants(
    study: Project, system: IndicatorSystem, chosen: Parameters | None, annotate: Path | None
) -> tuple[list[Problem], list[str]]:
    from methodology.cli.plants import annotated, effects_of_doubts, notes_of
    from methodology.sample import account, check_sample, load
    from methodology.sample.checking import one_per_cause

    place, said = _plants_of(study, chosen), list[str]()
    try:
        loaded = load(place, system)
        problems, doubts = check_sample(loaded, system, choices=chosen.sample if chosen else None, named=True)
        if annotate is not None:
            said.append(annotated(loaded, system, problems, doubts, _copies_in(study, annotate)))
    except WorkbenchError as fault:
        return fault.faults, said
    others = [path for path in sorted(place.rglob("*")) if path.is_file() and path not in loaded.tables]
    said += notes_of(one_per_cause(doubts), system)
    said += [
        f"note: {PLANTS}/{path.name} is not read as a table. 未作为表格读取。"
        for path in others
        if loaded.tables and place == study.root / PLANTS
    ]
    if loaded.codes:
        codes = ", ".join(sorted(f"{code} = {plant}" for plant, code in loaded.codes.items()))
        said.append(f"codes, for your eyes only 企业代号，勿外传: {codes}")
    if problems:
        return problems, said
    read = account(loaded, system, named=True).in_both
    return [], [*said, *read, *effects_of_doubts(loaded, system, chosen)]


def _copies_in(study: Project, annotate: Path) -> Path:
    """Where annotated copies go: below the study, and never among what came."""
    folder = (study.root / annotate).resolve()
    came = [study.root.resolve() / name for name in (PLANTS, EXPERTS)]
    if any(folder.is_relative_to(place) for place in came):
        raise DataError(
            f"{annotate} lies among what was sent: copies there would be read as plants. Name another folder, e.g. "
            "--annotate annotated."
        )
    return folder


def _experts(
    study: Project, system: IndicatorSystem, chosen: Parameters | None
) -> tuple[list[Problem], list[str]]:
    from methodology.cli.plants import consistency_of_blocks
    from methodology.forms import has_judgements, read_judgements
    from methodology.sample import describe_panel
    from methodology.weights.hierarchy import ASKED

    place = study.judgements_folder(chosen.weights.source if chosen else "", system.id)
    if not has_judgements(place):
        return [], [f"{EXPERTS}/: no judgements, so weights come from elsewhere. 无专家表，权重另有来源。"]
    try:
        judgements = read_judgements(place, system)
        panel = describe_panel(place, judgements)
    except WorkbenchError as fault:
        return fault.faults, []
    said = [f"read {EXPERTS}/: {panel['experts']} experts. 已读取{EXPERTS}/：{panel['experts']}位专家。"]
    said += [f"note: {line}" for line in consistency_of_blocks(judgements, system, doubtful=True)]
    if chosen is not None and chosen.weights.method not in ASKED:
        said.append(
            f"note: the weights do not ask them: weights.method is {chosen.weights.method!r} in "
            f"{run_file(study).name}; `ahp` would. 当前权重未采用专家判断。"
        )
    return [], said
