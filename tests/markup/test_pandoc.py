"""What only pandoc reads, in Markdown of Quarto and R Markdown."""

import pytest

from feedsvc.markup.pandoc import adapt_pandoc


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("the 1^st^ of 10^-3^ m^2^", "the 1<sup>st</sup> of 10<sup>-3</sup> m<sup>2</sup>"),
        ("H~2~O and CO~2~e", "H<sub>2</sub>O and CO<sub>2</sub>e"),
        ("x^*a*^", "x<sup>*a*</sup>"),
        ("As said [@knuth84].", "As said (knuth84)."),
        ("[see @knuth84, pp. 3; also @doe_2020]", "(see knuth84, pp. 3; also doe_2020)"),
        ("Knuth says [-@knuth84] so", "Knuth says (knuth84) so"),
        ("Call `f(x)`{.r} or `<b>`{=html} here", "Call `f(x)` or `<b>` here"),
        ("`a^b^` and a^b^", "`a^b^` and a<sup>b</sup>"),
    ],
)
def test_marks_of_pandoc_are_shown(body: str, shown: str) -> None:
    assert adapt_pandoc(body) == shown


@pytest.mark.parametrize(
    "body",
    [
        "a note[^1] and another[^2].\n\n[^1]: x ^ y ^ z",
        "An inline note.^[Of *mine*.]",
        "~~gone~~ and ~/a and ~/b",
        "$x^2 + y^2$ and $$a^b\n+ c^d^e$$",
        "`H~2~O ^a^`",
        "```{.r}\nx`{.r}`\n```",
        "- ```{.r}\n  x\n  ```",
        "`{.r}` and ``a`{.r} b`` and `{x}` and `a`{b}",
        "```r\nx ^a^ [@b]\n```",
        "    indented ^a^",
        "[a](https://a.example/~ada/x^2^) https://b.example/~c~/",
        "[@ada](https://social.example/@ada) and [a@b.example]",
        "2^10 and 3^4 are powers, ~5 to ~6 too",
        "[@ada]: https://a.example",
        "\\^a^ stays",
    ],
)
def test_other_signs_stay(body: str) -> None:
    assert adapt_pandoc(body) == body


@pytest.mark.parametrize("part", ["^a", "~a", "[@a", "$a", "`a", "](a", "[a @", "<a", "$$", "```\n", "^", "~", "[-@a "])
def test_long_bodies_take_linear_time(part: str) -> None:
    assert len(adapt_pandoc(part * 30_000)) >= len(part) * 29_000
