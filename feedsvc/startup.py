"""What a process starts with: its settings, the index of its posts folder, and its cleaner."""

from feedsvc.config import index_path
from feedsvc.errors import SettingError
from feedsvc.index.queries import Index
from feedsvc.publishing.bodies import CachedCleaner
from feedsvc.rule_files import packaged_rule_files, parse_rule_files
from feedsvc.settings import IdScheme, Settings, reading_fingerprint, showing_fingerprint


def open_index(settings: Settings) -> Index:
    """Return the index of the posts folder; its file is opened when it is first used."""
    shown = f"{showing_fingerprint(settings)} {make_cleaner(settings).fingerprint}"
    # Equal dates: jekyll-feed reverses `site.posts`, which has the last path first; feeds made by hand do not.
    is_jekyll = settings.id_scheme is IdScheme.JEKYLL
    path, fingerprint = index_path(settings), reading_fingerprint(settings)
    return Index(
        path,
        fingerprint,
        shown,
        latest_path_first=is_jekyll,
        future=settings.future,
        configured=settings.configured,
    )


def make_cleaner(settings: Settings, index: Index | None = None) -> CachedCleaner:
    """Return the cleaner with the rules of the settings. Raise SettingError for a rules file that cannot be used.

    Without an index, it knows of no other posts and of no files beside them.
    """
    if settings.rules is None:
        return CachedCleaner(settings, packaged_rule_files(), index)
    try:
        text = settings.rules.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SettingError(f"rules: {str(settings.rules)!r}: cannot be read: {reason}") from error
    cleaner = CachedCleaner(settings, parse_rule_files(text, str(settings.rules)), index)
    cleaner.check_rules()
    return cleaner
