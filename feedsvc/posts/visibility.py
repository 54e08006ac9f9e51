"""Front matter → the reason why its author hides a post, in the keys and values of any generator.

Pure; the keys are tables. Does not look at dates: `parser` reads `publishDate` and `expiryDate`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

from feedsvc.models import Level
from feedsvc.posts.metadata import flatten, plain_key, to_shown, to_text

_TRUE = {"true", "yes", "on", "1", "1.0", "y"}
NO = {"false", "no", "off", "0", "0.0", "n", "none", "never"}
DRAFT_STATUSES = {"draft", "pending", "autodraft"}  # WordPress has `auto-draft`
HIDDEN_STATUSES = {"private", "hidden", "skip", "trash"}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a post is left out; with a `level`, `message` is a problem to report."""

    text: str
    key: str = ""
    is_draft: bool = False
    level: Level | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """Which values of a key hide a post; `is_draft` if the setting `drafts` shows it anyway."""

    hides: Callable[[object], bool]
    is_draft: bool = False
    level: Level | None = None
    message: str = ""
    is_secret: bool = False  # the value is not for reports
    is_exact: bool = False  # the letter case of the key counts

    def applies(self, key: str, name: str, *, with_drafts: bool) -> bool:
        """Return True if the rule is for a key, given as it is written and as a plain key."""
        return not (self.is_draft and with_drafts) and (key == name or not self.is_exact)


def find_reason(values: Mapping[str, Any], *, is_jekyll: bool = False, with_drafts: bool = False) -> Reason | None:
    """Return the first reason to leave a post out, None if there is none.

    `values` is the front matter. With `is_jekyll` only Jekyll's own rules count, and keys that protect a post by a
    password. `with_drafts` shows drafts.
    """
    known = {key: value for key, value in values.items() if is_known(key)}  # few posts have any: a quick way out
    rules = _JEKYLL_RULES if is_jekyll else _RULES
    for key, name, value in _pairs(known):
        for rule in rules.get(name, ()):
            if rule.applies(key, name, with_drafts=with_drafts) and rule.hides(value):
                return _to_reason(rule, key, value)
    return None


@lru_cache(4096)  # the same few keys stand in post after post
def is_known(key: str) -> bool:
    """Return True if a key can hide a post, in any letter case."""
    return plain_key(key) in _RULES or plain_key(key) in _NESTED  # which hold Jekyll's too


def _to_reason(rule: Rule, key: str, value: object) -> Reason:
    shown = "set" if rule.is_secret else to_shown(value) if isinstance(value, dict | list) else to_text(value)[:60]
    return Reason(f"{key}: {shown}", key, rule.is_draft, rule.level, rule.message)


def _pairs(values: Mapping[str, Any]) -> Iterator[tuple[str, str, object]]:
    """Return each key as written, its plain key and its value; for tables such as `[build]` the keys in them."""
    for key, value in values.items():
        name = plain_key(key)
        if name in _NESTED and isinstance(value, dict):
            for inner, item in value.items():
                yield f"{key}.{inner}", f"{_NESTED[name]}{plain_key(str(inner))}", item
        else:
            yield key, name, value


# Hugo and Zola keep a site's own keys in these tables; they mean the same there as at the top level.
_NESTED = {"build": "build.", "params": "", "extra": "", "feed": "feed.", "rss": "feed."}


# --- values ---------------------------------------------------------------------------------------


def _words(value: object) -> list[str]:
    return [word for item in flatten(value) if (word := to_text(item).lower())]


def _is_given(value: object) -> bool:
    """Return True for any value but a spelling of no: `draft: soon` is a draft."""
    words = _words(value)
    return bool(value) if isinstance(value, dict | list) and not words else any(word not in NO for word in words)


def _is_true(value: object) -> bool:
    return any(word in _TRUE for word in _words(value))


def _is_false(value: object) -> bool:
    return any(word in NO for word in _words(value))


def _is_set(value: object) -> bool:
    """Return True for a password; `0` may be one."""
    return isinstance(value, dict) or any(word not in NO - {"0", "0.0"} for word in _words(value))


def _is_one_of(statuses: set[str] | frozenset[str]) -> Callable[[object], bool]:
    return lambda value: any(plain_key(word) in statuses for word in _words(value))


def _is_not_public(value: object) -> bool:
    words = _words(value)
    return isinstance(value, dict) or (bool(words) and not {"public", *_TRUE} & {*words})


def _is_unlisted(value: object) -> bool:
    """Return True where Hugo's feed of all pages has no entry; `local` is for the page of the section alone."""
    return _is_false(value) or "local" in _words(value)


def _is_hidden_by_jekyll(value: object) -> bool:
    return value is False  # `jekyll.values_of` has made it a boolean, as Jekyll does


def _is_draft_to_jekyll(value: object) -> bool:
    """Return True where jekyll-feed's `post.draft != true` is false; in YAML 1.1 `True` and `on` are true."""
    return value is True or (isinstance(value, str) and value != "true" and value.lower() in {"true", "yes", "on"})


# --- keys, without their letter case, dashes, underlines and blanks ---------------------------------

_LEFT_OUT = "unknown, but its name says that the post is hidden, so it is left out: write 'draft: true', or rename it"
_NOT_ON_JEKYLL = "Jekyll itself would publish the post; here it is left out"

# Words that no author uses as a key of a public post. Whole keys only: `hideMeta` hides something else.
_HIDING = frozenset(
    map("".join, product(
        ("", "is"),
        ("hide", "hidden", "invisible", "secret", "private", "confidential", "unlisted", "unpublished", "restricted",
         "protected", "encrypt", "encrypted"),
        ("", "post", "page", "article", "entry"),
    ))
) | {
    *("membersonly", "memberonly", "formembers", "subscribersonly", "subscriberonly", "paidonly", "patronsonly"),
    *("friendsonly", "familyonly", "staffonly", "internalonly", "adminonly", "inviteonly", "emailonly"),
    *("paywall", "paywalled"),
    *("loginrequired", "requirelogin", "requireslogin", "authrequired", "requiresauth", "passwordprotected"),
    *("norss", "nofeed", "nolist", "skiprss", "skipfeed", "rssskip", "feedskip", "rsshidden", "feedhidden"),
    *("hiderss", "hidefeed", "hidefromrss", "hidefromfeed", "hidefromfeeds", "hideinrss", "hideinfeed"),
    *("hidefromlist", "hidefromlists", "hideinlist", "hideinlists", "hidefromall", "hideall", "hideeverywhere"),
    *("excluderss", "excludefeed", "rssexclude", "feedexclude", "rssignore", "feedignore", "ignorerss", "ignorefeed"),
    *("excludefromfeed", "excludefromfeeds", "excludefromlist", "excludefromlists", "excludefromcollections"),
    *("donotpublish", "dontpublish", "donotlist", "dontlist", "notpublic", "notpublished", "trash", "trashed"),
    *("deleted", "isdeleted"),
}  # fmt: skip
_SHOWING = frozenset(
    {
        *("public", "ispublic", "visible", "isvisible", "listed", "islisted", "ispublished"),
        *("showinfeed", "showinrss", "includeinfeed", "includeinrss", "infeed", "inrss", "showinlist"),
    }
)

_RULES: Mapping[str, tuple[Rule, ...]] = {
    **dict.fromkeys(_HIDING, (Rule(_is_true, level=Level.ERROR, message=_LEFT_OUT),)),
    **dict.fromkeys(_SHOWING, (Rule(_is_false, level=Level.ERROR, message=_LEFT_OUT),)),
    **dict.fromkeys(("draft", "isdraft"), (Rule(_is_given, is_draft=True),)),
    **dict.fromkeys(("published", "publish", "dgpublish", "feed", "rss", "article"), (Rule(_is_false),)),
    **dict.fromkeys(("unlisted", "hidden", "private", "secret", "encrypted"), (Rule(_is_given),)),
    **dict.fromkeys(("excludefromrss", "eleventyexcludefromcollections", "headless"), (Rule(_is_given),)),
    "status": (
        Rule(_is_one_of(DRAFT_STATUSES), is_draft=True),
        Rule(_is_one_of(HIDDEN_STATUSES)),
        Rule(_is_one_of(_HIDING), level=Level.ERROR, message=_LEFT_OUT),
    ),
    "visibility": (Rule(_is_not_public),),
    **dict.fromkeys(("feed.enable", "feed.enabled"), (Rule(_is_false),)),  # of VuePress
    "feed.exclude": (Rule(_is_true),),
    "build.list": (Rule(_is_unlisted),),
    **dict.fromkeys(
        ("password", "postpassword"),
        (Rule(_is_set, level=Level.HINT, message="set, so the post is left out", is_secret=True),),
    ),
}

_PROTECTED = (Rule(_is_set, level=Level.HINT, message=_NOT_ON_JEKYLL, is_secret=True),)
_JEKYLL_RULES: Mapping[str, tuple[Rule, ...]] = {
    "published": (Rule(_is_hidden_by_jekyll, is_exact=True),),
    "draft": (Rule(_is_draft_to_jekyll, is_draft=True, is_exact=True),),
    **dict.fromkeys(("password", "postpassword"), _PROTECTED),
    "encrypted": (Rule(_is_given, level=Level.HINT, message=_NOT_ON_JEKYLL),),
}
