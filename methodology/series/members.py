"""A member of the series, and the standard its plants and judgements lead to under one promise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from methodology.chain.calibration import PROMISES, calibrate
from methodology.chain.proposing import propose
from methodology.evaluation import evaluate
from methodology.indicators import IndicatorSystem, Judgements, Sample
from methodology.languages import Words
from methodology.parameters import Footing, Parameters
from methodology.proposal import proposal_thresholds
from methodology.weights import derive_weights


@dataclass(frozen=True, eq=False)
class Member:
    """
    One system of the series with everything its standard is made from.

    Attributes
    ----------
    parameters : Parameters
        Choices of its run.
    system : IndicatorSystem
    raw, sample : Sample
        Plants as reported, and on the footing the run compares them on.
    terms : DataFrame
        What was subtracted from each plant: columns plant, indicator, level, addend, factor; empty without corrections.
    judgements : Judgements or None
    population : int
        Known plants of the industry; 0: unknown.
    register : DataFrame indexed by plant
        All known plants with attributes and capacity (kt/a), empty if there is no register.
    industry : Sample or None
        The whole population, known only where plants are synthetic.
    about, panel : mapping
        What the plants and the experts say of themselves.
    """

    parameters: Parameters
    system: IndicatorSystem
    raw: Sample
    sample: Sample
    terms: pd.DataFrame
    judgements: Judgements | None
    population: int = 0
    register: pd.DataFrame = field(default_factory=pd.DataFrame)
    industry: Sample | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
    panel: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Id of the system."""
        return self.system.id

    @cached_property
    def weights(self) -> pd.DataFrame:
        """Published weights, columns as weights.csv."""
        return derive_weights(self.system, self.judgements, self.sample, self.parameters.weights).published

    def standard(self, promise: str) -> Standard:
        """
        Calibrate and propose as the run of this system would.

        Parameters
        ----------
        promise : {"marginal", "joint"}
            Instead of the one the run chooses.
        """
        choices = self.parameters
        footing = Footing.of(choices, population=self.population or None, folds=0)
        calibrated = calibrate(
            self.sample, self.system, self.weights, choices.thresholds, promise=promise, footing=footing
        )
        proposal = propose(
            {promise: calibrated}, self.weights, self.sample, self.system, choices, footing=footing
        )
        return Standard(self, promise, calibrated, proposal)


def ingredients(members: Iterable[Member]) -> tuple[dict[str, bool], dict[str, bool]]:
    """Whether plants, and whether experts, of any of the members are made up: what figures of several have to name."""
    told = [(bool(m.about.get("synthetic")), bool(m.panel.get("synthetic"))) for m in members]
    plants, experts = (any(made_up) for made_up in zip(*told, strict=True))
    return {"synthetic": plants}, {"synthetic": experts}


@dataclass(frozen=True, eq=False)
class Standard:
    """
    The proposed standard of one member under one promise.

    Attributes
    ----------
    member : Member
    promise : str
    calibrated : DataFrame
        Columns of thresholds.csv.
    proposal : dict
        As proposal.json.
    """

    member: Member
    promise: str
    calibrated: pd.DataFrame
    proposal: dict[str, Any]

    @property
    def id(self) -> str:
        """Id of the system."""
        return self.member.id

    @cached_property
    def thresholds(self) -> pd.DataFrame:
        """Proposed values, columns of thresholds.csv."""
        return proposal_thresholds(self.proposal)

    @cached_property
    def evaluation(self) -> pd.DataFrame:
        """Levels of the plants of the sample under the proposed values, columns of evaluation.csv."""
        return self.levels_of(self.member.sample)

    def levels_of(self, plants: Sample) -> pd.DataFrame:
        """Levels of other plants of the same system, on the same footing."""
        rule = self.member.parameters.evaluation
        weights = self.member.weights
        return evaluate(
            plants, self.member.system, self.thresholds, weights, level_one=rule.level_one, cut=rule.cut
        )

    def value(self, indicator: str, level: str) -> float:
        """Proposed value, in the unit of the indicator."""
        rows = self.thresholds
        return float(rows.loc[(rows["indicator"] == indicator) & (rows["level"] == level), "value"].iloc[0])


def calibrate_series(
    members: Iterable[Member], *, promises: Iterable[str] = PROMISES
) -> dict[str, tuple[Standard, ...]]:
    """
    The standards of all members, promise by promise.

    Parameters
    ----------
    members : iterable of Member
    promises : iterable of {"marginal", "joint"}

    Returns
    -------
    dict of promise to tuple of Standard
        In the order of the members.
    """
    everyone = tuple(members)
    return {promise: tuple(member.standard(promise) for member in everyone) for promise in promises}


def labels(members: Iterable[Member]) -> dict[str, Words]:
    """Name of each member in both languages, by id and in order."""
    return {member.id: Words(member.system.name_zh, member.system.name_en) for member in members}
