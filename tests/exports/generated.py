"""Generated records, as hostile as what can be stored: every free text of the richest body replaced."""

from typing import Any

from hypothesis import strategies as st
from tests.exports.samples import file_entry, make_record
from tests.records.metadata_bodies import check_here, full

from baton.records.record import Record

SPECIAL = [
    "\\input{/etc/passwd}",
    "{\\'e}",
    "}}\n@comment{",
    "100 % & $5 # _ ~ ^",
    "<script>alert(1)</script>",
    "]]>",
    "&lol;",
    "=cmd|' /C calc'!A0",
    "ER  - \r\nTY  - JOUR",
    "key: [a, &b *b]",
    "---\n...",
    "'\"`;--",
    "\u202eabc\u2066",
    "עברית العربية",
    "日本語 🧬👩‍🔬",
    "\ufeff\u0085\u2028\u2029",
    "\x00\x07\x1b\x7f\x9f",
    "- ? : , | >",
    "null",
    "2024-01-01",
    "0x1F",
    "yes",
]
TEXTS = st.one_of(
    st.sampled_from(SPECIAL),
    st.text(min_size=1, max_size=40),
    st.text(alphabet="\\{}$&%#_~^<>\"'@,;:-=/?[]()|*! \n\té中🧬\u202e", min_size=1, max_size=40),
)
FREE = {
    "title", "description", "publisher", "name", "family_name", "given_name", "subject", "version", "reference",
    "place", "volume", "issue", "pages", "edition", "university", "acronym", "dates", "session", "en", "number",
    "copyright", "department",
}  # fmt: skip


def replaced(value: Any, texts: st.DataObject) -> Any:
    if isinstance(value, dict):
        return {
            name: texts.draw(TEXTS) if name in FREE and isinstance(one, str) else replaced(one, texts)
            for name, one in value.items()
        }
    return [replaced(one, texts) for one in value] if isinstance(value, list) else value


@st.composite
def records(draw: st.DrawFn) -> Record:
    """A stored record: what the check of a draft has let through."""
    body = check_here(replaced(full(), draw(st.data()))).body
    keys = draw(
        st.lists(
            TEXTS.map(lambda text: text.replace("\x00", "")).filter(lambda text: text.strip("./ ")),
            unique=True,
            max_size=3,
        )
    )
    public = {**body, "access": {"record": "public", "files": "public", "embargo": {"active": False, "reason": None}}}
    return make_record(public, files=tuple(file_entry(key) for key in keys))  # type: ignore[arg-type]


def crowded(number: int = 10_000) -> Record:
    """A record of a large collaboration."""
    body = full()
    body["metadata"]["creators"] = [
        {"person_or_org": {"type": "personal", "family_name": f"Family {n}", "given_name": "Ada"}, "affiliations": []}
        for n in range(number)
    ]
    return make_record(check_here(body).body)
