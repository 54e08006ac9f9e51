"""A body of a dialect of Markdown as Markdown, by the suffix of its file. Pure, linear time."""

from feedsvc.markup.markdoc import adapt_markdoc
from feedsvc.markup.mdx import is_of_docusaurus, repair_tags_of_jsx, strip_mdx
from feedsvc.markup.pandoc import adapt_pandoc
from feedsvc.markup.quarto import leave_out_hidden


def adapt_quarto(text: str) -> str:
    """Return Markdown of Quarto or R Markdown as other Markdown."""
    return adapt_pandoc(leave_out_hidden(text))


_DIALECTS = {"mdoc": adapt_markdoc, "qmd": adapt_quarto, "rmd": adapt_quarto}


def to_markdown(text: str, path: str) -> str:
    """Return the body of the file at a path as Markdown or HTML."""
    adapt = strip_mdx if is_mdx(text, path) else _DIALECTS.get(_suffix_of(path), repair_tags_of_jsx)
    return adapt(text)


def is_mdx(text: str, path: str) -> bool:
    """Return True for the body of a file of MDX, in which indented text is no code."""
    return _suffix_of(path) == "mdx" or is_of_docusaurus(text)


def _suffix_of(path: str) -> str:
    return path.rpartition(".")[2].lower()
