"""Questionnaire and expert form: written and read in one room."""

from methodology.forms.judgement_tables import (
    has_judgements,
    read_expert_form,
    read_expert_forms,
    read_judgements,
)

__all__ = ["has_judgements", "read_expert_form", "read_expert_forms", "read_judgements"]
