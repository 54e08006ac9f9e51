"""Any accent color can be read on both backgrounds."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.render import colors
from feedsvc.render.colors import DARK, LIGHT, measure_contrast, to_readable
from feedsvc.render.styles import to_page_style

CSS = (Path(colors.__file__).parent.parent / "static" / "feedsvc.css").read_text("utf-8")


@given(st.binary(min_size=3, max_size=3), st.sampled_from([LIGHT, DARK]))
def test_any_color_becomes_readable(color: bytes, background: str) -> None:
    assert measure_contrast(to_readable(f"#{color.hex()}", background), background) >= 4.5


@pytest.mark.parametrize(("color", "background"), [("#0b57a4", LIGHT), ("#8dbdf5", DARK)])
def test_readable_color_stays(color: str, background: str) -> None:
    assert to_readable(color, background) == color


def test_hue_stays() -> None:
    red, green, blue = bytes.fromhex(to_readable("#ffcc00", LIGHT)[1:])

    assert red > green > blue


def test_backgrounds_are_those_of_the_style_sheet() -> None:
    found = re.findall(r"--(?:page|panel): light-dark\((#\w+), (#\w+)\)", CSS)

    assert {min(map(measure_contrast, (one, one), ("#000000", "#000000"))) >= 15 for one, _ in found} == {True}
    assert all(measure_contrast("#000000", light) >= measure_contrast("#000000", LIGHT) for light, _ in found)
    assert all(measure_contrast("#ffffff", dark) >= measure_contrast("#ffffff", DARK) for _, dark in found)


def test_style_sheet_has_the_accent_in_light_and_dark() -> None:
    assert to_page_style("", "") == ""
    assert to_page_style("", "#0b57a4").strip() == ":root { --link: light-dark(#0b57a4, #4199f2); }"
