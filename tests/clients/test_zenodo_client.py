"""zenodo-client: deposits, makes new versions, publishes, and downloads the newest files."""

import json
from pathlib import Path
from typing import Any

SETUP = """
import json, sys
from zenodo_client import Creator, Metadata, Zenodo
zenodo = Zenodo(access_token=sys.argv[1])
"""
DEPOSIT = """
data = Metadata(
    title="Made by a client", upload_type="dataset", description="What it is", keywords=["one", "two"],
    creators=[Creator(name="Marsh, Ada", affiliation="CERN", orcid="0000-0002-1825-0097")],
)
first = zenodo.ensure("key", data, [sys.argv[2], sys.argv[3]]).json()
with open(sys.argv[2], "w") as file:
    file.write("changed")
second = zenodo.ensure("key", data, [sys.argv[2]]).json()  # it remembers the number, and makes a new version
third = zenodo.update(str(first["id"]), [sys.argv[2]]).json()
draft = zenodo.create(data, [sys.argv[2]], publish=False).json()
reopened = zenodo.edit(str(first["id"]), sleep=False).status_code
discarded = zenodo.discard(str(first["id"]), sleep=False).status_code
print(json.dumps([first, second, third, draft, reopened, discarded]))
"""
DOWNLOAD = """
number = sys.argv[2]
print(zenodo.download(number, name="small file.txt").read_text(), end="")
print([path.stat().st_size for path in sorted(zenodo.download_all(number))])
print(zenodo.get_record(number, authenticate=False).json()["metadata"]["title"])
"""


def test_it_deposits_and_makes_new_versions(as_on_zenodo: Any, cast: Any, big: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("first")
    output = as_on_zenodo(cast.alice.token, str(text), str(big), code=SETUP + DEPOSIT)
    first, second, third, draft, reopened, discarded = json.loads(output)
    assert first["doi"] == f"10.5281/zenodo.{first['id']}"
    assert {file["filename"]: file["filesize"] for file in second["files"]} == {"text.txt": 7, "big.bin": 20_000_000}
    assert len({version["conceptdoi"] for version in (first, second, third)}) == 1
    assert len({version["id"] for version in (first, second, third)}) == 3
    assert second["metadata"]["version"].startswith(first["metadata"]["version"])
    assert second["metadata"]["creators"] == first["metadata"]["creators"]
    assert second["metadata"]["keywords"] == ["one", "two"]
    assert (draft["state"], len(draft["files"])) == ("unsubmitted", 1)
    assert (reopened, discarded) == (201, 204)


def test_it_downloads_one_file_and_all(as_on_zenodo: Any, cast: Any, record: Any) -> None:
    output = as_on_zenodo(cast.alice.token, str(record["id"]), code=SETUP + DOWNLOAD)
    assert output.splitlines() == ["hello", "[20000000, 6]", "Water levels"]
