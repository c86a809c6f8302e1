"""What is said about tables beside them: `sample.yaml` of a sample folder, `study.yaml` of a study."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from methodology.errors import DataError, Problem
from methodology.indicators.loading import problems_of, read_yaml
from methodology.indicators.plain_files import files_of
from methodology.parameters.project import PLANTS, STUDY
from methodology.pseudonyms import SUFFIX

SIDECAR = "sample.yaml"
REAL_DATA = "WORKBENCH_REAL_DATA"
TABLES = ("plants.csv", "plants.xlsx", "plants.xls", "plants.ods", "plants.xlsm", "plants.parquet")
SUFFIXES = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods", ".parquet")
Name = Annotated[str, Field(min_length=1, max_length=200)]
_Signs = Annotated[tuple[Name, ...], Field(max_length=50)]


class Model(BaseModel):
    """Frozen; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Marks(Model):
    """Signs of this table that would otherwise be refused, because they can mean two states."""

    not_reported: _Signs = ()
    """E.g. ['-', 'NA']: nothing was reported."""
    not_applicable: _Signs = ()
    """E.g. ['/']: the indicator does not apply to the plant."""

    @property
    def declared(self) -> bool:
        """Whether there are any."""
        return bool(self.not_reported or self.not_applicable)


class Description(Model):
    """The sidecar of one sample."""

    written_in: ClassVar[str] = SIDECAR
    """File that says all this."""

    title_zh: str = ""
    title_en: str = ""
    system: str = ""
    """Id of the indicator system the plants were asked about."""
    synthetic: bool = False
    """True for plants that do not exist; they bear codes."""
    public: bool = False
    """True for plants whose names and figures are published elsewhere; `source` says where."""
    key: str = ""
    """File of the key of the pseudonyms, beside this file or elsewhere: plants are published as P01, P02, ..."""
    seed: int | None = None
    """Seed the plants were drawn with, if synthetic."""
    generator: str = ""
    """Command that makes a synthetic sample again."""
    year: int | None = None
    """Year the values are of."""
    table: str = ""
    """Table beside this file; or below the folder WORKBENCH_REAL_DATA, if `real_data`."""
    real_data: bool = False
    """True for a table that is no part of the project: the environment variable says where it lies."""
    sheet: str = ""
    index: str = ""
    """Header of the column of plant ids, if it is none of the usual ones."""
    population: int = Field(default=0, ge=0, le=1_000_000)
    """Number of plants in the industry; 0: unknown."""
    sampled: int | None = None
    """Number of plants in the table, for the reader."""
    units: dict[str, Name] = {}
    """Unit of a column, where its header states none and it is not the system's."""
    columns: dict[Name, str] = {}
    """Header -> indicator or attribute it means."""
    attributes: dict[str, str] = {}
    """Further columns: unit, `text`, or `a|b|c` for a choice."""
    ignore: tuple[Name, ...] = ()
    """Headers of columns that are not read."""
    plants: tuple[Name, ...] = ()
    """Ids that read like a total, a limit or a note and are plants all the same."""
    marks: Marks = Marks()
    decimals: Literal["", "point"] = ""
    """`point`: every point in a number of this table is a decimal point, 1.149 too."""
    pseudonym_seed: None = None
    """Refused: `key` has taken its place."""
    inventory: None = None
    """Refused: a mapping has taken its place."""
    source: str = ""
    status: str = ""
    licence: str = ""
    note: str = ""

    @field_validator("table")
    @classmethod
    def _inside(cls, table: str) -> str:
        path = PurePosixPath(table)
        if path.is_absolute() or ".." in path.parts or "\\" in table or ":" in table:
            raise ValueError("name a file inside the folder, without '..', drive or leading slash")
        return table

    @field_validator("pseudonym_seed", mode="before")
    @classmethod
    def _no_seed(cls, seed: object) -> object:
        if seed is not None:
            raise ValueError(
                "a number beside the names is no key: who reads this file knows every code. Run `workbench key "
                f"plants{SUFFIX}` in this folder, write `key: plants{SUFFIX}` instead (codes change once), or "
                "`public: true` if the names are published elsewhere"
            )
        return seed

    @field_validator("inventory", mode="before")
    @classmethod
    def _no_inventory(cls, stated: object) -> object:
        if stated is not None:
            raise ValueError(
                "a table of substances and amounts is described in mapping.yaml beside it, zeros under `marks:` there. "
                "`workbench map TABLE --system ID` writes a first guess; delete `kind` and `inventory` here"
            )
        return stated

    @field_validator("key")
    @classmethod
    def _a_file(cls, key: str) -> str:
        if key and not (key.endswith(SUFFIX) and PurePosixPath(key).name != SUFFIX):
            raise ValueError(
                f"name a file that ends in {SUFFIX}, e.g. plants{SUFFIX}: such files stay out of the repository; "
                "never write the key itself here"
            )
        return key

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Description:
        if self.public and not self.source.strip():
            raise ValueError(f"`{self._open}` needs `source:`, where names and figures are published")
        if self.real_data and not self.table:
            raise ValueError("`real_data: true` needs `table:`, its path below the folder of the real data")
        if self.public and self.key:
            raise ValueError(f"`{self._open}` and `key:` contradict each other; delete one")
        return self

    @property
    def _open(self) -> str:
        return "confidential: nothing" if self.written_in == STUDY else "public: true"

    @property
    def guarded(self) -> bool:
        """Whether nothing that names a plant may reach an output."""
        return bool(self.key) or not (self.public or self.synthetic)


class Panel(Model):
    """What is said about a panel of experts beside its judgements."""

    title_zh: str = ""
    title_en: str = ""
    synthetic: bool = False
    """True for experts who do not exist."""
    date: Annotated[str, Field(max_length=100)] = ""
    """When they were asked."""
    panel: Annotated[str, Field(max_length=500)] = ""
    """Which panel, without names."""
    source: str = ""
    """Who asked them."""
    status: str = ""


class Study(Description):
    """What a study says of itself: all that is said of its plants, its panel, and how confidential they are."""

    written_in = STUDY
    system: Annotated[str, Field(min_length=1)]
    """Id of the indicator system."""
    why: Annotated[str, Field(max_length=2000)] = ""
    """Why the study is made, where its runs do not say it themselves."""
    why_mixed: Annotated[str, Field(max_length=500)] = ""
    """Why its plants and its experts are not both real, or not both made up."""
    language: Literal["zh", "en"] = "zh"
    """Language that comes first."""
    confidential: Literal["plants", "nothing"] = "plants"
    """`plants`: no result names one. `nothing`: names and figures are published, `source` says where."""
    experts: Panel = Panel()
    """The panel whose forms stand in `experts/`."""

    @model_validator(mode="before")
    @classmethod
    def _public(cls, stated: Any) -> Any:
        if isinstance(stated, dict) and "public" in stated:
            raise ValueError("a study says `confidential: nothing` in place of `public`")
        open_ = isinstance(stated, dict) and stated.get("confidential") == "nothing"
        return {**stated, "public": open_} if isinstance(stated, dict) else stated


def sidecar_of(folder: Path) -> Path:
    """The file that describes the tables of a folder: the one beside them, or that of the study they belong to."""
    own, study = folder / SIDECAR, folder.parent / STUDY
    return study if folder.name == PLANTS and study.is_file() and not own.is_file() else own


def read_description(place: Path) -> tuple[Description, list[Problem]]:
    """
    Read the sidecar of a sample.

    Parameters
    ----------
    place : Path
        A sample folder, or a table; the sidecar beside a table counts only if it is about that table.

    Returns
    -------
    description, problems
        An empty description where there is no sidecar.
    """
    folder = place if place.is_dir() else place.parent
    sidecar = sidecar_of(folder)
    if not os.path.lexists(sidecar):  # a link that leads nowhere is a fault, not the lack of a description
        return Description(), []
    kind = Study if sidecar.name == STUDY else Description
    content = read_yaml(sidecar, error=DataError)
    try:
        description = kind.model_validate(content)
    except ValidationError as fault:
        about = place.is_dir() or place.name in TABLES or kind is Study
        found = problems_of(fault, sidecar.name, kind.model_fields, stated=content) if about else []
        return Description(), [_unquoted(problem) for problem in found]
    tables = [description.table] if description.table else TABLES
    about = place.is_dir() or kind is Study or place.name in tables
    return description if about else Description(), []


def _unquoted(problem: Problem) -> Problem:
    """A fault of a key, without what was given: it may be the key."""
    secret = problem.key in ("key", "pseudonym_seed")
    return replace(problem, what=f"{problem.what.partition(' (given: ')[0]}.") if secret else problem


def find_tables(place: Path, description: Description) -> list[Path]:
    """
    Find the tables of a sample: the one that is named, or all that plants sent to a study.

    Refused if there is none, there are several outside a study, or the path leaves the folder.
    """
    if not place.exists():
        raise DataError(f"There is no file or folder {str(place)!r}. Check the path.")
    if place.is_file():
        if place.suffix.lower() not in SUFFIXES:
            raise DataError(f"{place.name} is none of {', '.join(SUFFIXES)}. Save the table as .xlsx or CSV.")
        return [place]
    if description.real_data:
        return [real_file(description.table, place.name)]
    if isinstance(description, Study) and not description.table:
        return _sent(place)
    if description.table:
        found = [place / description.table]
        if not found[0].resolve().is_relative_to(place.resolve()):
            raise DataError(f"{SIDECAR} names a file outside {place.name!r}: {description.table!r}.")
    else:
        alone = _tables_among(path for path in place.glob("*") if path.is_file())
        found = [place / name for name in TABLES if (place / name).is_file()] or (
            alone if len(alone) == 1 else []
        )
    if not found or not found[0].is_file():
        raise DataError(
            f"{place.name!r} holds no table of plants. Put one of {_either(TABLES)} there, or name the file in "
            f"{SIDECAR} (`table:`)."
        )
    if len(found) > 1:
        names = " and ".join(path.name for path in found)
        raise DataError(f"{place.name!r} holds {names}. Name the one to read in {SIDECAR} (`table:`).")
    return found


def _tables_among(files: Iterable[Path]) -> list[Path]:
    """Tables among files, without what spreadsheet programs and systems leave beside them."""
    tables = (path for path in files if path.suffix.lower() in SUFFIXES)
    return [path for path in tables if not path.name.startswith((".", "~$"))]


def _sent(folder: Path) -> list[Path]:
    """Every table below a folder, whatever else was sent with it."""
    tables = _tables_among(files_of(folder))
    if not tables:
        raise DataError(
            f"{folder.name}/ holds no table of plants. Put the filled questionnaires there, one file per plant or one "
            "for all; `workbench template ID -o FILE.xlsx` writes a blank one. 请将企业填好的表格放入 plants 文件夹。"
        )
    return tables


def real_file(name: str, sample: str) -> Path:
    """Find a file of the real data, below the folder that WORKBENCH_REAL_DATA names."""
    root = os.environ.get(REAL_DATA, "")
    if not root:
        raise DataError(
            f"The sample {sample!r} is made from real plants, whose data are not part of the project. Set the "
            f"environment variable {REAL_DATA} to the folder that holds {name!r}, or choose another system."
        )
    file = (Path(root) / name).resolve()
    if not file.is_relative_to(Path(root).resolve()):
        raise DataError(f"{name!r} leads out of the folder that {REAL_DATA} names.")
    if not file.is_file():
        raise DataError(f"The folder that {REAL_DATA} names holds no {name!r}. Check the variable.")
    return file


def _either(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
