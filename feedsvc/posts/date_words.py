"""Dates with words in them → numbers: months by name in several languages, and dates as East Asia writes them. Pure."""

import re
import unicodedata
from datetime import date

_EAST_ASIAN = re.compile(
    r"""\s*(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日号號일]\s*
    (?:[(（]?(?:星期|周|週)?[一二三四五六日月火水木金土월화수목금토일](?:曜日?|요일)?[)）]?\s*(?=[^\d]|\d|\Z))?
    (?P<half>上午|午前|早上|凌晨|오전|下午|午後|晚上|오후)?\s*
    (?:(?P<hour>\d{1,2})\s*[:：时時点點시]\s*(?P<minute>\d{1,2})?(?:\s*[:：分분]\s*(?P<second>\d{1,2})?\s*[秒초]?)?)?
    (?P<rest>.*)""",
    re.VERBOSE | re.ASCII | re.DOTALL,
)
_AFTERNOON = {"下午", "午後", "晚上", "오후"}
_BASIC = re.compile(r"(\d{8}T\d{2})(\d{2})(\d{2})?(?!\d)", re.ASCII)  # ISO 8601 without separators: 20211107T0930Z
_DOTTED = re.compile(r"\A\s*(\d{4})\.\s?(\d{1,2})\.\s?(\d{1,2})\.?(?!\S)", re.ASCII)  # 2021. 11. 7., of Korea
_DAY_FIRST = re.compile(r"\A\s*(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b", re.ASCII)  # 07.11.2021, of Germany and Russia
_TOKEN = re.compile(r"[^\W\d_]+|\d+")

_MONTHS = {
    name: number
    for names in (
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "january february march april may june july august september october november december",
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
        "januar februar marz april mai juni juli august september oktober november dezember",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
        "januari februari maart april mei juni juli augustus september oktober november december",
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    )
    for number, name in enumerate(names.split(), 1)
} | {"sept": 9}
_DAYS = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}  # by their first letters
_FILLERS = {"st", "nd", "rd", "th", "er", "the", "of", "de", "del", "di", "le", "г", "года"}


_HALVES = "上午|午前|早上|凌晨|오전|下午|午後|晚上|오후"
_HALF_BEFORE = re.compile(rf"({_HALVES})\s*(\d{{1,2}}[:：]\d{{2}}(?:[:：]\d{{2}})?)", re.ASCII)
_WHOLE_HOUR = re.compile(r"(?<![:\d])(\d{1,2})\s?([AaPp]\.?[Mm])\b", re.ASCII)


def to_numeric(text: str) -> str:
    """Return 2021年11月7日 下午9时30分 as 2021-11-7 9:30:0 PM, 20211107T0930 with separators, other text as it is."""
    text = _DAY_FIRST.sub(r"\3-\2-\1", _DOTTED.sub(r"\1-\2-\3", text)) if "." in text else text
    if text.isascii():
        return _BASIC.sub(_with_colons, text) if text[8:9] == "T" else _WHOLE_HOUR.sub(r"\1:00 \2", text)
    found = _EAST_ASIAN.fullmatch(text)
    if not found:
        return _HALF_BEFORE.sub(lambda half: f"{half[2].replace('：', ':')}{_half_of(half[1])}", text)
    day = "-".join(found.group(1, 2, 3))
    if not found["hour"]:
        return day + found["rest"]
    half = _half_of(found["half"]) if found["half"] else ""
    return f"{day} {found['hour']}:{found['minute'] or 0}:{found['second'] or 0}{half}{found['rest']}"


def _half_of(word: str) -> str:
    return " PM" if word in _AFTERNOON else " AM"


def _with_colons(found: re.Match[str]) -> str:
    return ":".join(filter(None, found.groups()))


def to_day(text: str) -> date | None:
    """Return the day that a text names by its month's name, in any order; None if it names none, or has other words."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    tokens = [unicodedata.normalize("NFC", token) for token in _TOKEN.findall(plain)]
    if tokens and plain.lstrip().startswith(f"{tokens[0]},") and tokens[0] not in _MONTHS:
        del tokens[0]  # the name of a day
    months = [_MONTHS[token] for token in tokens if token in _MONTHS]
    years = [int(token) for token in tokens if token.isdecimal() and len(token) == len("2024")]
    days = [int(token) for token in tokens if token.isdecimal() and len(token) <= len("31")]
    others = [t for t in tokens if not (t.isdecimal() or t in _MONTHS or t in _FILLERS or t[:3] in _DAYS)]
    if len(months) != 1 or len(years) != 1 or len(days) != 1 or others or not plain.isprintable():
        return None
    return date(years[0], months[0], days[0])
