"""The front door for plants: read, check, convert, keep or exclude with a reason."""

from methodology.sample.about import describe, describe_panel
from methodology.sample.annotated_copy import write_annotated_copy
from methodology.sample.checking import Account, account, check_sample, one_per_cause
from methodology.sample.corrections import Corrections, correct
from methodology.sample.description import Description, Study, find_tables, read_description, sidecar_of
from methodology.sample.doubtful_values import suspicions
from methodology.sample.exclusion import AllPlants, choose, out_of_bounds, within_bounds
from methodology.sample.keys import key_fingerprint, make_key, read_key
from methodology.sample.loaded import Loaded, unsaid
from methodology.sample.many_files import opens
from methodology.sample.mapping_guess import guess_mapping
from methodology.sample.names import Names, comparable, stand_in
from methodology.sample.pseudonyms import is_code, pseudonymise, pseudonyms, refuse_real_names
from methodology.sample.reading import load, read_sample
from methodology.sample.register import read_register
from methodology.sample.years import years_spread

__all__ = [
    "Account",
    "AllPlants",
    "Corrections",
    "Description",
    "Loaded",
    "Names",
    "Study",
    "account",
    "check_sample",
    "choose",
    "comparable",
    "correct",
    "describe",
    "describe_panel",
    "find_tables",
    "guess_mapping",
    "is_code",
    "key_fingerprint",
    "load",
    "make_key",
    "one_per_cause",
    "opens",
    "out_of_bounds",
    "pseudonymise",
    "pseudonyms",
    "read_description",
    "read_key",
    "read_register",
    "read_sample",
    "refuse_real_names",
    "sidecar_of",
    "stand_in",
    "suspicions",
    "unsaid",
    "within_bounds",
    "write_annotated_copy",
    "years_spread",
]
