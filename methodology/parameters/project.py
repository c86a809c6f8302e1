"""Where systems, plants, judgements and reference data stand: in a checkout, or in a study upon it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from methodology.errors import ParameterError

if TYPE_CHECKING:
    from methodology.indicators import IndicatorSystem

STUDY = "study.yaml"
"""What makes a folder a study: it says of which system, year and industry, and what is confidential."""
PLANTS, EXPERTS = "plants", "experts"
"""Where a study keeps what plants and experts sent, as it came."""
REGISTER = "register.csv"
"""A study's own list of all known plants of the industry, if there is one."""
RUNS = ("params", "runs")
"""Where a project keeps what its runs choose."""
CARRIED = "cleaner_production_workbench"
"""Folder beside the package in which a wheel carries notebooks, systems and data."""


def shipped() -> Path:
    """Folder of notebooks, systems and data: the checkout the package stands in, or what its wheel carries."""
    beside = Path(__file__).resolve().parents[2]
    return beside if (beside / "params" / "systems").is_dir() else beside / CARRIED


@dataclass(frozen=True)
class Project:
    """
    A folder with `params/`, `data/` and `notebooks/`; or a study, which finds there what it does not have itself.

    Attributes
    ----------
    root : Path
        The folder. Runs, drafts and own parameters stand below it.
    run : str
        Which of the files in `params/runs/` is meant, where somebody named one: a shipped run is a study too.
    """

    root: Path
    run: str = ""

    @classmethod
    def around(cls, place: Path | str = ".") -> Project:
        """The study or project that holds `place`, or the one the package was installed with."""
        start = Path(place).resolve()
        for folder in (start, *start.parents, shipped()):
            if (folder / STUDY).is_file() or (folder / "params" / "systems").is_dir():
                return cls(folder)
        raise ParameterError(
            f"No folder above {start.name!r} is a study, and the workbench was installed without its systems. Make a "
            "study with `workbench new FOLDER --system ID`, or install the workbench again."
        )

    @cached_property
    def is_study(self) -> bool:
        """Whether the folder is a study of one's own."""
        return (self.root / STUDY).is_file()

    @cached_property
    def stated(self) -> Mapping[str, Any]:
        """What a study says of itself, as written; nothing where the project is none."""
        from methodology.indicators.loading import read_yaml

        return read_yaml(self.root / STUDY, error=ParameterError) if self.is_study else {}

    @cached_property
    def base(self) -> Path:
        """Where notebooks, shipped systems and reference data stand."""
        return shipped() if self.is_study else self.root

    def place(self, name: str) -> Path:
        """A file or folder of the project: its own, or else the shipped one."""
        own = self.root / name
        return own if own.exists() else self.base / name

    def matching(self, pattern: str) -> list[Path]:
        """Files of the project that match a pattern: its own, or else the shipped ones."""
        own = [path for path in self.root.glob(pattern) if path.is_file()]
        return sorted(own or (path for path in self.base.glob(pattern) if path.is_file()))

    @cached_property
    def systems(self) -> tuple[str, ...]:
        """Ids of the indicator systems."""
        files = (
            file for root in (self.root, self.base) for file in (root / "params" / "systems").glob("*.yaml")
        )
        return tuple(sorted({file.stem for file in files}))

    def system(self, system: str) -> IndicatorSystem:
        """Load an indicator system by its id; a message names those there are."""
        from methodology.indicators import load_system

        if system not in self.systems:
            raise ParameterError(
                f"There is no indicator system {system!r}. Known: {', '.join(self.systems)}."
            )
        return load_system(self.place(f"params/systems/{system}.yaml"))

    def sample_folder(self, source: str, system: str = "") -> Path:
        """Folder of the plants: a shipped sample by its name; without one a study's own, or that of the system."""
        if self.is_study and not source:
            return self.root / PLANTS
        return self.base / "data" / "samples" / (source or system)

    def judgements_folder(self, source: str, system: str = "") -> Path:
        """Folder of the experts' judgements, chosen as the plants are."""
        if self.is_study and not source:
            return self.root / EXPERTS
        return self.base / "data" / "judgements" / (source or system)

    def register(self, system: str, source: str = "") -> Path:
        """List of all known plants of the industry; own plants never stand beside the shipped one, which is made up."""
        if self.is_study and not source:
            return self.root / REGISTER
        return self.base / "data" / "reference" / f"register_{system}.csv"

    def drafts(self, system: str) -> dict[int, Path]:
        """Folders of the drafts of a system, by number."""
        folder = self.root / "drafts" / system
        return {int(path.name): path for path in sorted(folder.glob("[0-9]*")) if path.name.isdecimal()}

    def draft(self, system: str, number: int) -> dict[str, Any] | None:
        """The proposal of a numbered draft, None for number 0; a message names those there are."""
        from methodology.indicators.plain_files import read_json

        if not number:
            return None
        known = self.drafts(system)
        if number not in known:
            have = ", ".join(map(str, known)) or "none"
            raise ParameterError(f"There is no draft {number} of {system!r}. Drafts: {have}.")
        return read_json(known[number] / "proposal.json")

    @property
    def notebooks(self) -> Path:
        """Folder of the notebooks."""
        return self.base / "notebooks"

    @property
    def workplace(self) -> Path:
        """Where the kernels of a run stand, so that `around` finds this project from there."""
        return self.root if self.is_study else self.notebooks
