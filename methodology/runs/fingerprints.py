"""What a run is made of, as hashes: notebook code, package code it can reach, choices, data files, environment."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from methodology.errors import DataError
from methodology.indicators.loading import read_yaml
from methodology.indicators.plain_files import read_json
from methodology.parameters import Parameters, Project, parameters_for
from methodology.parameters.project import EXPERTS, PLANTS, STUDY
from methodology.results.received import fitted
from methodology.results.records import Imports
from methodology.results.stages import Stage
from methodology.results.store import write_json
from methodology.runs.environment import deciding, environment
from methodology.runs.hashing import PACKAGE, digest, is_left_behind, text_digest
from methodology.runs.notebooks import code_of, without_magics
from methodology.syntax import tree_of

ID_LENGTH = 12
SIDECARS = ("sample.yaml", STUDY)
REAL_DATA = "WORKBENCH_REAL_DATA"
_KNOWN_IMPORTS: dict[str, list[str]] = {}
_NO_CODE = (".pyc", ".pyo", ".part", "~")
_EXECUTION = ("kernels/*.py", "one_run.py")
"""Modules that decide how a notebook is executed and saved; what they import besides reaches no result."""
_MAKING = ("import methodology.evidence.build", "import methodology.runs.one_run")
"""What writes the record and the evidence of a run, as imports."""
Stamps = tuple[tuple[str, int, int, int], ...]
"""Path, time, size and number of files."""
_KEY = "/key of the pseudonyms"
"""Under this name a record lists a key, whatever its file is called."""


def sample_folder(parameters: Parameters, project: Project) -> Path:
    """Folder of the plants that a run reads."""
    return project.sample_folder(parameters.sample.source, parameters.system)


def judgements_folder(parameters: Parameters, project: Project) -> Path:
    """Folder of the judgements that a run reads."""
    return project.judgements_folder(parameters.weights.source, parameters.system)


def data_files(stage: Stage, parameters: Parameters, project: Project) -> dict[str, str]:
    """Digest of every project file a stage declares that it reads, by its path in the project."""
    return {
        name: key_digest(path) if name.endswith(_KEY) else text_digest(path) if path.is_file() else "absent"
        for name, path in declared_files(stage, parameters, project).items()
    }


def declared_files(stage: Stage, parameters: Parameters, project: Project) -> dict[str, Path]:
    """Where every file stands that a stage declares that it reads, by the name under which a record lists it."""
    system, source = parameters.system, parameters.sample.source
    draft = f"{parameters.proposal.earlier_draft:02d}"
    chosen = {
        PLANTS: sample_folder(parameters, project),
        EXPERTS: judgements_folder(parameters, project),
        "register": project.register(system, source),
    }
    found: dict[str, Path] = {}
    for pattern in stage.files:
        first, _, rest = pattern.format(system=system, source=source or system, draft=draft).partition("/")
        if first in chosen:
            paths = chosen[first].glob(_all_below(rest)) if rest else [chosen[first]]
        else:
            paths = project.matching(_all_below(f"{first}/{rest}" if rest else first))
        found |= _listed([path for path in paths if _counts(path)], first, project)
    sidecars = [path for path in found.values() if path.name in SIDECARS]
    return found | _real_data(sidecars) | keys_of(sidecars, project)


def _all_below(pattern: str) -> str:
    return pattern.replace("**", "**/*")


def _counts(path: Path) -> bool:
    left = path.name.startswith((".", "~$")) or path.suffix == ".key" or is_left_behind(path.name)
    return path.is_file() and not left


def _listed(paths: Iterable[Path], first: str, project: Project) -> dict[str, Path]:
    """Files by the names a record lists, in their order: that of files which are called as plants are tells nothing."""
    found: dict[str, Path] = {}
    for path in sorted(paths):
        name = _listed_as(path, first, project)
        while name in found:  # the same file twice
            name += "+"
        found[name] = path
    return dict(sorted(found.items()))


def _listed_as(path: Path, first: str, project: Project) -> str:
    """A file by its path in the project; what plants and experts sent to a study, by what it holds, not by its name."""
    for root in (project.base, project.root):
        if path.is_relative_to(root) and not (
            project.is_study and root == project.root and first in (PLANTS, EXPERTS)
        ):
            return path.relative_to(root).as_posix()
    return f"{first}/{text_digest(path)[:ID_LENGTH]}"


def _real_data(sidecars: Iterable[Path]) -> dict[str, Path]:
    """A sample made from real plants names a table that is not part of the project; it decides results all the same."""
    found = {}
    for sidecar in sidecars:
        described = read_yaml(sidecar, error=DataError)
        if described.get("real_data") and described.get("table"):
            table = Path(os.environ.get(REAL_DATA, "")) / str(described["table"])
            found[f"{REAL_DATA}/{described['table']}"] = table
    return found


def keys_of(sidecars: Iterable[Path], project: Project) -> dict[str, Path]:
    """Files of the keys that decide the codes of plants, by the name under which a record lists them."""
    named = {sidecar: read_yaml(sidecar, error=DataError).get("key") for sidecar in sidecars}
    return {
        f"{_listed_as(sidecar, '', project).rpartition('/')[0] or 'study'}{_KEY}": sidecar.parent / str(key)
        for sidecar, key in named.items()
        if key
    }


def key_digest(path: Path) -> str:
    """A keyed digest that names a key without giving away its file; the sample stage says why one is no key."""
    from methodology.pseudonyms import key_fingerprint, read_key

    try:
        return key_fingerprint(read_key(path))
    except DataError:
        return "absent"


def reached_code(sources: Iterable[str], package: Path = PACKAGE) -> list[Path]:
    """
    Files of the package that code can reach by its import statements, wherever they stand in it.

    Parameters
    ----------
    sources : iterable of str
        Python sources, e.g. the code cells of a notebook.
    package : Path
        Folder of the package.

    Returns
    -------
    list of Path
        Modules with their packages' `__init__`, and the data files that stand beside or below them.
    """
    return [Path(path) for path in _reached(tuple(sources), package, _stamps(package))]


def code_digest(sources: Iterable[str], package: Path = PACKAGE) -> str:
    """One digest of all the files that code can reach, by their paths."""
    return _code_digest(tuple(sources), package, _stamps(package))


def _stamps(package: Path) -> Stamps:
    """Every file that can decide a result, with what changes when it is edited: a walk takes a millisecond or two."""
    found: list[tuple[str, int, int, int]] = []
    waiting = [str(package)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.name.startswith((".", "__pycache__")) or _is_no_code(entry.name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    about = entry.stat()
                    found.append((entry.path, about.st_mtime_ns, about.st_size, about.st_ino))
    return tuple(sorted(found))


def _is_no_code(name: str) -> bool:
    return name.endswith(_NO_CODE) or is_left_behind(name)


@lru_cache(maxsize=64)
def _code_digest(sources: tuple[str, ...], package: Path, stamps: Stamps) -> str:
    texts, start = _read(package, stamps).texts, len(str(package.parent)) + 1
    reached = _reached(sources, package, stamps)
    texts |= {path: text_digest(Path(path)) for path in reached if path not in texts}
    return digest({path[start:].replace(os.sep, "/"): texts[path] for path in reached})


@lru_cache(maxsize=64)
def _reached(sources: tuple[str, ...], package: Path, stamps: Stamps) -> list[str]:
    known = _read(package, stamps)
    waiting = {
        name for source in sources for name in _of_package(list(_import_statements(source)), package.name, "")
    }
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in known.modules or name in reached:
            continue
        reached.add(name)
        if name not in known.imports:
            imported = _imports_of(Path(known.modules[name]), package)[0]
            known.imports[name] = {name.rpartition(".")[0], *imported} & known.modules.keys()
        waiting |= known.imports[name] - reached
    found = {known.modules[name] for name in reached}
    folders = {os.path.dirname(path) for path in found}
    return sorted(found | {path for path, folder in known.data.items() if folder in folders})


@dataclass
class _Package:
    """What is known of the files of a package as they stand: read once, whoever asks."""

    modules: dict[str, str]
    """File of every module, by its dotted name."""
    data: dict[str, str]
    """Folder of modules that each other file belongs to."""
    imports: dict[str, set[str]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


@lru_cache(maxsize=4)
def _read(package: Path, stamps: Stamps) -> _Package:
    start, modules, others = len(str(package.parent)) + 1, dict[str, str](), list[str]()
    for path, *_ in stamps:
        if path.endswith(".py"):
            modules[path[start:-3].replace(os.sep, ".").removesuffix(".__init__")] = path
        else:
            others.append(path)
    packages = {os.path.dirname(path) for path in modules.values()}
    return _Package(modules, {path: _folder_of_code(path, packages) for path in others})


def _folder_of_code(path: str, packages: set[str]) -> str:
    """The nearest folder above a data file that holds modules: a theme belongs to the package it stands in."""
    folder = os.path.dirname(path)
    while folder not in packages and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    return folder


def imported_modules(sources: Iterable[str]) -> list[str]:
    """All modules that code imports, straight or through the package: what a warm parent makes ready."""
    sources = list(sources)
    code = [path for path in reached_code(sources) if path.suffix == ".py"]
    own = [
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        for path in code
    ]
    later = (name for path in code for name in _imports_of(path, PACKAGE)[1])
    return list(dict.fromkeys([*(name for source in sources for name in own_imports(source)), *own, *later]))


def own_imports(source: str) -> list[str]:
    """Modules that `source` names in absolute import statements; `from a import b` may mean the module `a.b`."""
    return _absolute(list(_import_statements(source)))


def _absolute(statements: list[ast.Import | ast.ImportFrom]) -> list[str]:
    found: list[str] = []
    for node in statements:
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif node.module and not node.level:
            package = PACKAGE.name in node.module.split(".")[:1]
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names if package)]
    return found


def _import_statements(source: str) -> Iterator[ast.Import | ast.ImportFrom]:
    """Import statements, wherever they stand; only statements are visited, which hold expressions but are not held."""
    waiting: list[ast.AST] = [tree_of(without_magics(source))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        for part in ("handlers", "cases", "finalbody", "orelse", "body"):
            waiting += reversed(inner) if isinstance(inner := getattr(node, part, None), list) else []


def _imports_of(path: Path, package: Path) -> tuple[list[str], list[str]]:
    """Modules of `package` that a module of it may import, and all that it names; read once per text."""
    inside = ".".join([package.name, *path.relative_to(package).parent.parts])
    key = f"{text_digest(path)} {package.name} {inside}"
    if key not in _KNOWN_IMPORTS:
        statements = list(_import_statements(path.read_text(encoding="utf-8")))
        _KNOWN_IMPORTS[key] = _of_package(statements, package.name, inside)
        _KNOWN_IMPORTS[f"{key} all"] = _absolute(statements)
    return _KNOWN_IMPORTS[key], _KNOWN_IMPORTS.get(f"{key} all", [])


def imports_file(cache: Path, package: Path = PACKAGE) -> Path:
    """Where imports are kept: with the byte code, which belongs to the same text, or beside runs if it has no place."""
    beside = package / "__pycache__"
    return (beside if os.access(beside, os.W_OK) else cache) / "imports.json"


@contextmanager
def remembered_imports(file: Path) -> Iterator[None]:
    """
    Keep what modules import from one process to the next, by the digest of their text: parsing takes a second.

    A record that another version of this code wrote, or that is not as it was written, is none.
    """
    by = digest([text_digest(Path(__file__)), sys.version_info[:2]])
    with suppress(DataError):
        kept = fitted(Imports, read_json(file), file.name, "")
        if kept.made_by == by and kept.seal == digest(kept.imports):
            _KNOWN_IMPORTS.update(kept.imports)
    before = len(_KNOWN_IMPORTS)
    yield
    if len(_KNOWN_IMPORTS) > before:
        with suppress(OSError):
            write_json(file, {"made_by": by, "seal": digest(_KNOWN_IMPORTS), "imports": _KNOWN_IMPORTS})


def _of_package(statements: list[ast.Import | ast.ImportFrom], package: str, inside: str) -> list[str]:
    """Modules of `package` that statements may import; `from a import b` may mean the module `a.b`."""
    found: list[str] = []
    for node in statements:
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        else:
            parents = inside.split(".")[: len(inside.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*parents, *([node.module] if node.module else [])])
            found += [base, *(f"{base}.{alias.name}" for alias in node.names)]
    return [name for name in found if name.split(".")[0] == package]


def recipe(stage: Stage, parameters: Parameters, project: Project) -> dict[str, str]:
    """
    All that decides what a stage computes, apart from its input tables.

    Returns
    -------
    dict of label -> digest
        notebook, code, execution, parameters, data, environment. Comparing two recipes says why a stage is stale.
    """
    cells = code_of(project.notebooks / stage.notebook)
    handed: dict[str, Any] = parameters_for(parameters, stage.name)
    if stage.record:
        handed = {"handed": handed, "all": record_for(stage, parameters)}
    return {
        "notebook": digest(cells),
        "code": code_digest(cells),
        "execution": execution_digest(),
        "parameters": digest([parameters.language, handed]),
        "data": digest(data_files(stage, parameters, project)),
        "environment": digest(deciding(environment())),
    }


def execution_digest(package: Path = PACKAGE) -> str:
    """One digest of the code that executes and saves notebooks."""
    files = (file for pattern in _EXECUTION for file in (package / "runs").glob(pattern))
    return digest({file.name: text_digest(file) for file in files})


def making_digest(package: Path = PACKAGE) -> str:
    """One digest of the code that makes the record and the evidence of a run from its results."""
    return code_digest(_MAKING, package)


def record_for(stage: Stage, parameters: Parameters) -> dict[str, Any]:
    """The record of the choices as a stage reads it; why a run is made decides nothing but its name."""
    reasons = {"why": "stated in the record of the run", "why_mixed": ""}
    masked = {} if stage.names_run else reasons
    return parameters.model_dump(mode="json") | masked


def run_id(
    recipes: Mapping[str, Mapping[str, str]], parameters: Mapping[str, Any], making: str | None = None
) -> str:
    """
    Name of the run with these inputs.

    Parameters
    ----------
    parameters : mapping
        All choices as the record has them. Hashed as a whole too: `why` reaches no stage, yet belongs to the record.
    making : str
        Digest of the code that makes record and evidence; by default of the code that runs.
    """
    making = making_digest() if making is None else making
    return digest({"recipes": recipes, "parameters": parameters, "making": making})[:ID_LENGTH]


def stage_key(recipe: Mapping[str, str], inputs: Mapping[str, str], run: str) -> str:
    """Key under which a stage's results are kept: its recipe, its input tables and, where it names it, the run."""
    return digest({"recipe": recipe, "inputs": inputs, "run": run})
