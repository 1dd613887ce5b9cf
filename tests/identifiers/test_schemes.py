import string

import idutils
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from baton.identifiers.schemes import MAX_LENGTH, SCHEMES, detect, is_valid, normalize, url_for

EXAMPLES = [  # scheme, value, normal form where it differs
    ("orcid", "0000-0002-1825-0097", "0000-0002-1825-0097"),
    ("orcid", "https://orcid.org/0000-0002-1694-233x", "0000-0002-1694-233X"),
    ("orcid", "http://www.orcid.org/0000-0002-1825-0097/", "0000-0002-1825-0097"),
    ("orcid", "0000000218250097", "0000-0002-1825-0097"),
    ("isni", "0000 0001 1456 7559", "0000 0001 1456 7559"),
    ("isni", "https://isni.org/isni/0000000114567559", "0000000114567559"),
    ("gnd", "170118215", "gnd:170118215"),
    ("gnd", "gnd:4079154-3", "gnd:4079154-3"),
    ("gnd", "https://d-nb.info/gnd/2001630-x", "gnd:2001630-X"),
    ("gnd", "2-4", "gnd:2-4"),
    ("gnd", "1043833846", "gnd:1043833846"),
    ("ror", "03yrm5c26", "03yrm5c26"),
    ("ror", "https://ror.org/01ggx4157", "01ggx4157"),
    ("ror", "ror.org/00K4N6C32", "00k4n6c32"),
    ("edmo", "https://edmo.seadatanet.org/report/1234", "edmo:1234"),
    ("edmo", "edmo:17", "edmo:17"),
    ("ark", "ark:/13030/tqb3kh97gh8w", "ark:/13030/tqb3kh97gh8w"),
    ("ark", "https://n2t.net/ark:/13030/x5", "https://n2t.net/ark:/13030/x5"),
    ("arxiv", "arXiv:0706.0001", "arXiv:0706.0001"),
    ("arxiv", "https://arxiv.org/abs/1512.00135v2", "arXiv:1512.00135v2"),
    ("arxiv", "hep-th/9901001", "arXiv:hep-th/9901001"),
    ("arxiv", "math.GT/0309136", "arXiv:math/0309136"),
    ("ads", "2011ApJS..192...18K", "2011ApJS..192...18K"),
    ("ads", "1924MNRAS..84..308E", "1924MNRAS..84..308E"),
    ("crossreffunderid", "10.13039/501100000780", "10.13039/501100000780"),
    ("cstr", "31253.11.sciencedb.13238", "31253.11.sciencedb.13238"),
    ("doi", "doi:10.1016/j.epsl.2011.11.037", "10.1016/j.epsl.2011.11.037"),
    ("doi", "https://dx.doi.org/10.5281/ZENODO.1", "10.5281/ZENODO.1"),
    ("doi", "10.1002/(SICI)1097-4571(199806)49:8<693::AID-ASI4>3.0.CO;2-O", None),
    ("ean13", "9783468111242", "9783468111242"),
    ("eissn", "1562-6865", "1562-6865"),
    ("lissn", "11881534", "1188-1534"),
    ("issn", "ISSN 2077-9550", "2077-9550"),
    ("grid", "grid.9132.9", "grid.9132.9"),
    ("handle", "http://hdl.handle.net/10013/epic.10033", "10013/epic.10033"),
    ("igsn", "IECUR0097", "IECUR0097"),
    ("isbn", "978-3-905673-82-1", "978-3-905673-82-1"),
    ("isbn", "ISBN 0-06-251587-x", "978-0-06-251587-2"),
    ("istc", "0A9 2002 12B4A105 7", "0A9 2002 12B4A105 7"),
    ("lsid", "urn:lsid:ubio.org:namebank:11815", "urn:lsid:ubio.org:namebank:11815"),
    ("pmid", "pmid:12082125", "12082125"),
    ("purl", "https://purl.org/dc/terms", "https://purl.org/dc/terms"),
    ("rrid", "RRID:AB_90755", "RRID:AB_90755"),
    ("rrid", "RRID:MMRRC_000001-UNC", "RRID:MMRRC_000001-UNC"),
    ("upc", "123456789999", "123456789999"),
    ("url", "https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
    ("urn", "URN:nbn:de:101:1-201102033592", "urn:nbn:de:101:1-201102033592"),
    ("wikidata", "https://www.wikidata.org/wiki/q39", "Q39"),
    ("w3id", "w3id.org/games/spec/coil#Coil_Bomb", "https://w3id.org/games/spec/coil#Coil_Bomb"),
    ("swhid", "swh:1:cnt:94a9ed024d3859793618152ea559a168bbcbb5e2", None),
    ("geonames", "https://www.geonames.org/2660646", "https://www.geonames.org/2660646"),
    ("other", "Inv. 12/a", "Inv. 12/a"),
]
VALID = [(scheme, value, normal or value) for scheme, value, normal in EXAMPLES]

INVALID = [
    ("orcid", "0000-0002-1825-0098"),  # check digit
    ("orcid", "0000-0001-1456-7559"),  # an ISNI, but outside of ORCID's block
    ("orcid", "0000-0002-1825-0097".translate(str.maketrans("0123456789", "".join(map(chr, range(0x660, 0x66A)))))),
    ("orcid", "9999-9999-9999-9999"),
    ("isni", "0000 0001 1456 7558"),
    ("gnd", "170118216"),
    ("gnd", "4079154-4"),
    ("gnd", "118540238garbage"),
    ("ror", "03yrm5c27"),
    ("ror", "03yrm5l26"),  # no such letter
    ("isbn", "978-3-905673-82-2"),
    ("issn", "2077-9551"),
    ("ean13", "9783468111243"),
    ("upc", "123456789998"),
    ("doi", "10.1234"),
    ("doi", "10.1234/a b"),
    ("doi", "11.1234/a"),
    ("url", "javascript:alert(1)"),
    ("url", "javascript://example.org/%0aalert(1)"),
    ("url", "ftp://example.org/"),
    ("url", "http://[::1"),
    ("url", "http://example.org:99999999/"),
    ("url", "https://"),
    ("url", "https://example.org/a b"),
    ("url", "https://example.org/\x00"),
    ("handle", "https://example.org/a"),
    ("wikidata", "L39"),
    ("pmid", "٣"),
    ("w3id", "https://example.org/w3id.org/"),
    ("swhid", "swh:1:cnt:94a9"),
    ("geonames", "https://example.org/2660646"),
    ("arxiv", "nonsense"),
    ("no-such-scheme", "1"),
    ("other", "   "),
]


@pytest.mark.parametrize(("scheme", "value", "normal"), VALID)
def test_a_valid_identifier_has_a_normal_form_which_is_valid_and_stays(scheme: str, value: str, normal: str) -> None:
    assert normalize(scheme, value) == normal
    assert normalize(scheme, normal) == normal
    assert is_valid(scheme, f"  {value}\n")


@pytest.mark.parametrize(("scheme", "value"), INVALID)
def test_an_invalid_identifier_is_refused_and_leads_nowhere(scheme: str, value: str) -> None:
    assert not is_valid(scheme, value)
    assert normalize(scheme, value) is None
    assert url_for(scheme, value) is None


@pytest.mark.parametrize("scheme", ["orcid", "isni", "gnd", "ror", "isbn", "issn", "ean13", "upc"])
def test_changing_any_one_digit_breaks_the_check_digit(scheme: str) -> None:
    value = next(normal for known, _, normal in VALID if known == scheme)
    for place, character in enumerate(value):
        if not character.isdigit():
            continue
        for other in set(string.digits) - {character}:
            changed = value[:place] + other + value[place + 1 :]
            assert not is_valid(scheme, changed), changed


@pytest.mark.parametrize(
    ("value", "scheme"),
    [
        ("10.5281/zenodo.1", "doi"),
        ("https://doi.org/10.5281/zenodo.1", "doi"),
        ("0000-0002-1825-0097", "orcid"),
        ("https://orcid.org/0000-0002-1825-0097", "orcid"),
        ("0000 0001 1456 7559", "isni"),
        ("03yrm5c26", "ror"),
        ("gnd:170118215", "gnd"),
        ("170118215", "gnd"),
        ("ark:/123/456", "ark"),
        ("https://n2t.net/ark:/13030/x5", "ark"),
        ("arXiv:1512.00135", "arxiv"),
        ("hep-th/9901001", "arxiv"),
        ("1924MNRAS..84..308E", "ads"),
        ("978-3-905673-82-1", "isbn"),
        ("2077-9550", "issn"),
        ("4006381333931", "ean13"),
        ("urn:lsid:ubio.org:namebank:11815", "lsid"),
        ("urn:nbn:de:101:1-201102033592", "urn"),
        ("Q39", "wikidata"),
        ("RRID:AB_90755", "rrid"),
        ("12082125", "pmid"),
        ("2381/12775", "handle"),
        ("http://hdl.handle.net/2381/12775", "handle"),
        ("https://purl.org/dc", "purl"),
        ("https://example.org/10.1234/foo", "url"),
        ("swh:1:cnt:94a9ed024d3859793618152ea559a168bbcbb5e2", "swhid"),
        ("just some words", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_the_scheme_of_an_unnamed_value_is_guessed(value: str, scheme: str | None) -> None:
    assert detect(value) == scheme


def test_a_hint_wins_if_the_value_is_valid_there() -> None:
    assert detect("10.1234/foo", hint="handle") == "handle"
    assert detect("10.1234/foo", hint="orcid") == "doi"


def test_a_guess_keeps_to_what_is_allowed() -> None:
    assert detect("10.1234/foo", allowed={"orcid", "handle"}) == "handle"
    assert detect("10.1234/foo", hint="doi", allowed={"orcid"}) is None


@pytest.mark.parametrize(
    ("scheme", "value", "url"),
    [
        ("doi", 'doi:10.1234/a<b>"c', "https://doi.org/10.1234/a%3Cb%3E%22c"),
        ("orcid", "0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-0097"),
        ("isni", "0000 0001 1456 7559", "https://isni.org/isni/0000000114567559"),
        ("gnd", "170118215", "https://d-nb.info/gnd/170118215"),
        ("ror", "03yrm5c26", "https://ror.org/03yrm5c26"),
        ("edmo", "17", "https://edmo.seadatanet.org/report/17"),
        ("arxiv", "1512.00135", "https://arxiv.org/abs/1512.00135"),
        ("ark", "ark:/13030/x5", "https://n2t.net/ark:/13030/x5"),
        ("url", "https://example.org/?q='\">", "https://example.org/?q='%22%3E"),
        ("geonames", "2660646", "https://www.geonames.org/2660646"),
        ("geonames", "https://www.geonames.org/2660646", "https://www.geonames.org/2660646"),
        ("urn", "urn:nbn:de:101:1-2", "https://nbn-resolving.org/urn:nbn:de:101:1-2"),
        ("urn", "urn:isbn:1", None),
        ("isbn", "978-3-905673-82-1", None),
        ("other", "https://example.org", "https://example.org"),
        ("other", "javascript:alert(1)", None),
    ],
)
def test_identifiers_lead_to_their_resolver(scheme: str, value: str, url: str | None) -> None:
    assert url_for(scheme, value) == url


def test_values_beyond_the_length_limit_belong_to_no_scheme() -> None:
    long = "10.1234/" + "a" * MAX_LENGTH
    assert detect(long) is None
    assert not any(is_valid(scheme, long) for scheme in SCHEMES)


@given(st.text(max_size=60) | st.text(alphabet="0123456789Xx-./: urnhdlgndoi", max_size=40))
@example("http://[::1")
@example("https://orcid.org/")
def test_no_value_makes_a_scheme_fail_and_normal_forms_are_stable(value: str) -> None:
    for scheme in SCHEMES:
        normal = normalize(scheme, value)
        if normal is not None:
            assert normalize(scheme, normal) == normal
            url = url_for(scheme, value)
            assert url is None or url.lower().startswith(("http://", "https://"))
    assert detect(value) in {None, *SCHEMES}


@given(st.from_regex(r"[0-9]{8}[0-9X]|[0-9]{4}-[0-9]{3}[0-9X]|97[89][0-9]{10}|[0-9]{4}\.[0-9]{4,5}", fullmatch=True))
def test_idutils_agrees_where_it_is_right(value: str) -> None:
    for scheme in ("issn", "isbn", "ean13", "arxiv"):
        if is_valid(scheme, value):
            assert getattr(idutils, f"is_{scheme}")(value)
