"""pooch: fetches the files behind a DOI into a cache, as many scientific libraries do with their sample data."""

import json
from pathlib import Path
from typing import Any

FETCH = """
import json, sys, pooch
cache = pooch.create(path="cache", base_url=f"doi:{sys.argv[1]}/", registry=None)
cache.load_registry_from_doi()
paths = [cache.fetch(name) for name in sorted(cache.registry)]
again = pooch.retrieve(f"doi:{sys.argv[1]}/big.bin", known_hash=cache.registry["big.bin"], path="again")
print(json.dumps({"registry": cache.registry, "paths": [*paths, again]}))
"""


def test_it_fetches_files_by_doi_and_checks_them(
    as_on_zenodo: Any, record: Any, small: Path, big: Path, tmp_path: Path
) -> None:
    for doi in (record["doi"], record["conceptdoi"]):
        found = json.loads(as_on_zenodo(doi, code=FETCH).splitlines()[-1])
        assert found["registry"]["small file.txt"] == "md5:b1946ac92492d2347c6235b4d2611184"
        contents = [(tmp_path / path).read_bytes() for path in found["paths"]]
        assert contents == [big.read_bytes(), small.read_bytes(), big.read_bytes()]
