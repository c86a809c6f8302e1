"""The typed, frozen set of every choice a run makes."""

from methodology.parameters.cells import cell_source
from methodology.parameters.footing import Footing
from methodology.parameters.loading import (
    cell_of,
    choices_of,
    load_run,
    parameters_for,
    recorded,
    section_class,
)
from methodology.parameters.model import (
    STAGES,
    Covariate,
    EvaluationChoices,
    GivenValue,
    Parameters,
    ProposalChoices,
    Release,
    SampleChoices,
    SensitivityChoices,
    ThresholdChoices,
    WeightChoices,
)
from methodology.parameters.project import EXPERTS, PLANTS, STUDY, Project, shipped
from methodology.parameters.scenarios import Scenario, load_scenario, load_scenarios
from methodology.parameters.words import choice_in_words, setting_in_words

__all__ = [
    "EXPERTS",
    "PLANTS",
    "STAGES",
    "STUDY",
    "Covariate",
    "EvaluationChoices",
    "Footing",
    "GivenValue",
    "Parameters",
    "Project",
    "ProposalChoices",
    "Release",
    "SampleChoices",
    "Scenario",
    "SensitivityChoices",
    "ThresholdChoices",
    "WeightChoices",
    "cell_of",
    "cell_source",
    "choice_in_words",
    "choices_of",
    "load_run",
    "load_scenario",
    "load_scenarios",
    "parameters_for",
    "recorded",
    "section_class",
    "setting_in_words",
    "shipped",
]
