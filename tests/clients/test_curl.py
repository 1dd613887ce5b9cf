"""The recipes with curl that people have in their scripts and notebooks. Numbers are those of the wire contract."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


class Curl:
    """curl with a token in every address; `--fail-with-body` makes every refusal a failure."""

    def __init__(self, base: str, token: str) -> None:
        self.base, self.token = base, token

    def __call__(self, *options: str, path: str, sent: bytes | None = None) -> bytes:
        address = path if path.startswith("http") else self.base + path
        address += ("&" if "?" in address else "?") + f"access_token={self.token}"
        command = ["curl", "--silent", "--show-error", "--fail-with-body", *options, address]
        done = subprocess.run(command, input=sent, capture_output=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def json(self, *options: str, path: str, sent: bytes | None = None) -> Any:
        return json.loads(self(*options, path=path, sent=sent))

    def deposition(self) -> Any:
        return self.json(
            *("-H", "Content-Type: application/json", "-X", "POST", "--data", "{}"), path="/api/deposit/depositions"
        )


@pytest.fixture
def curl(server: Any, cast: Any) -> Curl:
    return Curl(server.url, cast.alice.token)


def sizes(curl: Curl, deposition: Any) -> dict[str, int]:
    return {file["filename"]: file["filesize"] for file in curl.json(path=deposition["links"]["files"])}


def test_a_deposit_from_beginning_to_end(curl: Curl, small: Path, big: Path, tmp_path: Path) -> None:
    """wire-contract 4, 9, 17, 18."""
    deposition = curl.deposition()
    bucket, own = deposition["links"]["bucket"], deposition["links"]["self"]
    assert curl.json("--upload-file", str(big), path=f"{bucket}/big.bin")["size"] == 20_000_000
    assert curl.json("-T", str(small), path=f"{bucket}/small%20file.txt")["key"] == "small file.txt"
    metadata = {"title": "By curl", "upload_type": "dataset", "creators": [{"name": "Doe, John"}]}
    described = ("-X", "PUT", "-H", "Content-Type: application/json", "--data", json.dumps({"metadata": metadata}))
    assert curl.json(*described, path=own)["title"] == "By curl"
    record = curl.json("-X", "POST", path=deposition["links"]["publish"])
    assert record["submitted"]
    saved = tmp_path / "saved.bin"
    curl("--location", "-o", str(saved), path=f"/record/{record['id']}/files/big.bin?download=1")
    assert saved.read_bytes() == big.read_bytes()
    newest = curl.json("-L", path=f"/api/records/{record['conceptrecid']}")
    assert newest["id"] == record["id"]
    assert curl.json("--request", "POST", path=record["links"]["newversion"])["state"] == "unsubmitted"


@pytest.mark.parametrize("sent", [b"", b"hello", b"x" * 3_000_000])
def test_18_a_pipe_is_uploaded_without_its_length(curl: Curl, sent: bytes) -> None:
    deposition = curl.deposition()
    file = curl.json("-T", "-", path=f"{deposition['links']['bucket']}/piped", sent=sent)
    assert file["size"] == len(sent)
    assert curl(path=file["links"]["self"]) == sent


def test_18_data_binary_keeps_every_byte(curl: Curl, big: Path) -> None:
    deposition = curl.deposition()
    file = curl.json("-X", "PUT", "--data-binary", f"@{big}", path=f"{deposition['links']['bucket']}/b")
    assert file["size"] == 20_000_000
    assert curl(path=file["links"]["self"]) == big.read_bytes()


@pytest.mark.parametrize("size", [5, 2_000_000])
def test_18_a_client_that_asks_first_is_told_to_go_on(curl: Curl, size: int) -> None:
    """curl waits a second for the `100 Continue` and would then send the body all the same: it must not need to."""
    bucket = curl.deposition()["links"]["bucket"]
    options = ("-H", "Expect: 100-continue", "--expect100-timeout", "60", "--max-time", "30", "-T", "-")
    assert curl.json(*options, path=f"{bucket}/asked", sent=b"x" * size)["size"] == size


def test_18_who_may_not_upload_is_told_before_the_bytes_flow(server: Any, curl: Curl, cast: Any, big: Path) -> None:
    bucket = curl.deposition()["links"]["bucket"]
    stranger = Curl(server.url, cast.bob.token)
    command = ("-H", "Expect: 100-continue", "--expect100-timeout", "60", "-T", str(big))
    address = f"{bucket}/big.bin?access_token={stranger.token}"
    shown = ["curl", "--silent", "-w", "%{http_code} %{size_upload}", "-o", "-", *command, address]
    told = subprocess.run(shown, capture_output=True, text=True, timeout=120, check=True).stdout
    problem, _brace, numbers = told.rpartition("}")
    status, uploaded = numbers.split()
    assert (status, json.loads(problem + "}")["status"]) == ("403", 403)
    assert int(uploaded) < 20_000_000


@pytest.mark.parametrize("name", ["file.txt", "Größe (1).txt", "two words.csv"])
def test_6_a_form_is_uploaded(curl: Curl, small: Path, name: str) -> None:
    deposition = curl.deposition()
    file = curl.json("-F", f"name={name}", "-F", f"file=@{small}", path=deposition["links"]["files"])
    assert (file["filename"], file["filesize"]) == (name, 6)
    curl.json("-F", f"file=@{small}", path=deposition["links"]["files"])
    assert sizes(curl, deposition) == {name: 6, "small file.txt": 6}


def test_13_a_broken_download_is_resumed(curl: Curl, big: Path, tmp_path: Path) -> None:
    deposition = curl.deposition()
    own = curl.json("-T", str(big), path=f"{deposition['links']['bucket']}/big.bin")["links"]["self"]
    part = tmp_path / "part.bin"
    part.write_bytes(big.read_bytes()[:7_654_321])
    curl("-C", "-", "-o", str(part), path=own)
    assert part.read_bytes() == big.read_bytes()
    assert curl("-r", "-5", path=own) == big.read_bytes()[-5:]


@pytest.mark.parametrize(
    "slashes", ["/api//deposit/depositions", "//api/deposit/depositions", "/api/deposit/depositions/"]
)
def test_14_slashes_too_many_lose_no_body(curl: Curl, slashes: str) -> None:
    made = curl.json("-X", "POST", "-d", '{"metadata": {"title": "Slashes"}}', path=slashes)
    assert made["title"] == "Slashes"
    doubled = made["links"]["bucket"].replace("/api/", "/api//") + "//a.txt"
    assert curl.json("-T", "-", path=doubled, sent=b"hello")["key"] == "a.txt"
    assert curl.json(path=f"/api//deposit//depositions/{made['id']}/")["title"] == "Slashes"
    curl("-X", "DELETE", path=f"/api/deposit//depositions/{made['id']}/")


def test_13_head_says_what_a_get_would(curl: Curl, small: Path) -> None:
    deposition = curl.deposition()
    own = curl.json("-T", str(small), path=f"{deposition['links']['bucket']}/a.txt")["links"]["self"]
    for address in (own, deposition["links"]["self"]):
        told = curl("-I", path=address).decode().lower()
        assert "200 ok" in told
        assert f"content-length: {len(curl(path=address))}" in told


def test_19_json_needs_no_content_type(curl: Curl) -> None:
    """`-d` says `application/x-www-form-urlencoded`."""
    made = curl.json("-d", '{"metadata": {"title": "Untyped"}}', path="/api/deposit/depositions")
    assert made["title"] == "Untyped"
    assert curl.json("-H", "Content-Type: application/json", path=made["links"]["self"])["title"] == "Untyped"
