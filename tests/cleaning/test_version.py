"""The version of cleaning: raised when bodies come out otherwise, and only then are they cleaned again."""

import sys
import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from feedsvc import cleaning
from feedsvc.rule_files import CLEANING_VERSION, RuleFiles

CASES = Path(__file__).parents[1] / "data" / "cleaning"
PACKAGED = (Path(cleaning.__file__).parent / "rules.toml").read_text("utf-8")
SITE = '[[site]]\nhost = "example.org"\n'

OUTPUTS = {1: "56198b0b00019cdb", 2: "1527a307e474fe68"}
"""The digest of the outputs of all cases by CLEANING_VERSION; messages do not count.

Where a case comes out otherwise, raise CLEANING_VERSION and add a row: with the old version, installations would keep
the bodies they have. A new case alone needs no new version, but the last row's digest changes.
"""


def digest_of_outputs() -> str:
    digest = sha256()
    for path in sorted(CASES.glob("*.in.html")):
        html = path.read_text("utf-8")
        cleaned = cleaning.clean(html, original="https://example.org/a/post", title="A Title - A Site")
        for output in (cleaned, cleaning.sanitize_only(html, "")):
            digest.update(f"{path.name}\n{output.html}\n{output.summary}\n{output.image}\n".encode())
    return digest.hexdigest()[:16]


def fingerprint_of(packaged: str = PACKAGED, text: str = "", version: int = 1) -> str:
    return RuleFiles(tomllib.loads(packaged), tomllib.loads(text), "rules.toml", version).fingerprint


def test_outputs_of_the_cases_are_those_of_the_version() -> None:
    assert {CLEANING_VERSION: digest_of_outputs()} == dict([max(OUTPUTS.items())])


def test_every_version_has_its_own_outputs() -> None:
    assert [*OUTPUTS] == [*range(1, len(OUTPUTS) + 1)]
    assert len({*OUTPUTS.values()}) == len(OUTPUTS)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"version": 2}, id="version"),
        pytest.param({"text": SITE}, id="site"),
        pytest.param({"text": SITE + 'remove = ["b"]'}, id="selector of a site"),
        pytest.param({"text": '[remove]\nnames = ["x"]'}, id="name of an operator"),
        pytest.param({"packaged": PACKAGED.replace('"sr-only", ', "", 1)}, id="packaged name"),
    ],
)
def test_what_shapes_a_body_changes_the_fingerprint(change: dict[str, Any]) -> None:
    assert fingerprint_of(**change) != fingerprint_of()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"text": "# a comment\n"}, id="comment"),
        pytest.param({"text": "\n\n"}, id="blank lines"),
        pytest.param({"packaged": f"# a comment\n{PACKAGED}"}, id="comment of the packaged rules"),
    ],
)
def test_what_does_not_shape_a_body_leaves_the_fingerprint(change: dict[str, Any]) -> None:
    assert fingerprint_of(**change) == fingerprint_of()


def test_cleaning_opens_no_file() -> None:
    opened: list[object] = []
    is_watching = True

    def note(event: str, args: tuple[object, ...]) -> None:
        if is_watching and event == "open" and not str(args[0]).endswith((".py", ".pyc")):
            opened.append(args[0])

    sys.addaudithook(note)
    try:
        rules = cleaning.load_rules(SITE, "rules.toml")
        cleaning.clean('<div><p class="ad">x</p> www.example.org</div>', rules=rules)
        cleaning.explain("<p>x</p>", rules=rules)
        cleaning.sanitize_only("<p>x</p>", "")
    finally:
        is_watching = False

    assert opened == []
