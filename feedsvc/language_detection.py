"""Detect the language of a text by its script, so that readers get its glyphs, line height and voice. Pure."""

import re

MIN_LETTERS = 3  # of a text whose script says something

# Characters of each script (ISO 15924); those of East Asia count twice, as one is about as much as two letters.
_SCRIPTS = {
    "Latn": re.compile("[A-Za-zÀ-ɏḀ-ỿ]"),
    "Hani": re.compile("[々〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"),
    "Kana": re.compile("[\u3041-\u309f\u30a1-\u30fa\uff66-\uff9f]"),
    "Kore": re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]"),
    "Cyrl": re.compile("[Ѐ-ԯ]"),
    "Grek": re.compile("[Ͱ-Ͽἀ-῿]"),
    "Arab": re.compile("[؀-ۿݐ-ݿ]"),
    "Hebr": re.compile("[\u0590-\u05ff]"),
    "Thai": re.compile("[\u0e00-\u0e7f]"),
    "Deva": re.compile("[\u0900-\u097f]"),
    "Armn": re.compile("[\u0530-\u058f]"),
    "Geor": re.compile("[\u10a0-\u10ff]"),
}
_WIDE = frozenset({"Hani", "Kana", "Kore"})
_KANA_SHARE = 10  # Japanese has at least one kana in so many characters
# Common characters that only one of the two kinds of Chinese has.
_SIMPLIFIED = frozenset(
    "这们个国说时会为来过对发现经业东车长门问间见观马鸟鱼龙书画学习写读让还进远边开关头条员单报纸电话语词"
    "议论记战军队义乌价优传体举乐买卖种类线红绿济劳岁实应该从当无产与点机动维护项网热爱难风云飞请谢认识级"
    "约结给统组织节华汉湾万专两严丰临丽"
)
_TRADITIONAL = frozenset(
    "這們個國說時會為來過對發現經業東車長門問間見觀馬鳥魚龍書畫學習寫讀讓還進遠邊開關頭條員單報紙電話語詞"
    "議論記戰軍隊義烏價優傳體舉樂買賣種類線紅綠濟勞歲實應該從當無產與點機動維護項網熱愛難風雲飛請謝認識級"
    "約結給統組織節華漢灣萬專兩嚴豐臨麗"
)
# Scripts that one language has, with its tag; else the language stays undetermined (BCP 47: `und`).
_LANGUAGES = {
    "Hans": "zh-Hans",
    "Hant": "zh-Hant",
    "Hani": "zh",
    "Jpan": "ja",
    "Kore": "ko",
    "Grek": "el",
    "Hebr": "he",
    "Thai": "th",
    "Armn": "hy",
    "Geor": "ka",
}
_SCRIPT_OF = {
    "zh": "Hani",
    "yue": "Hani",
    "ja": "Jpan",
    "ko": "Kore",
    "el": "Grek",
    "he": "Hebr",
    "yi": "Hebr",
    "th": "Thai",
    **dict.fromkeys(("ru", "uk", "be", "bg", "mk", "sr", "kk", "ky", "mn", "tg", "tt"), "Cyrl"),
    **dict.fromkeys(("ar", "fa", "ur", "ps", "sd", "ug", "ckb"), "Arab"),
    **dict.fromkeys(("hi", "mr", "ne", "sa"), "Deva"),
    "hy": "Armn",
    "ka": "Geor",
}
_TRADITIONAL_PLACES = frozenset({"TW", "HK", "MO"})
# Scripts that do not contradict each other: Chinese characters alone may be Japanese, and either kind of Chinese.
_COMPATIBLE = {"Hani": {"Hans", "Hant", "Jpan"}, "Hans": {"Hani"}, "Hant": {"Hani"}, "Jpan": {"Hani", "Hans", "Hant"}}


def guess_language(text: str) -> str:
    """Return the language whose script most letters of a text are in; "" if many languages have that script."""
    return _LANGUAGES.get(find_script(text), "")


def correct_language(language: str, text: str) -> str:
    """Return the language of a text: `language`, unless it is not written in the script of the text."""
    script, declared = find_script(text), script_of(language)
    if not script or script == declared or (declared and script in _COMPATIBLE.get(declared, ())):
        return language
    return _LANGUAGES.get(script, f"und-{script}")


def script_of(language: str) -> str:
    """Return the script that a language tag stands for, "" for no tag."""
    primary, *subtags = language.split("-")
    written = next((one for one in subtags if len(one) == len("Hans")), "")
    if not primary or written:
        return written
    if primary == "zh" and subtags:
        return "Hani" if _TRADITIONAL_PLACES.isdisjoint(subtags) else "Hant"
    return _SCRIPT_OF.get(primary, "Latn")


def find_script(text: str) -> str:
    """Return the script of most letters of a text, "" if it has hardly any."""
    counts = {script: len(letters.findall(text)) * (1 + (script in _WIDE)) for script, letters in _SCRIPTS.items()}
    kana, han = counts.pop("Kana"), counts["Hani"]
    if kana and kana * _KANA_SHARE >= kana + han:
        counts["Jpan"] = kana + counts.pop("Hani")
    best = max(counts, key=lambda script: counts[script])
    if counts[best] < MIN_LETTERS:
        return ""
    return _kind_of_chinese(text) if best == "Hani" else best


def _kind_of_chinese(text: str) -> str:
    simplified, traditional = (sum(c in kind for c in text) for kind in (_SIMPLIFIED, _TRADITIONAL))
    if simplified == traditional:
        return "Hani"
    return "Hans" if simplified > traditional else "Hant"
