"""Which unknown keys are taken for misspelt ones, and which are not."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.posts.metadata import KNOWN
from feedsvc.posts.misspellings import find_meant_key


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        *[("Title", "title"), ("titel", "title"), ("tilte", "title"), ("Date", "date"), ("autor", "author")],
        *[("catagories", "categories"), ("expirydat", "expiryDate"), ("lastMod", "lastmod")],
        *[("descripton", "description"), ("keyword", "keywords"), ("publised", "published"), ("summery", "summary")],
        *[("tgas", "tags"), ("atgs", "tags"), ("Tasg", "tags"), ("daet", "date"), ("dtae", "date"), ("ilnk", "link")],
        *[("form", ""), ("gats", ""), ("dteas", ""), ("stats", ""), ("edge", ""), ("t", "")],
    ],
)
def test_a_slip_of_the_pen_is_seen(key: str, meant: str) -> None:
    assert find_meant_key(key) == meant


THEMES = re.findall(
    r"\S+",
    """
    layout comments permalink slug toc math mathjax katex weight series aliases excerpt_separator type id url pin sticky
    top password copyright share related read_time show_date classes header sidebar author_profile toc_label sitemap
    last_modified_at redirect_from robots seo ShowToc TocOpen linkTitle menu markup outputs resources headless build
    isCJKLanguage translationKey cascade videos audio images featuredImage featuredImagePreview hiddenFromHomePage
    lightgallery license author_id author_url author_name authorLink github email avatar subtitle headline header_image
    header-img image_alt imageAlt image_caption cover_image coverAlt cover-img thumbnail-img share-img social_image
    og_image meta_title meta_keywords translator lead abstract teaser overlay_image duration episode explicit topics
    section order nav_order parent lang-ref locales languages version unlisted visible featured hero_image banner
    gallery photos links link_text external sources source_url references doi venue event location date_end dates
    update updates created created_at create_date creator contributors editor expired rating taxonomies catalog notes
    stats styles css scripts body_class template collection pagination theme banner_img index_img hide hide_title
    titles short_title title_en uid nid uuid post_id wordpress_id disqus_identifier guide form database feeds
    newsletter canonical day month timezone priority pre chapter page pages publisher image_path img level audience
    tools code langs syntax word_count gh-repo covers preview_image post_image meta_image lead_image tag_list abbrlink
    top_img aside mainImage sponsor extra 标题 日期
""",
)


def test_keys_of_generators_and_themes_are_left_in_peace() -> None:
    assert {key: meant for key in (*THEMES, *KNOWN) if (meant := find_meant_key(key))} == {}


@given(st.text() | st.builds(str.__add__, st.sampled_from(sorted(KNOWN)), st.text(max_size=2)))
@settings(derandomize=True, deadline=None)
def test_what_any_key_may_be_meant_for_is_another_that_is_known(key: str) -> None:
    assert (meant := find_meant_key(key)) == "" or meant in KNOWN - {key}
