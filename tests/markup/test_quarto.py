"""What Quarto leaves out of web pages."""

import pytest

from feedsvc.markup.dialects import to_markdown
from feedsvc.markup.quarto import leave_out_hidden


@pytest.mark.parametrize(
    "attributes",
    [
        ".content-hidden",
        '.content-hidden when-format="html"',
        ".content-hidden when-format='html'",
        '.content-hidden unless-format="pdf"',
        '.content-hidden unless-profile="advanced"',
        '.content-hidden when-meta="embargo"',
        '.content-visible when-format="pdf"',
        '.content-visible unless-format="html"',
        '.content-visible when-profile="advanced"',
        '.content-visible when-meta="draft"',
        '.callout-note .content-visible when-format="pdf"',
    ],
)
def test_what_is_hidden_on_pages_is_left_out(attributes: str) -> None:
    block = f"Before.\n\n::: {{{attributes}}}\nSecret.\n\n::: {{.callout-tip}}\nInner.\n:::\n\nTail.\n:::\n\nAfter.\n"
    assert leave_out_hidden(block) == "Before.\n\n\n\nAfter.\n"
    assert leave_out_hidden(f"A [secret *word*]{{{attributes}}} here.") == "A  here."


@pytest.mark.parametrize(
    "attributes",
    [
        ".content-visible",
        '.content-visible when-format="html"',
        '.content-visible unless-format="pdf"',
        '.content-visible unless-profile="advanced"',
        '.content-hidden when-format="pdf"',
        '.content-hidden when-profile="advanced"',
        '.content-hidden when-format="html" when-profile="advanced"',
    ],
)
def test_what_is_shown_on_pages_stays_without_its_marks(attributes: str) -> None:
    assert leave_out_hidden(f"::: {{{attributes}}}\nShown.\n:::\n\nAfter.") == "\nShown.\n\n\nAfter."
    assert leave_out_hidden(f"A [word]{{{attributes}}} here.") == "A word here."


@pytest.mark.parametrize(
    "text",
    [
        "::: {.callout-note}\n## Title\nText.\n:::\n",
        ":::: {.columns}\n::: {.column width=50%}\nLeft.\n:::\n::::\n",
        "```md\n::: {.content-hidden}\nAn example.\n:::\n```\n",
        "Write `[x]{.content-hidden}` to hide x.",
        "::: {.my-content-hidden-box}\nText.\n:::\n",
        "[a link](https://a.example){.content} and [words]{.smallcaps}",
        "```{python}\nprint(1)\n```\n",
        "```python\n#| echo: false\nprint(1)\n```\n",
        "a line\n:::\nand another",
    ],
)
def test_anything_else_stays(text: str) -> None:
    assert leave_out_hidden(text) == text


def test_hidden_block_that_is_never_closed_hides_the_rest() -> None:
    assert leave_out_hidden("Before.\n\n::: {.content-hidden}\nSecret.\n\nMore.\n") == "Before.\n\n"


@pytest.mark.parametrize("block", ["```{=latex}\n\\secret{}\n```", "~~~{=typst}\n#secret()\n~~~"])
def test_raw_block_of_another_format_is_left_out(block: str) -> None:
    assert leave_out_hidden(f"Before.\n\n{block}\n\nAfter.") == "Before.\n\n\n\nAfter."


@pytest.mark.parametrize(
    "cell",
    ["```{r, echo=FALSE}\ncode()\n```", "```{r setup, include=FALSE}\ncode()\n```", "~~~{python}\ncode()\n~~~"],
)
def test_code_of_a_cell_stays(cell: str) -> None:
    assert leave_out_hidden(cell) == cell


def test_cell_is_shown_without_its_options() -> None:
    cell = "```{python}\n#| label: a\n#| echo: false\n# echo: false\nx = 1 #| echo: false\n```"
    assert leave_out_hidden(cell) == "```{python}\n# echo: false\nx = 1 #| echo: false\n```"


def test_raw_html_is_html() -> None:
    assert leave_out_hidden("A\n\n```{=html}\n<b>x</b>\n```\n\nB") == "A\n\n<b>x</b>\n\n\nB"


def test_only_files_of_quarto_are_read_so() -> None:
    text = "::: {.content-hidden}\nText.\n:::\n"
    assert to_markdown(text, "a.qmd") == to_markdown(text, "b/a.Rmd") == "\n"
    assert to_markdown(text, "a.md") == text


@pytest.mark.parametrize("part", ["::: {.content-hidden}\n", "::: {.a}\n", ":::\n", "[a]{", "```{r}\n", "`[", "[" * 9])
def test_reading_takes_no_more_than_linear_time(part: str) -> None:
    assert len(leave_out_hidden(part * 50_000)) <= len(part) * 50_000
