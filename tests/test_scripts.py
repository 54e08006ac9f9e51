"""The language of a text by its script."""

import pytest

from feedsvc.scripts import guess_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("昨天我们去看了海，这是一个很安静的地方。", "zh-Hans"),
        ("昨天我們去看了海，這是一個很安靜的地方。", "zh-Hant"),
        ("山谷", "zh"),
        ("山谷来信 by Ada", "zh-Hans"),
        ("昨日は海を見に行った。とても静かな場所だった。", "ja"),
        ("我们在东京看到一块招牌，上面写着「さくら」两个字，这是我们第一次来这里，大家都很高兴。", "zh-Hans"),
        ("어제 바다를 보러 갔다.", "ko"),
        ("אתמול הלכנו לראות את הים", "he"),
        ("Χθες πήγαμε να δούμε τη θάλασσα", "el"),
        ("เมื่อวานเราไปดูทะเล", "th"),
    ],
)
def test_a_script_of_its_own_tells_the_language(text: str, language: str) -> None:
    assert guess_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024-05-01 …",
        "Yesterday we went to the sea, and saw 海 written on a wall.",
        "Gestern waren wir am Meer.",
        "Вчера мы ходили на море.",
        "ذهبنا أمس إلى البحر",
    ],
)
def test_a_script_of_many_languages_tells_none(text: str) -> None:
    assert guess_language(text) == ""
