"""A `Feed` as JSON Feed 1.1: https://www.jsonfeed.org/version/1.1/."""

import json
from collections.abc import Mapping

from feedsvc.entries import Entry, Feed
from feedsvc.models import Author, Enclosure, Episode
from feedsvc.render.normalize import prepare


def to_json(feed: Feed) -> bytes:
    """Write a feed as JSON Feed 1.1, in UTF-8, on one line."""
    feed = prepare(feed)
    document = _present(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": feed.title,
            "home_page_url": feed.page_url,
            "feed_url": feed.self_url,
            "description": feed.description,
            "icon": feed.logo or feed.icon,
            "favicon": feed.icon,
            "next_url": dict(feed.pages).get("next"),
            "authors": [_to_author(feed.author)],
            "language": feed.language,
            "hubs": [{"type": "WebSub", "url": feed.hub}] if feed.hub else [],
        }
    )
    document["items"] = [_to_item(entry) for entry in feed.entries]
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _to_item(entry: Entry) -> dict[str, object]:
    """Return an item; JSON Feed requires content, so an entry without any shows its summary."""
    return _present(
        {
            "id": entry.id,
            "url": entry.link,
            "external_url": entry.original,
            "title": entry.title,
            "content_html": entry.content,
            "content_text": "" if entry.content else entry.summary,
            "summary": entry.summary,
            "image": entry.image,
            "date_published": entry.published.isoformat(),
            "date_modified": entry.updated.isoformat(),
            "authors": [_to_author(author) for author in entry.authors],
            "tags": [*entry.tags, *entry.categories],
            "language": entry.language,
            "attachments": [_to_attachment(entry.enclosure, entry.episode)] if entry.enclosure else [],
            # JSON Feed has tags only, so the categories among them are listed here too
            "_feedsvc": _present({"categories": entry.categories}),
        }
    )


def _to_author(author: Author) -> dict[str, object]:
    return _present({"name": author.name, "url": author.url})


def _to_attachment(enclosure: Enclosure, episode: Episode | None) -> dict[str, object]:
    return _present(
        {
            "url": enclosure.url,
            "mime_type": enclosure.type,
            "size_in_bytes": enclosure.length,
            "duration_in_seconds": episode.duration if episode else 0,
        }
    )


def _present(members: Mapping[str, object]) -> dict[str, object]:
    """Return the members that are not empty."""
    return {name: value for name, value in members.items() if value}
