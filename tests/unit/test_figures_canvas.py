import gzip
import struct
from base64 import b64decode, b64encode

import pandas as pd
import pytest

from methodology.figures import canvas, level_shares, strata_coverage
from methodology.figures.canvas import ClaimFigure, digest
from methodology.figures.looks import looks
from methodology.languages import speaking

TABLE = pd.DataFrame({"I": [1, 2], "II": [1, 2], "III": [2, 0], "none": [0, 0]}, index=["these", "those"])


def drawn(title="A claim") -> ClaimFigure:
    return level_shares(TABLE, title=title)


def chunks(png: bytes) -> list[bytes]:
    found, place = [], 8
    while place < len(png):
        size = struct.unpack(">I", png[place : place + 4])[0]
        found.append(png[place + 4 : place + 8])
        place += 12 + size
    return found


def test_the_same_data_give_the_same_png_bytes():
    assert drawn().png() == drawn().png()


def test_a_png_holds_no_date_and_no_version():
    assert not {b"tEXt", b"tIME", b"iTXt", b"zTXt"} & set(chunks(drawn().png()))


def test_the_text_form_names_the_claim_and_changes_with_the_data():
    other = level_shares(TABLE + 1, title="A claim")
    assert "A claim" in repr(drawn())
    assert repr(drawn()) == repr(drawn()) != repr(other)


def test_a_notebook_gets_the_picture_at_its_shown_size_and_the_digest_as_text():
    data, metadata = drawn()._repr_mimebundle_(include=None, exclude=None)
    width, height = struct.unpack(">II", data["image/png"][16:24])
    shown = metadata["image/png"]
    assert data["text/plain"] == repr(drawn())
    assert (width, height) == pytest.approx((1.5 * shown["width"], 1.5 * shown["height"]), abs=2)


def test_a_dollar_sign_in_a_name_is_no_formula():
    assert drawn(title=r"price $\frac$ and $x_").png()


@pytest.mark.parametrize(
    "title",
    [
        "The middle 80 % of plants span 254 % of the median in CO2 of the chimney, 5 % of the median in COG",
        "Level II, up to 90 % from the method used: Benzo[a]pyrene at oven top, looser with mact-floor",
    ],
)
def test_a_title_ends_inside_the_figure(title):
    figure = drawn(title=title)
    figure.png()
    heading = figure._suptitle.get_window_extent(figure.canvas.get_renderer())
    assert heading.x1 <= figure.bbox.x1


def test_a_digest_ignores_the_last_bits_of_a_number():
    assert digest(TABLE * (0.1 + 0.2)) == digest(TABLE * 0.3)


def test_a_notebook_keeps_a_figure_as_drawings_of_both_languages_and_the_same_data():
    figure = level_shares(TABLE)
    with speaking("zh"):
        chinese = level_shares(TABLE)
    kept = figure._repr_mimebundle_()[0][canvas.DRAWINGS]
    assert {language: one["claim"] for language, one in kept.items()} == {
        "en": figure.claim,
        "zh": chinese.claim,
    }
    assert gzip.decompress(b64decode(kept["zh"]["svg"])) == chinese.svg()
    assert gzip.decompress(b64decode(kept["en"]["svg"])) == figure.svg()
    assert kept["en"]["svg"] == b64encode(gzip.compress(figure.svg(), mtime=0)).decode(), "no date is packed"
    assert (
        repr(figure)
        == f"<Figure: {figure.claim} | {chinese.claim} | data 2 x 4, sha256 {digest(figure.data)}>"
    )


def test_a_title_both_languages_write_alike_is_named_once():
    assert repr(drawn("GB 21256")).count("GB 21256") == 1


@pytest.mark.parametrize("names", [["ahp", "critic"], ["critic", "other", "ahp"], ["system", "ahp"]])
def test_a_method_has_one_colour_and_mark_whatever_stands_beside_it(names):
    alone = looks(["ahp"])["ahp"]
    found = looks(names)
    assert found["ahp"] == alone
    assert len({tuple(look.values()) for look in found.values()}) == len(names)


def test_marks_at_0_and_100_percent_stand_whole():
    coverage = pd.DataFrame(
        {
            "stratum": ["a", "all"],
            "plants": [0, 4],
            "known": 4,
            "share": [0.0, 1.0],
            "capacity_share": [0.0, 1.0],
        }
    )
    low, high = strata_coverage(coverage).axes[0].get_xlim()
    assert low < 0
    assert high > 1
