"""HTML of depositors: harmless markup stays, everything else goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.records.metadata_bodies import check_here, told, with_metadata

from baton.records.metadata import limits
from baton.records.metadata.html import sanitize


@pytest.mark.parametrize(
    "harmless",
    [
        "plain words",
        "<p>one</p>\n<p>two</p>",
        "<h1>a</h1><h5>b</h5><ul><li>c</li></ul><ol><li>d</li></ol>",
        '<table><tbody><tr><th>a</th><td colspan="2">b</td></tr></tbody></table>',
        "<b>a</b><i>b</i><u>c</u><em>d</em><strong>e</strong><sub>f</sub><sup>g</sup><strike>h</strike><code>i</code>",
        '<pre>a</pre><blockquote>b</blockquote><div lang="de">c</div><span>d</span><br><abbr title="e">f</abbr>',
        '<a href="https://example.org/?a=1&amp;b=2" title="t">x</a> <a href="mailto:a@example.org">y</a>',
        "a &lt; b &amp;&amp; c",
    ],
)
def test_harmless_markup_stays(harmless: str) -> None:
    assert sanitize(harmless) == harmless


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("<script>alert(1)</script>a", "a"),
        ("<style>p{}</style>a", "a"),
        ("<img src=x onerror=alert(1)>a", "a"),
        ("<p onclick=alert(1) style='color:red'>a</p>", "<p>a</p>"),
        ("<a href='javascript:alert(1)'>a</a>", "<a>a</a>"),
        ("<a href='java&#1;script:alert(1)'>a</a>", "<a>a</a>"),
        ("<a href='java&#x200b;script:alert(1)'>a</a>", "<a>a</a>"),
        ("<a href='data:text/html,x' target=_blank>a</a>", "<a>a</a>"),
        ("<p>a<!-- b --></p>", "<p>a</p>"),
        ("<p>unclosed", "<p>unclosed</p>"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("<font>old</font>", "old"),
        ("a&#8203;b&#1;", "ab"),
    ],
)
def test_anything_else_goes(given_text: str, kept: str) -> None:
    assert sanitize(given_text) == kept


def test_the_texts_with_markup_are_cleaned() -> None:
    evil = "<p>text</p><script>alert(1)</script>"
    raw = with_metadata(
        description=evil,
        copyright=evil,
        additional_descriptions=[{"description": evil, "type": {"id": "methods"}}],
    )
    checked = check_here(raw)
    assert checked.errors == ()
    metadata = checked.body["metadata"]
    cleaned = {metadata["description"], metadata["copyright"], metadata["additional_descriptions"][0]["description"]}
    assert cleaned == {"<p>text</p>"}


def test_the_length_counts_before_and_after_cleaning() -> None:
    message = {"metadata.description": f"Longer than maximum length {limits.HTML}."}
    assert told(with_metadata(description="x" * (limits.HTML + 1))) == message
    assert told(with_metadata(description="&" * (limits.HTML // 2))) == message
    assert told(with_metadata(description="<script>long</script>ab")) == {
        "metadata.description": "Shorter than minimum length 3."
    }


def test_the_number_of_tags_in_a_record_is_bounded() -> None:
    half = "<b>a" * (limits.TAGS // 2)
    additional = [{"description": half + "<b>", "type": {"id": "methods"}}]
    errors = told(with_metadata(description=half, additional_descriptions=additional))
    assert list(errors) == ["metadata.additional_descriptions.0.description"]


@given(
    st.text(max_size=80)
    | st.lists(
        st.sampled_from(
            [
                "<a href='",
                "java",
                "&#1;",
                "\x01",
                "script:",
                "'>",
                "<p>",
                "</p>",
                "<svg>",
                "<style>",
                "&lt;",
                "&",
                "x",
                "\xa0",
            ]
        ),
        max_size=12,
    ).map("".join)
)
def test_cleaning_twice_changes_nothing(value: str) -> None:
    once = sanitize(value)
    assert sanitize(once) == once
    assert 'href="javascript' not in once
