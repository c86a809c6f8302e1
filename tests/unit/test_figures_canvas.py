import struct

import pandas as pd
import pytest

from methodology.figures import canvas, level_shares
from methodology.figures.canvas import ClaimFigure, digest

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


def test_levels_are_told_apart_in_grey_print_and_by_the_colour_blind():
    from matplotlib.colors import to_rgb

    grey = {level: 0.299 * r + 0.587 * g + 0.114 * b for level, (r, g, b) in
            ((level, to_rgb(colour)) for level, colour in canvas.LEVEL_COLOURS.items())}  # fmt: skip
    blue = {level: to_rgb(colour)[2] for level, colour in canvas.LEVEL_COLOURS.items()}
    for one in grey:
        for other in grey:
            assert one == other or abs(grey[one] - grey[other]) > 0.1 or abs(blue[one] - blue[other]) > 0.25
