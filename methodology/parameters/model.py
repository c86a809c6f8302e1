"""Every choice a run makes, typed and frozen.

The same model is the YAML in `params/`, the `parameters` cell of each notebook, the space sensitivity perturbs and
the record in the evidence. Sections hold scalars only, so that each is one notebook's `parameters` cell.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from methodology.indicators.comparators import Identifier, no_device
from methodology.languages import Language

Share = Annotated[float, Field(gt=0, lt=1)]
SystemId = Identifier


class Section(BaseModel):
    """Frozen; unknown keys are refused; a text is never taken for a number."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Exclusion(Section):
    """A plant left out, or one value of it: the register of what was set aside, by whom and why."""

    plant: Annotated[str, Field(min_length=1, max_length=100)]
    """Id of the plant in the sample; its code, where it is published under one."""
    reason: Annotated[str, Field(min_length=5, max_length=500)]
    """Reason, printed in the evidence."""
    indicator: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*)?$", max_length=60)] = ""
    """The one value that is set aside; empty: the whole plant."""
    by: Annotated[str, Field(max_length=100)] = ""
    """Who decided it, e.g. the secretariat; printed in the evidence."""
    date: Annotated[str, Field(pattern=r"^(\d{4}-\d{2}-\d{2})?$")] = ""
    """When it was decided, e.g. 2026-03-01."""


class Covariate(Section):
    """An indicator whose benchmark values move with something else, e.g. carbon with the share of scrap."""

    indicator: SystemId
    """Id of a measured indicator."""
    by: SystemId
    """Id of an attribute with numbers, or of another measured indicator."""
    form: Literal["linear", "piecewise"] = "linear"
    """One slope, or several of one sign between terciles."""
    shares: tuple[Share, Share, Share] = Field(default=(0.05, 0.20, 0.50), strict=False)
    """Shares of plants at Levels I, II and III for which the slope is fitted, together."""
    knots: tuple[float, ...] = Field(default=(), strict=False)
    """Where the curve begins, bends and ends; empty reads it off the plants, who must then all state the covariate."""
    reference: float | None = None
    """Covariate at which values are stated; goes with `knots`."""

    @model_validator(mode="after")
    def _stated_beforehand(self) -> Self:
        rising = all(one < other for one, other in pairwise(self.knots))
        if bool(self.knots) != (self.reference is not None):
            raise ValueError(f"{self.indicator}: `knots` and `reference` are given together")
        if self.knots and not (rising and self.knots[0] <= (self.reference or 0.0) <= self.knots[-1]):
            raise ValueError(f"{self.indicator}: knots rise, and the reference lies between the outer ones")
        if self.knots and (len(self.knots) == 2) != (self.form == "linear"):
            raise ValueError(f"{self.indicator}: a linear form has two knots, a piecewise one more")
        return self


class Release(Section):
    """A value that may be looser than the index that is revised, and why: a recorded decision."""

    indicator: Annotated[str, Field(min_length=1, max_length=60)]
    """Id of the indicator."""
    level: Literal["I", "II", "III"]
    """Level of the value."""
    reason: Annotated[str, Field(min_length=5, max_length=500)]
    """Reason, printed in the evidence."""


class GivenValue(Section):
    """Benchmark values of one indicator as a group chose them, in its unit."""

    indicator: Annotated[str, Field(min_length=1, max_length=60)]
    """Id of the indicator."""
    I: float  # noqa: E741 - a level's name
    """Value of Level I."""
    II: float
    """Value of Level II."""
    III: float
    """Value of Level III."""


class GivenWeight(Section):
    """Weight of one indicator as a group chose it."""

    indicator: Annotated[str, Field(min_length=1, max_length=60)]
    """Id of the indicator."""
    weight: float = Field(ge=0, le=1)
    """Of the whole."""


class SampleChoices(Section):
    """Which plants count, and how their cells are read."""

    source: Annotated[
        str, Field(pattern=r"^([a-z][a-z0-9_]*)?$", max_length=60), AfterValidator(no_device)
    ] = ""
    """Folder below `data/samples/`; empty: the study's own plants, or the sample named like the system."""
    bounds: Literal["exclude", "flag"] = "exclude"
    """A cell outside the physical bounds is set aside with a reason, or kept and flagged."""
    exclude: tuple[Exclusion, ...] = Field(default=(), strict=False)
    """Plants left out, each with a reason."""
    population: int = Field(default=0, ge=0, le=1_000_000)
    """Number of plants in the industry; 0: as stated with the sample, or unknown."""
    stratum: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*=.+)?$", max_length=120)] = ""
    """`attribute=value` keeps one stratum, `attribute=value|value` several; empty: all plants."""
    years: Literal["latest", "mean"] = "latest"
    """What speaks for a plant of several years: its last one, or their mean."""
    least_years: int = Field(default=1, ge=1, le=50)
    """Years that a plant must have reported to be kept."""
    correction: bool = True
    """Bring plants to the same footing (ore grade, scrap ratio …) by the corrections the system declares."""
    covariates: tuple[Covariate, ...] = Field(default=(), strict=False)
    """Values that move with a covariate, read off the plants and taken off their values like a declared correction."""

    @model_validator(mode="after")
    def _one_footing(self) -> Self:
        names = [item.indicator for item in self.covariates]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(
                f"covariates: {', '.join(twice)} is given twice; a value moves with one covariate"
            )
        if self.covariates and not self.correction:
            raise ValueError("covariates correct plants and `correction: false` compares them as they report")
        return self


class WeightChoices(Section):
    """How judgements and data become weights."""

    source: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*)?$", max_length=60)] = ""
    """Folder below `data/judgements/`; empty: the study's own experts, or those of the system; `none`: nobody."""
    method: Literal["ahp", "best-worst", "budget", "entropy", "critic", "pca", "equal", "given", "system"] = (
        "ahp"
    )
    """Source of the weights; `system` takes the draft weights of the indicator system, `given` those named here."""
    aggregation: Literal["AIJ", "AIP-arithmetic", "AIP-geometric"] = "AIJ"
    """Group judgement: geometric mean of matrices, or a mean of priorities."""
    priority: Literal["eigenvector", "geometric-mean"] = "eigenvector"
    """How a pairwise matrix becomes priorities."""
    random_index: Literal["saaty-1980", "saaty-2005", "tummala-ling-1998", "donegan-dodd-1991"] = "saaty-1980"
    """Table of random indices behind the consistency ratio."""
    consistency_limit: float = Field(default=0.10, ge=0, le=1)
    """Judgements with a larger consistency ratio are left out of a node and named."""
    combine_with: Literal["none", "entropy", "critic", "pca", "equal"] = "none"
    """Data-driven weights blended with those of `method`."""
    combination: Literal["convex", "multiplicative", "game"] = "convex"
    """How the two are blended."""
    expert_share: float = Field(default=1.0, ge=0, le=1)
    """Share of `method` in a convex combination."""
    decimals: int = Field(default=3, ge=2, le=6)
    """Decimals of published weights; they still sum to exactly 1."""
    given: tuple[GivenWeight, ...] = Field(default=(), strict=False)
    """Weights of all indicators as given, where that is the method."""

    @model_validator(mode="after")
    def _some_given(self) -> Self:
        if self.method == "given" and not self.given:
            raise ValueError("weights as given need `given`: one line per indicator")
        return self


class ThresholdChoices(Section):
    """How the spread of plants becomes benchmark values."""

    share_I: Share = 0.05
    """Share of plants that reach Level I."""
    share_II: Share = 0.20
    """Share of plants that reach Level II or better."""
    share_III: Share = 0.50
    """Share of plants that reach Level III or better."""
    promise: Literal["marginal", "joint", "strictness", "values"] = "joint"
    """The point that is proposed: the shares promised of each indicator alone or of the whole standard (both are always
    calibrated and shown), a strictness on the frontier, or values as given."""
    strictness_I: float = Field(default=0.0, ge=0, lt=1)
    """Strictness of Level I (one minus the share each indicator lets through), where the point is a strictness."""
    strictness_II: float = Field(default=0.0, ge=0, lt=1)
    """The same of Level II."""
    strictness_III: float = Field(default=0.0, ge=0, lt=1)
    """The same of Level III."""
    given: tuple[GivenValue, ...] = Field(default=(), strict=False)
    """Values as given, where the point is given by values; indicators not named keep those of the joint promise."""
    point_reason: Annotated[str, Field(max_length=500)] = ""
    """Why this point: mandatory for a strictness and for values, printed in the evidence."""
    method: Literal[
        "attainment",
        "harrell-davis",
        "hyndman-fan-1",
        "hyndman-fan-2",
        "hyndman-fan-3",
        "hyndman-fan-4",
        "hyndman-fan-5",
        "hyndman-fan-6",
        "hyndman-fan-7",
        "hyndman-fan-8",
        "hyndman-fan-9",
        "lognormal",
        "normal",
        "gamma",
        "weibull",
        "mean-of-best",
        "mact-floor",
        "bat-ael",
    ] = "attainment"
    """Point estimate of a benchmark value; `mean-of-best` is the EU ETS's, `mact-floor` the US EPA's, `bat-ael` an
    expert's reading at these shares."""
    expert_reason: Annotated[str, Field(max_length=500)] = ""
    """Why an expert reads the plants at these shares; mandatory for `bat-ael`, printed beside every value."""
    interval: Literal[
        "order-statistic",
        "finite-population",
        "interpolated",
        "lognormal",
        "normal",
        "bootstrap-percentile",
        "bootstrap-bca",
    ] = "order-statistic"
    """How far the sample carries a value; `interpolated` is approximate, the bootstraps are for comparison only."""
    confidence: Share = 0.95
    """Nominal confidence of the interval."""
    below_limit: Literal["as-limit", "lognormal-mle", "ros", "kaplan-meier", "half-limit"] = "as-limit"
    """What stands for a value below its detection limit."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.share_I < self.share_II < self.share_III:
            raise ValueError(
                f"shares must rise from Level I to III (given: {self.share_I}, {self.share_II}, {self.share_III})"
            )
        if self.method == "bat-ael" and not self.expert_reason.strip():
            raise ValueError("method 'bat-ael' is an expert's reading: state its reason in expert_reason")
        if self.promise in ("strictness", "values") and not self.point_reason.strip():
            raise ValueError(
                f"a point chosen by {self.promise} is a decision: state its reason in point_reason"
            )
        first, second, third = self.strictness.values()
        if self.promise == "strictness" and not first >= second >= third:
            raise ValueError(
                f"strictness may not rise from Level I to III (given: {first}, {second}, {third})"
            )
        if self.promise == "values" and not self.given:
            raise ValueError("a point chosen by values needs at least one indicator in `given`")
        return self

    @property
    def strictness(self) -> dict[str, float]:
        """Strictness by level."""
        return {"I": self.strictness_I, "II": self.strictness_II, "III": self.strictness_III}

    @property
    def shares(self) -> dict[str, float]:
        """Shares by level."""
        return {"I": self.share_I, "II": self.share_II, "III": self.share_III}


class EvaluationChoices(Section):
    """How scores become a level."""

    level_one: Literal["system", "limiting", "limiting-and-rest-at-two"] = "system"
    """Reading of the Level I rule; `system`: as the indicator system states it."""
    cut: float = Field(default=0.0, ge=0, le=100)
    """Score that Levels I and II need; 0: as the indicator system states it."""


class SensitivityChoices(Section):
    """How far choices and data are perturbed."""

    draws: int = Field(default=20_000, ge=100, le=100_000_000)
    """Draws of the level simulation."""
    weight_concentration: float = Field(default=200.0, gt=0, le=1e9)
    """Dirichlet concentration of drawn weights; larger is closer to the published ones."""
    threshold_cv: float = Field(default=0.2, ge=0, le=1)
    """Standard deviation of drawn benchmark values, in standard deviations between plants."""
    measurement_cv: float = Field(default=0.1, ge=0, le=1)
    """Standard deviation of errors of measurement, in standard deviations between plants."""
    sobol_n: int = Field(default=256, ge=16, le=65_536)
    """Base sample of the variance-based indices; a power of two."""

    @model_validator(mode="after")
    def _power_of_two(self) -> Self:
        if self.sobol_n & (self.sobol_n - 1):
            raise ValueError(f"sobol_n must be a power of two (given: {self.sobol_n})")
        return self


class ProposalChoices(Section):
    """How calibrated values become proposed ones."""

    rounding: Literal["engineering", "none"] = "engineering"
    """Round to the step of each indicator, or not at all."""
    bound_by_law: bool = True
    """A proposed value may not be looser than a comparable mandatory limit; joint values are calibrated within it."""
    bound_by_index: bool = True
    """A proposed value may not be looser than the index that is revised; joint values are calibrated within it."""
    looser: tuple[Release, ...] = Field(default=(), strict=False)
    """Values that may be looser than the index all the same: recorded decisions, each with its reason."""
    disclosure_minimum: int = Field(default=3, ge=1, le=50)
    """Fewest plants that must stand at or beyond a published value; a calibrated one is never looser than that of this
    plant counted from the dirty end."""
    disclosure_rule: Literal["mean-of-k", "round", "withhold"] = "round"
    """What happens to a value with fewer."""
    earlier_draft: int = Field(default=0, ge=0, le=9999)
    """Number of the draft published before; values are guarded against being told apart by comparing the two."""


class Parameters(Section):
    """All choices of one run; a YAML in `params/runs/` states only what differs from these defaults, and why."""

    system: SystemId
    """Id of the indicator system, a file in `params/systems/`."""
    why: Annotated[str, Field(min_length=10, max_length=2000)]
    """Why this run is made: mandatory, printed in the evidence."""
    why_mixed: Annotated[str, Field(max_length=500)] = ""
    """Why real plants are judged by made-up experts, or the reverse; without it a run refuses them."""
    seed: int = Field(default=20261122, ge=0, lt=2**63)
    """Root of every random stream."""
    language: Language = "zh"
    """Language that comes first where both are shown: zh or en."""
    sample: SampleChoices = SampleChoices()
    """Stage 1."""
    weights: WeightChoices = WeightChoices()
    """Stage 2."""
    thresholds: ThresholdChoices = ThresholdChoices()
    """Stage 3."""
    evaluation: EvaluationChoices = EvaluationChoices()
    """Stage 4."""
    sensitivity: SensitivityChoices = SensitivityChoices()
    """Stage 5."""
    proposal: ProposalChoices = ProposalChoices()
    """Stage 6."""


STAGES = ("sample", "weights", "thresholds", "evaluation", "sensitivity", "proposal")
