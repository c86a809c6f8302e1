"""Check a run against its record: every file accounted for, every statement the one that follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from methodology.indicators.plain_yaml import as_yaml
from methodology.results.store import CRATE, MANIFEST, PARAMETERS
from methodology.runs.environment import deciding
from methodology.runs.fingerprints import run_id, stage_key
from methodology.runs.hashing import digest, entries_below, file_digest
from methodology.runs.provenance import crate_text

_CLOCK_SET_BACK = timedelta(days=1)
ALTERED, MISSING, STRANGE = "has been altered", "is missing", "is no part of the run"


def altered(folder: Path, manifest: Mapping[str, Any]) -> dict[str, str]:
    """
    What is wrong with a run, by the file it is wrong with.

    Parameters
    ----------
    manifest : mapping
        Its record, as `read_manifest` gives it.

    Returns
    -------
    dict of file to fault
        Files altered, missing or added anywhere in the folder, and statements of the record that contradict the rest.
        Empty if the run is as it was recorded.
    """
    there, strange = entries_below(folder)
    recorded = {**manifest["outputs"], **manifest["evidence"]}
    derived = (PARAMETERS, MANIFEST, CRATE)
    wrong = dict.fromkeys((*strange, *(set(there) - recorded.keys() - set(derived))), STRANGE)
    present = set(there)
    for name, value in recorded.items():
        if name not in present:
            wrong.setdefault(name, MISSING)
        elif file_digest(folder / name) != value:
            wrong[name] = ALTERED
    texts = {PARAMETERS: as_yaml(manifest["parameters"]), CRATE: crate_text(folder, manifest)}
    for name, text in texts.items():
        if name not in present:
            wrong.setdefault(name, MISSING)
        elif (folder / name).read_bytes() != text.encode():
            wrong[name] = f"is not the one that follows from {MANIFEST}: one of the two has been altered"
    said = "; ".join(contradictions(manifest))
    return dict(sorted((wrong | ({MANIFEST: f"contradicts itself: {said}"} if said else {})).items()))


def contradictions(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Statements of a record that do not follow from what it was made of."""
    stages, parameters = manifest["stages"], manifest["parameters"]
    recipes = {stage["stage"]: stage["recipe"] for stage in stages}
    if manifest["run"] != run_id(recipes, parameters, manifest["code"]["making"]):
        yield "`run` is not the id of these inputs, notebooks, code, choices and environment"
    for name, stated in (("system", manifest["system"]), ("why", manifest["why"])):
        if parameters.get(name) != stated:
            yield f"`{name}` is not that of the parameters"
    if parameters.get("seed") != manifest["seeds"]["root"]:
        yield "`seeds` is not the seed of the parameters"
    described = digest(deciding(manifest["environment"]))
    if any(recipe.get("environment") != described for recipe in recipes.values()):
        yield "`environment` is not the one its stages ran in"
    latest = datetime.fromisoformat(manifest["created"]) + _CLOCK_SET_BACK
    if any(datetime.fromisoformat(stage["ended"]) > latest for stage in stages if not stage["reused"]):
        yield "a stage ended after the run was `created`"
    if any(_is_forged(stage, manifest) for stage in stages):
        yield "`stages` do not fit `inputs` and `run`"
    if manifest["outputs"] != _outputs_of(manifest):
        yield "`outputs` are not what its stages wrote"


def _is_forged(stage: Mapping[str, Any], manifest: Mapping[str, Any]) -> bool:
    """Whether the data, tables or key of a stage are not those its recipe and its run name."""
    data = {name: manifest["inputs"].get(name) for name in stage["data"]}
    keys = [stage_key(stage["recipe"], stage["inputs"], run) for run in ("", manifest["run"])]
    read = any(manifest["outputs"].get(f"results/{name}") != value for name, value in stage["inputs"].items())
    return stage["recipe"].get("data") != digest(data) or stage["key"] not in keys or read


def _outputs_of(manifest: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for stage in manifest["stages"]:
        notebook = next(name for name in manifest["notebooks"] if name.endswith(f"_{stage['stage']}.ipynb"))
        found |= {f"results/{name}": value for name, value in stage["outputs"].items()}
        found[f"notebooks/{notebook}"] = stage["notebook"]
    return found
