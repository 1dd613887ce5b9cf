"""Conditional requests: RFC 9110 section 13."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.files.conditions import http_date, is_ours_to_answer, is_unchanged, range_applies
from baton.files.errors import PreconditionFailed

ETAG = '"md5:abc"'
MODIFIED = datetime(2026, 3, 4, 5, 6, 7, 890, UTC)
SAME = "Wed, 04 Mar 2026 05:06:07 GMT"
EARLIER = "Wed, 04 Mar 2026 05:06:06 GMT"
LATER = "Wed, 04 Mar 2026 05:06:08 GMT"


def test_a_date_is_written_as_http_wants_it() -> None:
    assert http_date(MODIFIED) == SAME


@pytest.mark.parametrize(
    ("headers", "unchanged"),
    [
        ({}, False),
        ({"if-none-match": ETAG}, True),
        ({"if-none-match": f"W/{ETAG}"}, True),
        ({"if-none-match": f'"x", W/"y", {ETAG}'}, True),
        ({"if-none-match": "*"}, True),
        ({"if-none-match": '"other"'}, False),
        ({"if-none-match": "nonsense"}, False),
        ({"if-none-match": '"other"', "if-modified-since": LATER}, False),
        ({"if-modified-since": SAME}, True),
        ({"if-modified-since": LATER}, True),
        ({"if-modified-since": EARLIER}, False),
        ({"if-modified-since": "yesterday"}, False),
        ({"if-match": ETAG}, False),
        ({"if-match": "*"}, False),
        ({"if-match": ETAG, "if-none-match": ETAG}, True),
        ({"if-match": ETAG, "if-unmodified-since": EARLIER}, False),
        ({"if-unmodified-since": SAME}, False),
        ({"if-unmodified-since": "never"}, False),
    ],
)
def test_what_the_caller_has_already_is_not_sent_again(headers: dict[str, str], *, unchanged: bool) -> None:
    assert is_unchanged(headers, ETAG, MODIFIED) is unchanged


@pytest.mark.parametrize(
    "headers",
    [{"if-match": '"other"'}, {"if-match": f"W/{ETAG}"}, {"if-match": ""}, {"if-unmodified-since": EARLIER}],
)
def test_who_wants_another_content_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(PreconditionFailed) as caught:
        is_unchanged(headers, ETAG, MODIFIED)
    assert caught.value.status == 412


@pytest.mark.parametrize(
    ("condition", "applies"),
    [
        (None, True),
        (ETAG, True),
        (f"W/{ETAG}", False),
        ('"other"', False),
        (SAME, True),
        (LATER, False),
        (EARLIER, False),
        ("nonsense", False),
    ],
)
def test_a_range_of_another_content_is_not_joined_to_this_one(condition: str | None, *, applies: bool) -> None:
    headers = {} if condition is None else {"if-range": condition}
    assert range_applies(headers, ETAG, MODIFIED) is applies


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({}, False),
        ({"range": "bytes=0-4"}, False),
        ({"range": "bytes=0-4,6-8"}, True),
        ({"if-none-match": ETAG}, True),
        ({"if-none-match": '"other"'}, False),
        ({"if-range": ETAG}, True),
        ({"if-range": '"other"'}, False),
        ({"if-range": SAME}, True),
        ({"if-match": '"other"'}, True),
        ({"if-modified-since": EARLIER}, True),
        ({"if-unmodified-since": LATER}, True),
    ],
)
def test_what_is_asked_by_our_tag_or_a_date_is_ours_to_answer(headers: dict[str, str], *, is_ours: bool) -> None:
    assert is_ours_to_answer(headers, ETAG) is is_ours


@given(
    st.dictionaries(
        st.sampled_from(["if-match", "if-none-match", "if-range", "if-modified-since", "if-unmodified-since"]),
        st.text(),
    )
)
def test_no_condition_breaks_anything(headers: dict[str, str]) -> None:
    range_applies(headers, ETAG, MODIFIED)
    try:
        is_unchanged(headers, ETAG, MODIFIED)
    except PreconditionFailed as problem:
        problem.detail.encode()
