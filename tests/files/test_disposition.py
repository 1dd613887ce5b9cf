"""What a browser is told about a stranger's file."""

from email.message import Message
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.files.disposition import disposition, safe_type, safety_headers
from baton.files.errors import InvalidKey
from baton.files.mediatypes import guess_media_type
from baton.files.rules import check_key


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("data.csv", 'attachment; filename="data.csv"'),
        ("a/b/my data (1).csv", 'attachment; filename="my data (1).csv"'),
        ("Übung.txt", "attachment; filename=\"Ubung.txt\"; filename*=UTF-8''%C3%9Cbung.txt"),
        ("数据.csv", "attachment; filename=\"__.csv\"; filename*=UTF-8''%E6%95%B0%E6%8D%AE.csv"),
        ("数据", "attachment; filename=\"__\"; filename*=UTF-8''%E6%95%B0%E6%8D%AE"),
        ('say "hi";.txt', "attachment; filename=\"say _hi__.txt\"; filename*=UTF-8''say%20%22hi%22%3B.txt"),
        ("100%.txt", "attachment; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt"),
        ("it's.txt", "attachment; filename=\"it_s.txt\"; filename*=UTF-8''it%27s.txt"),
    ],
)
def test_a_file_is_saved_under_its_own_name(key: str, expected: str) -> None:
    assert disposition(key, attachment=True) == expected


@given(st.text())
def test_no_name_escapes_from_its_header(key: str) -> None:
    value = disposition(key, attachment=False)

    assert value.isascii()
    assert value.isprintable()
    name = key.rpartition("/")[2]
    assert value.count('"') == 2
    try:
        check_key(key)
    except InvalidKey:
        return
    message = Message()
    message["Content-Disposition"] = value
    assert message.get_filename() is not None
    if "filename*" in value:
        assert unquote(value.partition("UTF-8''")[2]) == name
    else:
        assert message.get_filename() == name


@pytest.mark.parametrize(
    ("media_type", "safe"),
    [
        ("text/html", "text/plain"),
        ("TEXT/HTML; charset=utf-8", "text/plain"),
        ("application/xhtml+xml", "text/plain"),
        ("image/svg+xml", "text/plain"),
        ("image/x-new+xml", "text/plain"),
        ("text/xml", "text/plain"),
        ("application/xml", "text/plain"),
        ("text/javascript", "text/plain"),
        ("application/javascript", "text/plain"),
        ("image/png", "image/png"),
        ("text/csv", "text/csv"),
        ("application/pdf", "application/pdf"),
        ("application/x-hdf5", "application/x-hdf5"),
        ("nonsense", "application/octet-stream"),
        ("a/b\r\nX: y", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_what_a_browser_would_run_is_only_text(media_type: str, safe: str) -> None:
    assert safe_type(media_type) == safe


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("page.html", "inline"),
        ("plot.png", "inline"),
        ("paper.pdf", "inline"),
        ("readme.md", "inline"),
        ("data.nc", "attachment"),
        ("tool.exe", "attachment"),
        ("data.zip", "attachment"),
        ("feed.rdf", "attachment"),
    ],
)
def test_only_what_is_safe_to_show_is_shown(key: str, kind: str) -> None:
    headers = safety_headers(key, guess_media_type(key), attachment=False)

    assert headers["Content-Disposition"].startswith(kind)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert ("sandbox" in headers["Content-Security-Policy"]) is not key.endswith(".pdf")


def test_who_asks_to_save_it_gets_an_attachment() -> None:
    assert safety_headers("plot.png", "image/png", attachment=True)["Content-Disposition"].startswith("attachment")


def test_text_is_announced_as_utf8() -> None:
    assert safety_headers("a.html", "text/html", attachment=False)["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("key", "media_type"),
    [
        ("data.csv", "text/csv"),
        ("DATA.CSV", "text/csv"),
        ("a.b/notes.md", "text/markdown"),
        ("analysis.ipynb", "application/x-ipynb+json"),
        ("ocean.nc", "application/x-netcdf"),
        ("run.h5", "application/x-hdf5"),
        ("table.parquet", "application/vnd.apache.parquet"),
        ("map.geojson", "application/geo+json"),
        ("image.png", "image/png"),
        ("photo.jpeg", "image/jpeg"),
        ("paper.pdf", "application/pdf"),
        ("page.html", "text/html"),
        ("drawing.svg", "image/svg+xml"),
        ("archive.tar.gz", "application/gzip"),
        ("table.csv.gz", "application/gzip"),
        ("archive.tar", "application/x-tar"),
        ("README", "text/plain"),
        ("folder/LICENSE", "text/plain"),
        (".bashrc", "application/octet-stream"),
        ("no extension", "application/octet-stream"),
        ("strange.zzzz", "application/octet-stream"),
        ("data:text/html,x", "application/octet-stream"),
        ("x.Z", "application/octet-stream"),
    ],
)
def test_the_name_says_the_media_type(key: str, media_type: str) -> None:
    assert guess_media_type(key) == media_type


@given(st.text())
def test_every_name_has_some_media_type(key: str) -> None:
    assert safe_type(guess_media_type(key))
    assert len(guess_media_type(key)) <= 200
