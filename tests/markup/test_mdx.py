"""Bodies of MDX without imports, exports and tags of components."""

import pytest

from feedsvc.markup.mdx import strip_mdx

STRIPPED = {
    "imports": ('import Chart from "../Chart"\nimport { a } from "b"\n\nWords.', "\nWords."),
    "several lines": ('import {\n  a,\n  b,\n} from "c"\n\nWords.', "\nWords."),
    "exports": ("Words.\n\nexport const year = 2024\n\nMore.", "Words.\n\n\nMore."),
    "component": ("<Note>\n\nInside **text**.\n\n</Note>", "\n\nInside **text**.\n\n"),
    "within a line": ("After <Badge>New</Badge> words.", "After New words."),
    "attributes": ('<Chart year={2024} f={() => x > 1} color="a>b" />End', "End"),
    "over lines": ("<Chart\n  year={2024}\n/>\n\nWords.", "\n\nWords."),
    "members and fragments": ("<><Tabs.Item label='x'>One</Tabs.Item></>", "One"),
}
KEPT = {
    "fenced code": '```js\nimport x from "y"\n\nexport const z = <Foo />\n```\n',
    "code in a line": "Use `<Foo />` and ``<Bar>``.",
    "prose": "import of goods rose.\n\nexport duties fell.\n\nWords.",
    "HTML": '<div class="x">Words</div> <br> <em>so</em>',
    "comparison": "1 <2, a < B and C > d",
    "never closed": "Words <Foo bar",
    "address": "<https://example.org/A>",
}


@pytest.mark.parametrize(("body", "rest"), STRIPPED.values(), ids=STRIPPED.keys())
def test_what_only_a_compiler_understands_goes(body: str, rest: str) -> None:
    assert strip_mdx(body) == rest


@pytest.mark.parametrize("body", KEPT.values(), ids=KEPT.keys())
def test_other_text_stays(body: str) -> None:
    assert strip_mdx(body) == body


@pytest.mark.parametrize("part", ["<A ", "<A {", "`a", "```\n", "import {\n", "\n\nexport const x\n", "<A>", "` `` "])
def test_long_bodies_take_linear_time(part: str) -> None:
    assert len(strip_mdx(part * 30_000)) <= len(part) * 30_000
