"""The RO-Crate of a run: each stage an action with its notebook, its inputs and its results.

Written straight as JSON-LD: the record is already in the manifest, and the library made for it would stamp today's
date. A test reads it back with that library.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from methodology.results.store import CRATE, MANIFEST, PARAMETERS, write_whole
from methodology.runs.hashing import file_digest

_CONTEXT = ["https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context"]
_CRATE = "https://w3id.org/ro/crate/1.1"
_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_FORMATS = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".yaml": "application/yaml",
}
Entity = dict[str, Any]


def write_crate(folder: Path, manifest: Mapping[str, Any]) -> None:
    """
    Describe a run as a Process Run Crate, from its manifest alone.

    References
    ----------
    .. [1] Workflow Run RO-Crate: Process Run Crate 0.5, https://w3id.org/ro/wfrun/process/0.5
    """
    write_whole(folder / CRATE, crate_text(folder, manifest))


def crate_text(folder: Path, manifest: Mapping[str, Any]) -> str:
    """The crate as it is written; it holds the digest of `manifest.json`, which cannot hold its own."""
    records = {
        name: file_digest(folder / name) if (folder / name).is_file() else ""
        for name in (PARAMETERS, MANIFEST)
    }
    content = {"@context": _CONTEXT, "@graph": crate(manifest, records)}
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def crate(manifest: Mapping[str, Any], records: Mapping[str, str] | None = None) -> list[Entity]:
    """
    Entities of the crate.

    Parameters
    ----------
    records : mapping of file to digest, optional
        The files beside the results that the manifest does not list.

    Examples
    --------
    >>> record = {"run": "ab12", "system": "toy", "why": "An example.", "created": "2026-01-01T00:00:00+00:00",
    ...     "inputs": {}, "notebooks": {}, "stages": [], "outputs": {"results/weights.csv": "00"}, "evidence": {},
    ...     "code": {"version": "1", "commit": None}, "environment": {"python": "3.11.7"}}
    >>> [entity["@id"] for entity in crate(record)][:2]
    ['ro-crate-metadata.json', './']
    """
    produced = {**manifest["outputs"], **manifest["evidence"]}
    records = records or {PARAMETERS: "", MANIFEST: ""}
    files = [_file(name, value) for name, value in {**records, **produced}.items()]
    actions = [_action(stage, manifest) for stage in manifest["stages"]]
    return [
        {"@id": CRATE, "@type": "CreativeWork", "conformsTo": _ref(_CRATE), "about": _ref("./")},
        {
            "@id": "./",
            "@type": "Dataset",
            "conformsTo": _ref(_PROFILE),
            "name": f"Run {manifest['run']} of {manifest['system']}",
            "description": manifest["why"],
            "datePublished": manifest["created"],
            "identifier": manifest["run"],
            "license": _ref("#terms"),
            "hasPart": [_ref(file["@id"]) for file in files],
            "mentions": [_ref(action["@id"]) for action in actions],
        },
        {"@id": _PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        {
            "@id": "#terms",
            "@type": "CreativeWork",
            "name": "Terms of the project and of the sample it was made from",
        },
        _workbench(manifest),
        *files,
        *(_input(name, value) for name, value in manifest["inputs"].items()),
        *(_notebook(name, value) for name, value in manifest["notebooks"].items()),
        *actions,
    ]


def _ref(identifier: str) -> Entity:
    return {"@id": identifier}


def _path(name: str) -> str:
    return quote(name)


def _file(name: str, value: str) -> Entity:
    entity = {"@id": _path(name), "@type": "File", "name": name}
    kind = _FORMATS.get(Path(name).suffix)
    return (
        entity
        | ({"encodingFormat": kind} if kind else {})
        | ({"identifier": f"sha256:{value}"} if value else {})
    )


def _input(name: str, value: str) -> Entity:
    return {"@id": f"#{_path(name)}", "@type": "CreativeWork", "name": name, "identifier": f"sha256:{value}"}


def _notebook(name: str, value: str) -> Entity:
    language = "Python, as a Jupyter notebook"
    return {
        "@id": f"#{_path(name)}",
        "@type": "SoftwareSourceCode",
        "name": name,
        "version": value,
        "programmingLanguage": language,
        "isPartOf": _ref("#workbench"),
    }


def _workbench(manifest: Mapping[str, Any]) -> Entity:
    commit = manifest["code"]["commit"]
    return {
        "@id": "#workbench",
        "@type": "SoftwareApplication",
        "name": "Cleaner-production workbench",
        "softwareVersion": manifest["code"]["version"] + (f"+{commit[:12]}" if commit else ""),
        "softwareRequirements": f"Python {manifest['environment']['python']}",
    }


def _action(stage: Mapping[str, Any], manifest: Mapping[str, Any]) -> Entity:
    """One stage as it was executed; of a reused stage, the execution whose results were taken over."""
    notebook = next(name for name in manifest["notebooks"] if name.endswith(f"_{stage['stage']}.ipynb"))
    ended = datetime.fromisoformat(stage["ended"])
    inputs = [_path(f"results/{file}") for file in stage["inputs"]] + [PARAMETERS]
    inputs += [f"#{_path(name)}" for name in stage["data"]]
    results = [*(f"results/{file}" for file in stage["outputs"]), f"notebooks/{notebook}"]
    return {
        "@id": f"#stage-{stage['stage']}",
        "@type": "CreateAction",
        "name": f"Stage {stage['stage']}",
        "description": f"{notebook} with a {stage['kernel']} kernel",
        "startTime": (ended - timedelta(seconds=stage["seconds"])).isoformat(timespec="seconds"),
        "endTime": stage["ended"],
        "actionStatus": _ref("http://schema.org/CompletedActionStatus"),
        "instrument": _ref(f"#{_path(notebook)}"),
        "object": [_ref(name) for name in inputs],
        "result": [_ref(_path(name)) for name in results],
    }
