"""`baton deposit` against a real server: over a bad network, killed, called again, and against Zenodo's own ways."""

import io
import json
import os
import threading
import time
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from tests.client.conftest import Run, local, stored
from tests.client.killed import killed
from tests.client.proxy import Proxy
from tests.client.tables import table
from tests.fakes.zenodo_server import ZenodoServer

SAID = ["--title", "Sea ice thickness", "--creator", "Carberry, Josiah; 0000-0002-1825-0097; Brown University"]


def port_of(server: Any) -> int:
    return urlsplit(server.url).port or 0


def number_in(output: str) -> str:
    return output.rsplit(maxsplit=1)[-1].rpartition("/")[2].rpartition(".")[2]


def test_a_folder_becomes_a_publication(run: Run, server: Any, cast: Any, folder: Path) -> None:
    done = run(
        ["deposit", folder, "--to", server.url, *SAID, "--licence", "CC-BY-4.0", "--part-size", "1M", "--publish"]
    )
    number = number_in(done.stdout)
    assert stored(server.url, cast.alice.token, number) == local(folder)
    record = requests.get(f"{server.url}/api/records/{number}", timeout=30).json()
    assert record["metadata"]["creators"][0]["orcid"] == "0000-0002-1825-0097"
    assert record["metadata"]["license"] == {"id": "cc-by-4.0"}


def test_a_crate_from_the_repository_becomes_the_same_record(
    run: Run, server: Any, cast: Any, folder: Path, tmp_path: Path
) -> None:
    (folder / "CITATION.cff").write_text("cff-version: 1.2.0\ntitle: A program among the files\n")
    whole = ["deposit", folder, "--to", server.url, *SAID, "--version", "1.1", "--publish", "--metadata"]
    (tmp_path / "none.json").write_text("{}")
    number = number_in(run([*whole, tmp_path / "none.json"]).stdout)
    crate = requests.get(f"{server.url}/api/records/{number}/crate-archive", timeout=30).content
    with zipfile.ZipFile(io.BytesIO(crate)) as archive:
        archive.extractall(tmp_path / "crate")
    again = number_in(run(["deposit", tmp_path / "crate", "--to", server.url, "--publish"]).stdout)
    assert again != number
    assert stored(server.url, cast.alice.token, again) == local(folder)
    first, second = (
        requests.get(f"{server.url}/api/records/{one}", timeout=30).json()["metadata"] for one in (number, again)
    )
    for name in ("title", "creators", "version", "publication_date", "resource_type"):
        assert second[name] == first[name]
    (tmp_path / "crate/new.csv").write_text("1,2\n")
    changed = json.loads((tmp_path / "crate/ro-crate-metadata.json").read_text())
    changed["@graph"].append({"@id": "new.csv", "@type": "File"})
    (tmp_path / "crate/ro-crate-metadata.json").write_text(json.dumps(changed))
    (tmp_path / "crate/CITATION.cff").unlink()
    own = number_in(run(["deposit", tmp_path / "crate", "--to", server.url]).stdout)
    assert stored(server.url, cast.alice.token, own, draft=True) == local(tmp_path / "crate")


def test_a_draft_is_filled_again_without_sending_what_is_there(run: Run, server: Any, cast: Any, folder: Path) -> None:
    with Proxy(port_of(server)) as proxy:
        command = ["deposit", folder, "--to", proxy.url, *SAID, "--part-size", "1M"]
        number = number_in(run(command).stdout)
        assert proxy.sent > 3_000_000
        before = proxy.sent
        (folder / "new.txt").write_text("new")
        (folder / "empty").unlink()
        assert number_in(run(command).stdout) == number
        assert proxy.sent - before < 20_000
        assert stored(server.url, cast.alice.token, number, draft=True) == local(folder)
        assert number_in(run([*command, "--publish"]).stdout) == number


def test_connections_that_break_cost_only_what_was_on_its_way(run: Run, server: Any, cast: Any, folder: Path) -> None:
    with Proxy(port_of(server), cut_after=700_000, cuts=4) as proxy:
        done = run(["deposit", folder, "--to", proxy.url, *SAID, "--part-size", "1M"])
        assert proxy.cuts == 0
    assert stored(server.url, cast.alice.token, number_in(done.stdout), draft=True) == local(folder)


@pytest.mark.parametrize("part_size", ["64M", "1M"])
@pytest.mark.parametrize("left", [0, 1_000_000, 3_072_000])
def test_a_file_that_changes_while_it_is_sent_is_named_at_once(
    run: Run, server: Any, cast: Any, folder: Path, part_size: str, left: int
) -> None:
    with Proxy(port_of(server), bytes_per_second=1_000_000) as proxy:

        def change() -> None:
            while proxy.sent < 300_000:
                time.sleep(0.01)
            with (folder / "large.bin").open("r+b") as file:
                file.truncate(left)
                file.seek(0)
                file.write(b"other bytes"[:left])

        changing = threading.Thread(target=change)
        changing.start()
        command = ["deposit", folder, "--to", proxy.url, *SAID, "--part-size", part_size, "--parallel", "1"]
        started = time.monotonic()
        done = run(command, status=1)
        changing.join()
        assert "large.bin was changed while it was being sent. Run the same command again." in done.stderr
        assert time.monotonic() - started < 30  # and not when somebody loses patience
        proxy.bytes_per_second = 0
        number = number_in(run(command).stdout)
    assert stored(server.url, cast.alice.token, number, draft=True) == local(folder)


def test_killed_in_the_middle_it_goes_on_where_it_was(
    run: Run, server: Any, cast: Any, env: dict[str, str], tmp_path: Path
) -> None:
    data = tmp_path / "large.bin"
    data.write_bytes(os.urandom(8 << 20))
    with Proxy(port_of(server), bytes_per_second=3 << 20) as proxy:
        command = ["deposit", str(data), "--to", proxy.url, *SAID, "--part-size", "1M", "--parallel", "1"]
        killed(command, env, lambda: proxy.sent >= 5 << 20)
        proxy.bytes_per_second, before = 0, proxy.sent
        assert 5 << 20 <= before < 8 << 20
        number = number_in(run(command).stdout)
        assert proxy.sent - before < (8 << 20) - (3 << 20)
    assert stored(server.url, cast.alice.token, number, draft=True) == {"large.bin": data.read_bytes()}


def test_a_new_version_sends_only_the_files_that_changed(run: Run, server: Any, cast: Any, folder: Path) -> None:
    first = run(["deposit", folder, "--to", server.url, *SAID, "--publish"]).stdout.strip()
    (folder / "raw/buoy 1 ä#?.csv").write_text("day,metres\n1,1.9\n")
    with Proxy(port_of(server)) as proxy:
        command = ["deposit", folder, "--to", proxy.url, "--new-version-of", first.removeprefix("https://doi.org/")]
        second = number_in(run([*command, "--publish"]).stdout)
        assert proxy.sent < 30_000
    assert stored(server.url, cast.alice.token, second) == local(folder)
    record = requests.get(f"{server.url}/api/records/{second}", timeout=30).json()
    assert record["metadata"]["title"] == "Sea ice thickness"


def test_of_a_large_file_with_one_row_inserted_little_is_sent(run: Run, server: Any, cast: Any, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(table(1_500_000))
    first = number_in(run(["deposit", path, "--to", server.url, *SAID, "--publish"]).stdout)
    path.write_bytes(table(1_500_000, forgotten=500_000))
    with Proxy(port_of(server)) as proxy:
        second = number_in(run(["deposit", path, "--to", proxy.url, "--new-version-of", first, "--publish"]).stdout)
        assert proxy.sent < 0.02 * path.stat().st_size
    assert stored(server.url, cast.alice.token, second) == {"table.csv": path.read_bytes()}


@pytest.mark.parametrize("left", [0, 2_000_000, 6_400_000])
def test_a_file_that_changes_while_its_delta_is_sent_is_named_at_once(
    run: Run, server: Any, tmp_path: Path, left: int
) -> None:
    data = tmp_path / "data"
    data.write_bytes(os.urandom(4 << 20))
    number = number_in(run(["deposit", data, "--to", server.url, *SAID, "--publish"]).stdout)
    data.write_bytes(os.urandom(1_000_000) + data.read_bytes() + os.urandom(1_500_000))
    with Proxy(port_of(server), bytes_per_second=500_000) as proxy:

        def change() -> None:
            while proxy.sent < 200_000:
                time.sleep(0.01)
            with data.open("r+b") as file:
                file.truncate(left)
                file.write(b"other bytes")

        changing = threading.Thread(target=change)
        changing.start()
        started = time.monotonic()
        done = run(["deposit", data, "--to", proxy.url, "--new-version-of", number], 1)
        changing.join()
    assert "data was changed while it was being sent. Run the same command again." in done.stderr
    assert time.monotonic() - started < 30


def test_where_no_place_is_to_note_what_was_done_that_is_told(
    run: Run, env: dict[str, str], server: Any, folder: Path
) -> None:
    env["XDG_STATE_HOME"] = str(folder / "empty")
    done = run(["deposit", folder, "--to", server.url, *SAID], 1)
    assert "Set XDG_STATE_HOME to a folder that can" in done.stderr


def test_a_proxy_that_is_down_is_told_from_the_server(run: Run, env: dict[str, str], server: Any, folder: Path) -> None:
    env["http_proxy"] = "http://127.0.0.1:1"
    done = run(["deposit", folder, "--to", server.url, *SAID, "--patience", "0"], 3)
    assert "proxy: [Errno 111] Connection refused" in done.stderr


def test_where_no_file_has_changed_there_is_no_next_version(run: Run, server: Any, folder: Path) -> None:
    first = run(["deposit", folder, "--to", server.url, *SAID, "--publish"]).stdout
    command = ["deposit", folder, "--to", server.url, "--new-version-of", number_in(first), "--publish"]
    done = run(command)
    assert done.stdout == first
    assert "No file has changed" in done.stderr
    assert run([*command, "--version", "2"]).stdout != first


def test_a_draft_of_the_next_version_that_is_open_already_is_named(run: Run, server: Any, folder: Path) -> None:
    number = number_in(run(["deposit", folder, "--to", server.url, *SAID, "--publish"]).stdout)
    (folder / "empty").write_text("not any more")
    draft = number_in(run(["deposit", folder, "--to", server.url, "--new-version-of", number]).stdout)
    done = run(["deposit", folder / "empty", "--to", server.url, "--new-version-of", number])
    assert f"begun already, as the draft {draft}" in done.stderr


def test_what_cannot_be_published_is_told_before_anything_is_sent(run: Run, server: Any, folder: Path) -> None:
    with Proxy(port_of(server)) as proxy:
        said = ["--title", "Ice", "--creator", "Carberry, Josiah; 0000-0002-1825-0098", "--date", "2024-13-99"]
        done = run(["deposit", folder, "--to", proxy.url, *said, "--publish"], 1)
        assert proxy.sent < 10_000
    assert "Invalid ORCID" in done.stderr
    assert "publication_date" in done.stderr


def test_nothing_in_a_folder_is_left_out_without_a_word(run: Run, server: Any, folder: Path) -> None:
    (folder / "raw/inside").symlink_to(folder / "large.bin")
    (folder / "raw/outside").symlink_to("/etc/hostname")
    (folder / "raw/folder").symlink_to(folder)
    (folder / "raw/nowhere").symlink_to("nothing")
    (folder / ".baton-0.part").touch()
    os.mkfifo(folder / "pipe")
    (folder / "raw" / os.fsdecode(b"caf\xe9")).touch()
    done = run(["deposit", folder, "--to", server.url, *SAID], 1)
    assert sorted(line.partition(" ")[0] for line in done.stderr.split("\n  ")[1:]) == sorted(
        str(folder / name) for name in (".baton-0.part", "pipe", "raw/caf", "raw/folder", "raw/nowhere", "raw/outside")
    )


def test_zenodo_gets_whole_files_and_is_left_in_peace_when_it_asks(run: Run, env: dict[str, str], folder: Path) -> None:
    zenodo = ZenodoServer(env["BATON_TOKEN"])
    threading.Thread(target=zenodo.serve_forever, daemon=True).start()
    done = run(["deposit", folder, "--to", zenodo.url, *SAID, "--part-size", "1M", "--parallel", "1", "--publish"])
    zenodo.shutdown()
    zenodo.server_close()
    assert zenodo.contents == local(folder)
    assert zenodo.refused_transfers == 1
    assert done.stdout.strip() == "https://doi.org/10.5281/z.77"


def test_the_description_in_a_folder_is_read(run: Run, server: Any, folder: Path) -> None:
    (folder / "CITATION.cff").write_text(
        "cff-version: 1.2.0\ntitle: Ice\ntype: dataset\nversion: 1.0\ndate-released: 2024-05-06\nlicense: MIT\n"
        "authors:\n- family-names: Carberry\n  given-names: Josiah\n  orcid: https://orcid.org/0000-0002-1825-0097\n"
    )
    number = number_in(run(["deposit", folder, "--to", server.url, "--title", "Thick ice", "--publish"]).stdout)
    metadata = requests.get(f"{server.url}/api/records/{number}", timeout=30).json()["metadata"]
    assert [metadata[name] for name in ("title", "publication_date", "version")] == ["Thick ice", "2024-05-06", "1.0"]
    assert metadata["creators"][0]["name"] == "Carberry, Josiah"


def test_nothing_is_sent_before_it_is_clear_what_it_is(run: Run, server: Any, folder: Path) -> None:
    done = run(["deposit", folder, "--to", server.url], 1)
    assert "--title" in done.output
    assert "--creator" in done.output


def test_a_wrong_token_is_told_with_what_the_server_says(
    run: Run, env: dict[str, str], server: Any, folder: Path
) -> None:
    env["BATON_TOKEN"] = "wrong"
    assert "valid access token" in run(["deposit", folder, "--to", server.url, *SAID], 1).output


def test_a_server_that_is_not_there_has_an_exit_code_of_its_own(run: Run, folder: Path) -> None:
    done = run(["deposit", folder, "--to", "http://127.0.0.1:9", *SAID, "--patience", "0"], 3)
    assert "Run the same command again" in done.output


def test_a_token_of_zenodo_goes_to_zenodo_alone(run: Run, env: dict[str, str], server: Any, folder: Path) -> None:
    env["ZENODO_TOKEN"] = env.pop("BATON_TOKEN")
    run(["deposit", folder, "--to", server.url, *SAID], 1)


@pytest.mark.parametrize(("other", "clash"), [("a", True), ("b", False)])
def test_two_files_of_one_name_are_refused(run: Run, server: Any, tmp_path: Path, other: str, clash: bool) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "one/a").write_text("1")
    (tmp_path / "two" / other).write_text("2")
    run(["deposit", tmp_path / "one", tmp_path / "two", "--to", server.url, *SAID], 1 if clash else 0)


def test_a_file_of_metadata_may_have_the_form_of_either_dialect(
    run: Run, server: Any, cast: Any, folder: Path, tmp_path: Path
) -> None:
    creators: dict[str, Any] = {
        "rdm": [{"person_or_org": {"type": "personal", "family_name": "Curie", "given_name": "M"}}]
    }
    creators["zenodo"] = [{"name": "Curie, M"}]
    kinds: dict[str, Any] = {"rdm": {"resource_type": {"id": "dataset"}}, "zenodo": {"upload_type": "dataset"}}
    for form, kind in kinds.items():
        path = tmp_path / f"{form}.json"
        path.write_text(json.dumps({"metadata": {"title": "Radium", "creators": creators[form], **kind}}))
        number = number_in(run(["deposit", folder, "--to", server.url, "--metadata", path]).stdout)
        headers = {"Authorization": f"Bearer {cast.alice.token}", "Accept": "application/vnd.inveniordm.v1+json"}
        draft = requests.get(f"{server.url}/api/records/{number}/draft", headers=headers, timeout=30).json()
        assert draft["metadata"]["resource_type"]["id"] == "dataset"
        assert draft["metadata"]["creators"][0]["person_or_org"]["family_name"] == "Curie"


def test_a_document_of_another_format_describes_a_deposit(
    run: Run, server: Any, cast: Any, folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "record.xml"
    path.write_text(
        '<resource xmlns="http://datacite.org/schema/kernel-4"><creators><creator><creatorName>Curie, M</creatorName>'
        "</creator></creators><titles><title>Radium</title></titles><mood>good</mood></resource>"
    )
    done = run(["deposit", folder, "--to", server.url, "--metadata", path])
    assert "Not taken from record.xml: mood" in done.stderr
    headers = {"Authorization": f"Bearer {cast.alice.token}", "Accept": "application/vnd.inveniordm.v1+json"}
    address = f"{server.url}/api/records/{number_in(done.stdout)}/draft"
    metadata = requests.get(address, headers=headers, timeout=30).json()["metadata"]
    assert metadata["title"] == "Radium"
    assert metadata["creators"][0]["person_or_org"]["name"] == "Curie, M"
    path.write_text("<resource/>")
    assert "no element `resource`" in run(["deposit", folder, "--to", server.url, "--metadata", path], 1).stderr
