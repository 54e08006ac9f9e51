"""Formulas: one copy of each, as TeX or as text that says the same."""

import pytest

from feedsvc import cleaning

MATHML = "<math><msup><mi>c</mi><mn>2</mn></msup></math>"
TEX = '<math><semantics><mi>c</mi><annotation encoding="application/x-tex">c^2</annotation></semantics></math>'
MEDIAWIKI = '<math alttext="{\\displaystyle c^{2}}"></math>'
SCRIPT = '<script type="math/tex" id="MathJax-Element-7">c^2</script>'
SET = '<span aria-hidden="true"><i>c</i><sup>2</sup></span>'


def clean(formula: str) -> str:
    html = cleaning.clean(f"<p>So {formula} it is, as everyone knows.</p>").html
    return html.removeprefix("<p>So ").removesuffix(" it is, as everyone knows.</p>")


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        (f'<span class="katex"><span class="katex-mathml">{TEX}</span>{SET}</span>', "$c^2$"),
        (f'<span class="katex-display"><span class="katex">{TEX}{SET}</span></span>', "$$c^2$$"),
        (f'<mjx-container jax="CHTML"><mjx-math>{SET}</mjx-math>{MATHML}</mjx-container>', "c²"),
        (f'<mjx-container jax="SVG"><svg><path></path></svg>{MATHML}</mjx-container>', "c²"),
        (f'<mjx-container display="true"><math data-latex="c^2"><mi>c</mi></math>{SET}</mjx-container>', "$$c^2$$"),
        (
            f'<i class="MathJax_Preview">c^2</i><b class="MathJax" id="MathJax-Element-7-Frame">{SET}</b>{SCRIPT}',
            "$c^2$",
        ),
        (f"<span class='MathJax' data-mathml='{MATHML}'>{SET}</span>", "c²"),
        (f'<script type="math/mml">{MATHML}</script>', "c²"),
        ('<script type="math/tex; mode=display">% <![CDATA[\nc < d %]]></script>', "$$c &lt; d$$"),
        (
            f'<i class="mwe-math-element"><i style="display: none">{MEDIAWIKI}</i><img src="a.svg" alt="c"></i>',
            "$c^{2}$",
        ),
        (f'<math alttext="c squared it is">{MATHML[6:-7]}</math>', "c²"),
        ('<span data-type="inline-math" data-latex="c^2"></span>', "$c^2$"),
        (f'<span class="ztext-math" data-tex="c^2">{SET}<script type="math/tex">c^2</script></span>', "$c^2$"),
        ('<math display="block" alttext="c^2"><mi>c</mi></math>', "$$c^2$$"),
    ],
)
def test_formula_is_shown_once(formula: str, shown: str) -> None:
    assert clean(formula) == shown


@pytest.mark.parametrize(
    ("mathml", "shown"),
    [
        ("<msup><mi>a</mi><mn>2</mn></msup><mo>+</mo><msub><mi>b</mi><mn>1</mn></msub>", "a² + b₁"),
        ("<mfrac><mn>1</mn><mn>2</mn></mfrac>", "½"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mi>b</mi></mfrac>", "(a + 1)/b"),
        ("<msqrt><mi>x</mi><mo>-</mo><mn>1</mn></msqrt>", "√(x - 1)"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "∛x"),
        (
            "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>0</mn></mrow><mi>n</mi></munderover><mi>i</mi>",
            "∑_(i=0)^n i",
        ),
        ("<msubsup><mi>x</mi><mi>k</mi><mrow><mo>-</mo><mn>1</mn></mrow></msubsup>", "x_k⁻¹"),
        ("<mi>sin</mi><mo>&#x2061;</mo><mi>x</mi>", "sin x"),
        ("<mover><mi>v</mi><mo>→</mo></mover><mo>=</mo><mo>-</mo><mn>1</mn>", "v⃗ = -1"),
        ("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "(a, b)"),
        (
            "<mtable><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr><mtr><mtd><mn>1</mn></mtd></mtr></mtable>",
            "a, b; 1",
        ),
        ("<mmultiscripts><mi>C</mi><mprescripts></mprescripts><mn>6</mn><mn>14</mn></mmultiscripts>", "₆¹⁴C"),
        ("<mfrac linethickness='0'><mi>n</mi><mi>k</mi></mfrac>", "n over k"),
        ("<mtext>if</mtext><mi>x</mi>", "if x"),
        ("<mi>a</mi><mo>&lt;</mo><mi>b</mi>", "a &lt; b"),
    ],
)
def test_formula_without_tex_is_text_that_says_the_same(mathml: str, shown: str) -> None:
    assert clean(f"<math>{mathml}</math>") == shown


def test_formula_that_mathjax_set_without_mathml_is_text() -> None:
    base = "<mjx-mi><mjx-c class='mjx-c1D44E TEX-I'></mjx-c></mjx-mi>"
    raised = "<mjx-script><mjx-mn><mjx-c class='mjx-c32'></mjx-c></mjx-mn></mjx-script>"

    assert clean(f"<mjx-container><mjx-math><mjx-msup>{base}{raised}</mjx-msup></mjx-math></mjx-container>") == "a²"


def test_fraction_that_mathjax_set_as_a_drawing_is_text() -> None:
    three, four = (f'<g data-mml-node="mn"><use data-c="{code}"></use></g>' for code in (33, 34))
    fraction = f'<g data-mml-node="math"><g data-mml-node="mfrac">{three}{four}<rect></rect></g></g>'

    assert clean(f"<mjx-container><svg>{fraction}</svg></mjx-container>") == "¾"


def test_formula_that_katex_set_alone_is_text() -> None:
    raised = '<i class="vlist-t"><span class="vlist-r"><span class="vlist"><span>2</span></span></span></i>'
    formula = f'<span class="katex-html" aria-hidden="true"><span>c</span><span class="msupsub">{raised}</span></span>'

    assert clean(f'<span class="katex">{formula}</span>') == "c²"


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ('<span data-math="true">words</span>', "words"),
        (f'<span data-latex="x">{"many words " * 20}</span>', ("many words " * 20).strip()),
        ('<span class="mathematics">2 + 2</span>', "2 + 2"),
        ('<span class="MathJax_Preview">\\(c^2\\)</span>', "\\(c^2\\)"),
        ("prices of $5 and $6", "prices of $5 and $6"),
        ('<span class="math inline">\\(c^2\\)</span>', "\\(c^2\\)"),
    ],
)
def test_what_is_no_formula_stays(html: str, shown: str) -> None:
    assert clean(html) == shown
