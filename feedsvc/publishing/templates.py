"""Run the Liquid templates in bodies of a Jekyll site's posts."""

from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urlsplit

from feedsvc.markup.liquid.rendering import may_render, render
from feedsvc.markup.liquid.state import TemplateInputs
from feedsvc.markup.markdown import to_html
from feedsvc.markup.shortcodes import Shortcodes
from feedsvc.models import Body, Hint, Post
from feedsvc.posts.generators.jekyll_excerpt import excerpt_of
from feedsvc.posts.generators.jekyll_liquid import to_liquid, values_of_page
from feedsvc.settings import Settings


@dataclass(frozen=True, slots=True)
class RunBody:
    """A body whose templates were run, or the same body if that failed, and hints."""

    body: Body
    hints: tuple[Hint, ...] = ()


def template_inputs_of(post: Post, body: Body, settings: Settings, shortcodes: Shortcodes) -> TemplateInputs | None:
    """Return what the templates of a body can read, None if it has no templates to be run."""
    jekyll = settings.jekyll
    if jekyll is None or not may_render(body.text) or body.size > settings.max_post_bytes:
        return None
    url = urlsplit(jekyll.url or settings.own_url or settings.base_url)
    return TemplateInputs(
        page=values_of_page(post, body.values, settings.timezone, jekyll),
        site=to_liquid(jekyll.config),
        lookup=shortcodes.lookup,
        now=post.published.astimezone(settings.timezone),
        path=jekyll.prefix + post.path,
        url=f"{url.scheme}://{url.netloc}" if url.netloc else "",
        baseurl=jekyll.baseurl,
        to_html=partial(to_html, is_jekyll=True, is_rendered=True),
        shortcodes=shortcodes,
    )


def run_templates(body: Body, inputs: TemplateInputs) -> RunBody:
    """Return a body with its templates run; of a body with a separator, only the part before that."""
    text = body.text if body.separator is None else excerpt_of(body.text, body.separator)
    rendered = render(text, inputs)
    if rendered.text is None:
        return RunBody(body, rendered.hints)
    return RunBody(replace(body, text=rendered.text, separator=None, is_rendered=True), rendered.hints)
