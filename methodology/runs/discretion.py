"""Keep names of plants out of a run: recode choices before they are recorded, search finished folders."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from methodology.errors import DataError, Problem, StageError, raise_problems
from methodology.indicators.plain_files import files_of
from methodology.parameters import Parameters, Project
from methodology.parameters.project import STUDY
from methodology.runs.fingerprints import PACKAGE, sample_folder
from methodology.runs.notebooks import read_cells
from methodology.runs.readable import notebook_cells, readable

if TYPE_CHECKING:
    from methodology.sample.loaded import Loaded
    from methodology.sample.names import Names

MOST_LISTED = 10
_TEXTS = (".py", ".yaml", ".html", ".css", ".js", ".toml", ".xml", ".docx", ".csv", ".json")
_NO_WORDS = ("register_", "works.")
"""Reference tables that list plants: their names are as secret as those of the sample."""


def without_names(parameters: Parameters, project: Project) -> Parameters:
    """
    Choices of a run as they may be recorded: a plant that is named in `sample.exclude` becomes its code.

    Raises
    ------
    DataError
        If a text of the choices (`why`, a reason, a stratum) names a plant or repeats a text of its table, or the
        sample         bears names and has no key. It is raised before anything is written, for whoever starts the run.
    """
    try:
        known = _known(parameters, project)
    except DataError:
        from methodology.pseudonyms import is_code

        if all(is_code(item.plant) for item in parameters.sample.exclude):
            return parameters  # the first stage says what is wrong with the sample
        raise
    if known is None:
        return parameters
    from methodology.sample.loaded import unsaid

    place = sample_folder(parameters, project)
    said = unsaid(known, place)
    faults = [problem for problem in known.problems if problem in said or problem.key == "key"]
    raise_problems(DataError, f"{place.name} cannot be used as a sample of {parameters.system!r}.", faults)
    recorded, problems = _recoded(parameters, known)
    raise_problems(
        DataError, f"The choices of the run of {parameters.system!r} cannot be recorded.", problems
    )
    return recorded


def _recoded(parameters: Parameters, known: Loaded) -> tuple[Parameters, list[Problem]]:
    """Choices with codes in the place of names, and what is wrong with their texts."""
    content = parameters.model_dump()
    problems = []
    for number, item in enumerate(content["sample"]["exclude"]):
        if known.plants and item["plant"] not in {*known.plants, *known.codes.values()}:
            what = f"plant {item['plant']!r} is not in the sample."
            problems.append(Problem(what, key=f"sample.exclude.{number}", fix="Check its id."))
        item["plant"] = known.codes.get(item["plant"], item["plant"])
    problems += [
        Problem(
            "names a plant, or repeats a text of its table.",
            key=key,
            why="The choices of a run are part of its record, which is published.",
            fix="Say it without the name; plants in `sample.exclude` may be named, they become codes.",
        )
        for key, text in _strings(content)
        if known.names.found_in(text)
    ]
    return Parameters.model_validate(content), problems


def refuse_names(folder: Path, parameters: Parameters, project: Project) -> None:
    """
    Search every file of a finished run for the names and texts of its plants, before the run is published.

    Parameters
    ----------
    folder : Path
        The run as it is to be published.
    parameters : Parameters
        Its choices; they say which sample was read.

    Raises
    ------
    StageError
        If one is found. The message says in which files and where, never what.
    """
    known = _known(parameters, project)
    if known is None:
        return
    names = known.names | _listed(parameters, project)
    if names.secrets:
        names = _beyond_words(names, known, project, parameters.system)
    found = list(dict.fromkeys(_findings(folder, names))) if names.secrets else []
    if found:
        more = f"\n  - and {len(found) - MOST_LISTED} more" if len(found) > MOST_LISTED else ""
        places = "".join(f"\n  - {place}" for place in found[:MOST_LISTED])
        raise StageError(
            f"The name of a plant, or another text of the table of {_called(parameters)!r}, stands in what the run "
            f"would publish; the run is kept apart.{places}{more}\nLook there and take it out of the choices, the "
            "notebook or the sidecar; declare the sample `public: true` only if its names are published elsewhere."
        )


def _known(parameters: Parameters, project: Project) -> Loaded | None:
    """A sample that is neither public nor made up, as read; None if there is nothing to hide."""
    from methodology.sample.description import read_description, sidecar_of

    place = sample_folder(parameters, project)
    if not place.is_dir() or not read_description(place)[0].guarded:
        return None
    files = (path for path in (*files_of(place), sidecar_of(place)) if path.is_file())
    stamps = tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files)
    return _loaded(place, project, parameters.system, stamps)


@lru_cache(maxsize=8)
def _loaded(place: Path, project: Project, system: str, _: object) -> Loaded:
    from methodology.sample import load

    return load(place, project.system(system))


def _listed(parameters: Parameters, project: Project) -> Names:
    """Plants of the tables beside the sample: the register of the industry, and the industry as a whole."""
    from methodology.sample.names import Names

    sample = sample_folder(parameters, project)
    tables = (project.register(parameters.system, parameters.sample.source), sample / "population.csv")
    texts: set[str] = set()
    for path in tables:
        if path.is_file():
            with path.open(encoding="utf-8-sig", errors="replace", newline="") as table:
                texts |= {row.get("plant") or "" for row in csv.DictReader(table)}
    return Names.of((), texts)


def _called(parameters: Parameters) -> str:
    return parameters.sample.source or parameters.system


def _strings(content: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text of nested choices with its dotted key."""
    if isinstance(content, dict):
        for name, value in content.items():
            yield from _strings(value, f"{key}.{name}" if key else name)
    elif isinstance(content, list | tuple):
        for number, value in enumerate(content):
            yield from _strings(value, f"{key}.{number}")
    elif isinstance(content, str):
        yield key, content


def _findings(folder: Path, names: Names) -> Iterator[str]:
    """Files with a place in which a secret stands."""
    from methodology.sample.names import stand_in

    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if names.found_in(name):
            yield "the name of a file or folder"
        if not path.is_file():
            continue
        data = path.read_bytes()
        hits = [place for place, text in readable(data) if stand_in(names, text)]
        cells = [
            f"cell {number}"
            for number, cell in (notebook_cells(data) if hits and path.suffix == ".ipynb" else ())
            if any(stand_in(names, text) for _, text in readable(cell))
        ]
        shown = "the file" if names.found_in(name) else name
        yield from (f"{shown}{', ' + place if place else ''}" for place in cells or hits)


def _beyond_words(names: Names, known: Loaded, project: Project, system: str) -> Names:
    """Names without words of the workbench, nor of a study's own files, which may be words but no plant of its own."""
    from methodology.sample.names import Names

    left = names.without(_words(project.base, system))
    if not project.is_study:
        return left
    plants = Names.of(known.codes, ()).secrets & left.secrets
    excused = left.without(_words(project.root, system)).secrets
    return Names(names.codes, excused | plants)


def _words(root: Path, system: str) -> str:
    """Every text the workbench, or a study, brings itself: who finds it in a run learns nothing about a plant."""
    from methodology.sample.names import comparable

    files = [root / "params" / "systems" / f"{system}.yaml", root / "params" / "alternatives.yaml"]
    files += sorted((root / "data" / "reference").rglob("*"))
    notebooks = [] if (root / STUDY).is_file() else sorted((root / "notebooks").glob("*.ipynb"))
    cells = [str(cell["source"]) for notebook in notebooks for cell in read_cells(notebook)]
    return f"{_own_words()} {comparable(' '.join([*_texts_of(files), *cells]))}"


@lru_cache(maxsize=1)
def _own_words() -> str:
    """Texts of the package, and what the makers of pages and documents put into each of them."""
    from methodology.sample.names import comparable

    folders = (PACKAGE, *_templates())
    return comparable(" ".join(_texts_of(path for folder in folders for path in sorted(folder.rglob("*")))))


def _texts_of(files: Iterable[Path]) -> Iterator[str]:
    for path in files:
        if path.suffix in _TEXTS and path.is_file() and not path.name.startswith(_NO_WORDS):
            yield from (text for _, text in readable(path.read_bytes()))


def _templates() -> list[Path]:
    """What the makers of pages and documents put into each of them."""
    places = {"docx": ("templates",)}
    found = []
    for package, folders in places.items():
        spec = find_spec(package)
        if spec is not None and spec.origin:
            found += [Path(spec.origin).parent / folder for folder in folders]
    return found
