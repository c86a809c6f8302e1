"""A run becomes a numbered draft: a copy of what may leave the house, with a digest of each file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from methodology.errors import DataError, Problem, harmless
from methodology.indicators.loading import read_yaml
from methodology.indicators.plain_yaml import as_yaml
from methodology.parameters import Parameters, Project
from methodology.results.received import fitted
from methodology.results.records import Draft
from methodology.results.stages import STAGES, Stage
from methodology.results.store import DRAFT, PROPOSAL, PUBLIC, copy, read_manifest, rename, write_whole
from methodology.runs.asides import drawn_apart
from methodology.runs.comparison import ABSENT, Difference
from methodology.runs.decisions import decide
from methodology.runs.discretion import refuse_names
from methodology.runs.hashing import entries_below, file_digest
from methodology.runs.one_run import Evidence
from methodology.runs.sealing import altered
from methodology.runs.verification import changed_data, judging_project, recorded_parameters, verify

FOLDER = "drafts"
_SHOWN = 10


def propose(
    folder: Path | str,
    *,
    project: Project | None = None,
    decisions: Path | None = None,
    evidence: Evidence | None = None,
    stages: tuple[Stage, ...] = STAGES,
    **how: Any,
) -> Path:
    """
    Execute a run again and, if it repeats, make its public evidence the next draft of its system.

    Parameters
    ----------
    folder : Path
        Folder of a complete run.
    project : Project
        What the run is judged with, and where the draft will stand; see `judging_project`.
    decisions : Path, optional
        A file of values that the working group decided otherwise; see `results.records.Decisions`.
    evidence : callable, optional
        Writes both sets of evidence into a run folder; by default as for every run.
    **how
        Of `verify`: jobs, progress, kernel (here as runs have it by default, which costs a third less).

    Returns
    -------
    Path
        `drafts/<system>/<number>` in the project: a copy of `public/`, made anew where values were decided, with
        `draft.yaml` (system, number, run, date, a digest of each file, decisions).

    Raises
    ------
    DataError
        If the folder is no complete run, is no longer as it was recorded, has no public evidence, or does not repeat
        with plants, experts and method of the project; or if a decision cannot be taken over.
    StageError
        If a stage fails this time.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    files = _public_files(folder, manifest)
    project = project or judging_project(folder)
    parameters = recorded_parameters(folder, manifest)
    project.system(parameters.system)
    _refuse_other_data(folder, changed_data(manifest, parameters, project, stages))
    _guarded_against_the_last(manifest["run"], parameters, project)
    refuse_names(folder / PUBLIC, parameters, project)
    if evidence is None:
        from methodology.evidence.build import EvidenceOf

        evidence = EvidenceOf(project)
    how = {"kernel": "auto", "evidence": evidence, "stages": stages, **how}
    drafts = project.root / FOLDER / manifest["system"]
    with TemporaryDirectory(prefix="workbench-draft-", ignore_cleanup_errors=True) as place:
        copied = Path(place) / folder.name
        decided = decide(folder, copied, decisions, parameters, project) if decisions is not None else []
        _refuse_others(folder, verify(folder, project=project, **how))
        if decisions is None:
            return _numbered(folder / PUBLIC, files, manifest, drafts)
        with drawn_apart():
            evidence(copied)
        refuse_names(copied / PUBLIC, parameters, project)
        made = {name: file_digest(copied / PUBLIC / name) for name in entries_below(copied / PUBLIC)[0]}
        return _numbered(copied / PUBLIC, made, {**manifest, "decisions": decided}, drafts)


def _public_files(folder: Path, manifest: Mapping[str, Any]) -> dict[str, str]:
    """What may become a draft, with digests, of a run that is as it was recorded."""
    wrong = [f"{name} {fault}" for name, fault in altered(folder, manifest).items()]
    _refuse(folder, "it is not as it was recorded. Run it again. 运行文件夹与其记录不符，请重新运行。", wrong)
    files = {
        name.removeprefix(f"{PUBLIC}/"): value
        for name, value in manifest["evidence"].items()
        if name.startswith(f"{PUBLIC}/")
    }
    if PROPOSAL not in files:
        raise DataError(
            f"Run {folder.name} has no public evidence to become a draft. Make it with `workbench run`."
        )
    return files


def _refuse_other_data(folder: Path, changed: Iterable[Difference]) -> None:
    """A run is computed again from what it was made from, or not at all."""
    why = (
        "it was made from other plants, experts or definitions than stand here now. Name it from within the study or "
        "project it was made in; if the data were changed since, run again and propose that run. "
        "该运行所用的企业、专家或定义数据与此处不同，请在原研究文件夹内提交；数据已更改的，请重新运行后再成稿。"
    )
    gone = (ABSENT, "absent")
    _refuse(
        folder,
        why,
        [f"{item.file} is {'not here' if item.second in gone else 'another'}" for item in changed],
    )


def _refuse_others(folder: Path, found: pd.DataFrame) -> None:
    """What was executed again must be what is proposed, bit for bit."""
    why = (
        "executed again it gives other results. Run again and propose that run; `workbench verify` shows what differs. "
        "重新计算的结果与该运行不一致，请重新运行后再成稿。"
    )
    places = zip(found.index, found["place"], strict=True)
    _refuse(folder, why, [", ".join(filter(None, (str(name), str(place)))) for name, place in places])


def _refuse(folder: Path, why: str, faults: Sequence[str]) -> None:
    if faults:
        more = f" (the first {_SHOWN} of {len(faults)} faults)" if len(faults) > _SHOWN else ""
        raise DataError(
            f"Run {folder.name} cannot become a draft: {why}{more}",
            [Problem(harmless(fault)) for fault in faults[:_SHOWN]],
        )


def _numbered(public: Path, files: Mapping[str, str], manifest: Mapping[str, Any], drafts: Path) -> Path:
    """Copy the files under the next free number; they appear together or not at all."""
    drafts.mkdir(parents=True, exist_ok=True)
    while True:
        number = 1 + max(
            (int(path.name) for path in drafts.glob("[0-9]*") if path.name.isdecimal()), default=0
        )
        target, part = drafts / f"{number:02d}", drafts / f".part-{number:02d}-{os.getpid()}"
        shutil.rmtree(part, ignore_errors=True)
        try:
            for name, value in files.items():
                copy(public / name, part / name)
                if file_digest(part / name) != value:
                    raise DataError(f"public/{name} was altered while it was copied. Run it again.")
            record = {
                "system": manifest["system"],
                "draft": number,
                "run": manifest["run"],
                "date": datetime.now(UTC).date().isoformat(),
                "files": dict(files),
                **({"decisions": manifest["decisions"]} if manifest.get("decisions") else {}),
            }
            write_whole(part / DRAFT, as_yaml(record))
            rename(part, target)
        except BaseException as fault:
            shutil.rmtree(part, ignore_errors=True)
            if isinstance(fault, OSError) and target.exists():  # another process took the number
                continue
            raise
        return target


def _guarded_against_the_last(run: str, parameters: Parameters, project: Project) -> None:
    """A draft that was not compared with the one before can give plants away by its difference."""
    system, compared = parameters.system, parameters.proposal.earlier_draft
    drafts = project.drafts(system)
    last = max(drafts, default=0)
    if last and compared != last and read_draft(drafts[last]).run != run:
        raise DataError(
            f"Draft {last} of {system!r} is out, and run {run} was not compared with it "
            f"(proposal.earlier_draft is {compared}). Two drafts a few plants apart tell those plants' figures. "
            f"Run again with --set proposal.earlier_draft={last}."
        )


def read_draft(draft: Path) -> Draft:
    """
    What a draft says of itself.

    Raises
    ------
    DataError
        If its record is missing or is not one the workbench writes.
    """
    content = read_yaml(draft / DRAFT, error=DataError)
    return fitted(Draft, content, f"{draft.name}/{DRAFT}", "Restore the draft from its copy.")


def runs_of_drafts(root: Path, *, strict: bool = False) -> dict[str, list[str]]:
    """
    Numbers of the drafts below a project's root, by the run they came from.

    Parameters
    ----------
    strict : bool
        Whether a record that cannot be read is an error; otherwise its draft is left out.
    """
    found: dict[str, list[str]] = {}
    for path in sorted(root.glob(f"{FOLDER}/*/[0-9]*/{DRAFT}")):
        with suppress(*(() if strict else (DataError,))):
            record = read_draft(path.parent)
            found.setdefault(record.run, []).append(str(record.draft))
    return found
