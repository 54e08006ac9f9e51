"""Every generator that feedsvc knows, in the order in which a folder is compared with them. Pure."""

from collections.abc import Mapping

from feedsvc.posts.generators.docusaurus import DOCUSAURUS
from feedsvc.posts.generators.hexo import HEXO
from feedsvc.posts.generators.hugo import HUGO
from feedsvc.posts.generators.interface import Generator
from feedsvc.posts.generators.jekyll_site import JEKYLL
from feedsvc.posts.generators.others import OTHERS
from feedsvc.posts.generators.pelican import PELICAN
from feedsvc.posts.generators.plain import PLAIN
from feedsvc.posts.generators.zola import ZOLA
from feedsvc.sites import GeneratorName, Site

GENERATORS: Mapping[GeneratorName, Generator] = {
    one.name: one for one in (ZOLA, HUGO, PELICAN, HEXO, DOCUSAURUS, *OTHERS, JEKYLL, PLAIN)
}


def generator_of(site: Site) -> Generator:
    """Return the generator of a site."""
    return GENERATORS[site.generator]


def is_plain(site: Site) -> bool:
    """Return True for a folder of posts that no generator is known of."""
    return site.generator is GeneratorName.PLAIN


def describe_site(site: Site) -> str:
    """Return what a site is, for people: "a site of Hugo"."""
    return "an Obsidian vault" if site.generator is GeneratorName.OBSIDIAN else f"a site of {generator_of(site).label}"
