BASE = 'https://yard.example'
SITEURL = f'{BASE}/w'
SITENAME = "Yard"
PATH = "."
ARTICLE_PATHS = ["blog", "news"]
ARTICLE_URL = "{category}/{author}/{lang}/{slug}.html"
ARTICLE_SAVE_AS = "{category}/{author}/{lang}/{slug}.html"
ARTICLE_LANG_URL = "{lang}/{slug}.html"
ARTICLE_LANG_SAVE_AS = "{lang}/{slug}.html"
SLUGIFY_SOURCE = "basename"
SLUG_REGEX_SUBSTITUTIONS = [
    (r"C\+\+", "cpp"),
    (r"[^\w\s-]", ""),
    (r"(?u)\A\s*", ""),
    (r"(?u)\s*\Z", ""),
    (r"[-\s]+", "-"),
]
FILENAME_METADATA = r"(?P<date>\d{4}-\d{2}-\d{2})_(?P<slug>.*)"
DEFAULT_CATEGORY = "odds"
USE_FOLDER_AS_CATEGORY = False
AUTHOR = "Yan Ward"
TIMEZONE = "Asia/Tokyo"
FEED_ATOM = "atom.xml"
FEED_ALL_ATOM = None
FEED_MAX_ITEMS = 4
