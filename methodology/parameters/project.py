"""Where a project keeps its systems, samples and judgements."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from methodology.errors import ParameterError
from methodology.indicators import IndicatorSystem, load_system


@dataclass(frozen=True)
class Project:
    """A folder with `params/`, `data/` and `notebooks/`."""

    root: Path

    @classmethod
    def around(cls, place: Path | str = ".") -> Project:
        """
        The project that holds `place`, or the one the package was installed from.

        Raises
        ------
        ParameterError
            If there is neither.
        """
        start = Path(place).resolve()
        for folder in (start, *start.parents, Path(__file__).resolve().parents[2]):
            if (folder / "params" / "systems").is_dir():
                return cls(folder)
        raise ParameterError(
            f"No folder above {start.name!r} has params/systems. Run the command inside a project of the workbench."
        )

    @cached_property
    def systems(self) -> tuple[str, ...]:
        """Ids of the indicator systems."""
        return tuple(sorted(file.stem for file in (self.root / "params" / "systems").glob("*.yaml")))

    def system(self, system: str) -> IndicatorSystem:
        """
        Load an indicator system by its id.

        Raises
        ------
        ParameterError
            If there is no such system; names those there are.
        """
        if system not in self.systems:
            raise ParameterError(
                f"There is no indicator system {system!r}. Known: {', '.join(self.systems)}."
            )
        return load_system(self.root / "params" / "systems" / f"{system}.yaml")

    def sample_folder(self, source: str) -> Path:
        """Folder of a sample."""
        return self.root / "data" / "samples" / source

    def judgements_folder(self, system: str) -> Path:
        """Folder of the experts' judgements on a system."""
        return self.root / "data" / "judgements" / system

    def drafts(self, system: str) -> dict[int, Path]:
        """Folders of the drafts of a system, by number."""
        folder = self.root / "drafts" / system
        return {int(path.name): path for path in sorted(folder.glob("[0-9]*")) if path.name.isdecimal()}

    def draft(self, system: str, number: int) -> dict[str, Any] | None:
        """
        The proposal of a numbered draft; None for number 0.

        Raises
        ------
        ParameterError
            If there is no such draft; names those there are.
        """
        if not number:
            return None
        known = self.drafts(system)
        if number not in known:
            have = ", ".join(map(str, known)) or "none"
            raise ParameterError(f"There is no draft {number} of {system!r}. Drafts: {have}.")
        return json.loads((known[number] / "proposal.json").read_text(encoding="utf-8"))

    @property
    def notebooks(self) -> Path:
        """Folder of the notebooks."""
        return self.root / "notebooks"
