"""A body of a dialect of Markdown as Markdown, by the suffix of its file. Pure, linear time."""

from feedsvc.markup.markdoc import adapt_markdoc
from feedsvc.markup.mdx import repair_tags_of_jsx, strip_mdx
from feedsvc.markup.pandoc import adapt_pandoc

_DIALECTS = {"mdoc": adapt_markdoc, "mdx": strip_mdx, "qmd": adapt_pandoc, "rmd": adapt_pandoc}


def to_markdown(text: str, path: str) -> str:
    """Return the body of the file at a path as Markdown or HTML."""
    adapt = _DIALECTS.get(path.rpartition(".")[2].lower(), repair_tags_of_jsx)
    return adapt(text)
