"""A made-up repository of any size: records whose words, people and dates are spread as in a real one.

Titles of 8 to 15 words and descriptions of 120 on average, drawn from 200,000 words whose frequencies follow
Zipf and Mandelbrot (5 % with accents, 2 % Cyrillic, 0.5 % Greek; one title in 200 is Chinese); 400,000 people, 120,000
institutes, 50,000 subjects, 21 types; 3 % restricted; one work in ten has two versions. Record `i` of a seed is always
the same.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from baton.files.entry import FileEntry, Totals
from baton.records.record import Body, Record

WORDS = 200_000
PEOPLE = 400_000
INSTITUTES = 120_000
SUBJECTS = 50_000
OWNERS = 20_000

TYPES = (
    "dataset",
    "software",
    "publication-article",
    "publication-preprint",
    "publication-conferencepaper",
    "publication-report",
    "publication-dissertation",
    "publication-book",
    "publication-section",
    "publication-taxonomictreatment",
    "publication-workingpaper",
    "publication-other",
    "image-figure",
    "image-photo",
    "image-other",
    "presentation",
    "poster",
    "video",
    "lesson",
    "physicalobject",
    "other",
)
EXTENSIONS = ("pdf", "csv", "zip", "txt", "png", "nc", "h5", "py", "json", "xml", "tsv", "gz", "docx", "mp4")
LICENCES = ("cc-by-4.0", "cc0-1.0", "mit", "cc-by-nc-4.0", "apache-2.0")
START = datetime(2013, 5, 8, tzinfo=UTC)

_ONSETS = (
    *("b", "bl", "c", "ch", "d", "dr", "f", "g", "gr", "h", "j", "k", "l", "m", "n"),
    *("p", "ph", "pl", "pr", "qu", "r", "s", "sc", "st", "t", "th", "tr", "v", "w", "z"),
)
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ea", "ia", "io", "ou")
_CODAS = ("", "l", "m", "n", "r", "s", "t", "x", "nd", "nt", "rd", "st")
_ACCENTS = {"a": "á", "e": "é", "i": "ï", "o": "ö", "u": "ü", "c": "ç", "n": "ñ"}
_GREEK = "αβγδεζηθικλμνξοπρστυφχψω"
_CYRILLIC = "абвгдежзиклмнопрстуфхцчшыэюя"


def word(rank: int) -> str:
    """The word that comes `rank`th in frequency; 0 is the commonest."""
    dice = random.Random(rank * 7919 + 1)
    fate = dice.random()
    if fate < 0.005:
        return "".join(dice.choices(_GREEK, k=dice.randint(4, 10)))
    if fate < 0.025:
        return "".join(dice.choices(_CYRILLIC, k=dice.randint(4, 10)))
    syllables = 1 + (rank > 40) + (rank > 2000) + (rank > 50_000) + dice.randint(0, 1)
    made = "".join(dice.choice(_ONSETS) + dice.choice(_VOWELS) + dice.choice(_CODAS) for _ in range(syllables))
    if fate < 0.075:
        made = "".join(_ACCENTS.get(letter, letter) if dice.random() < 0.4 else letter for letter in made)
    return made


class Corpus:
    """The lists that records are drawn from. Making it takes a few seconds; then `record` can be asked in any order."""

    def __init__(self, seed: int = 1) -> None:
        self.seed = seed
        self.words = [word(rank) for rank in range(WORDS)]
        self.weights = list(accumulate(1 / (rank + 2.7) ** 1.07 for rank in range(WORDS)))
        dice = random.Random(seed)
        self.people = [
            f"{dice.choice(self.words[50:9000]).title()}, {dice.choice(self.words[50:3000]).title()}"
            for _ in range(PEOPLE)
        ]
        self.institutes = [f"University of {dice.choice(self.words).title()} {i % 997}" for i in range(INSTITUTES)]
        self.subjects = [" ".join(dice.choices(self.words[200:60_000], k=dice.randint(1, 2))) for _ in range(SUBJECTS)]

    def text(self, dice: random.Random, count: int) -> list[str]:
        """`count` words as they are spread in the corpus."""
        return dice.choices(self.words, cum_weights=self.weights, k=count)

    def records(self, count: int) -> Iterator[Record]:
        """The first `count` records."""
        return (self.record(number) for number in range(count))

    def record(self, index: int) -> Record:
        """Record `index`, published; its number is `2 * index + 2`, that of its work one less, or of the one before."""
        dice = random.Random(self.seed * 1_000_003 + index)
        number = 2 * index + 2
        is_second, has_second = index % 10 == 9, index % 10 == 8
        moment = START + timedelta(minutes=7 * index, seconds=dice.randint(0, 60))
        doi = f"10.5072/baton.{number}"
        work = number - 3 if is_second else number - 1
        return Record(
            id=number,
            work_id=work,
            owner_id=1 + (work * 2_654_435_761 >> 7) % OWNERS,
            bucket_id=f"{index:08x}-0000-4000-8000-000000000000",
            version_index=2 if is_second else 1,
            revision=1,
            is_draft=False,
            is_published=True,
            is_latest=not has_second,
            latest_id=number + 2 if has_second else number,
            concept_doi=f"10.5072/baton.{work}",
            created_at=moment,
            updated_at=moment,
            published_at=moment,
            body=self.body(dice, doi),
            files=(files := self.files(dice, number, moment)),
            totals=Totals.of(files),
        )

    def body(self, dice: random.Random, doi: str) -> Body:
        """What the depositor wrote."""
        is_restricted = dice.random() < 0.03
        title = self.text(dice, dice.randint(8, 15))
        if dice.random() < 0.005:
            title = ["".join(chr(0x4E00 + min(int(dice.expovariate(1 / 400)), 8000)) for _ in range(12))]
        day = datetime(1990, 1, 1, tzinfo=UTC) + timedelta(days=int(13_300 * dice.random() ** 0.5))
        kind = dice.choices(TYPES, weights=range(len(TYPES), 0, -1))[0]
        return {
            "metadata": {
                "resource_type": {"id": kind},
                "title": " ".join(title).capitalize(),
                "publication_date": day.strftime(dice.choice(("%Y-%m-%d", "%Y-%m-%d", "%Y-%m", "%Y"))),
                "publisher": "Baton",
                "creators": [self.creator(dice) for _ in range(min(8, 1 + int(dice.expovariate(0.5))))],
                "description": f"<p>{' '.join(self.text(dice, max(5, int(dice.gauss(120, 50)))))}.</p>",
                "subjects": [{"subject": dice.choice(self.subjects)} for _ in range(dice.randint(0, 5))],
                "languages": [{"id": "eng"}],
                "rights": [{"id": dice.choice(LICENCES)}],
            },
            "custom_fields": {},
            "access": {
                "record": "restricted" if is_restricted else "public",
                "files": "restricted" if is_restricted or dice.random() < 0.05 else "public",
                "embargo": {"active": False, "until": None, "reason": None},
            },
            "pids": {"doi": {"identifier": doi, "provider": "datacite"}},
            "files": {"enabled": True, "default_preview": None, "order": []},
        }

    def creator(self, dice: random.Random) -> dict[str, object]:
        """Somebody, of some institute, half of them with an ORCID."""
        who = int(PEOPLE * dice.random() ** 2)
        name = self.people[who]
        family, _, given = name.partition(", ")
        person = {"type": "personal", "name": name, "family_name": family, "given_name": given}
        orcid = {"scheme": "orcid", "identifier": f"0000-0002-{who // 10_000:04d}-{who % 10_000:04d}"}
        identifiers = {"identifiers": [orcid]} if who % 2 else {}
        institute = self.institutes[int(INSTITUTES * dice.random() ** 3)]
        return {"person_or_org": {**person, **identifiers}, "affiliations": [{"name": institute}]}

    def files(self, dice: random.Random, number: int, moment: datetime) -> tuple[FileEntry, ...]:
        """One to three files."""
        names = [f"{dice.choice(self.words[:5000])}.{dice.choice(EXTENSIONS)}" for _ in range(dice.randint(1, 3))]
        return tuple(
            FileEntry(
                id=f"{number}-{place}",
                key=name,
                status="completed",
                size=dice.randrange(10**9),
                md5=f"{dice.getrandbits(128):032x}",
                sha256=None,
                crc32=None,
                mimetype="application/octet-stream",
                version_id=f"{number}-{place}",
                created_at=moment,
                updated_at=moment,
            )
            for place, name in enumerate(names)
        )
