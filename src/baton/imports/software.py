"""What schema.org and CodeMeta say of source code, as custom fields."""

import re
from typing import Any

from baton.imports.graph import Graph, Thing, word
from baton.imports.terms import term_called

READ = {"codeRepository", "programmingLanguage", "developmentStatus"}


def code_fields(root: Thing, graph: Graph) -> dict[str, Any]:
    """Where the code is, in which languages it is written, and how far it is."""
    languages = []
    for at, thing in graph.found(root.get("programmingLanguage"), "programmingLanguage"):
        known = term_called("code:programmingLanguages", word(thing.get("name")))
        if known:
            languages.append({"id": known})
        else:
            graph.complaints.lose(at, "This is no programming language that is known here.")
    status = re.split("[#/]", word(root.get("developmentStatus")))[-1]
    known = term_called("code:developmentStatus", status)
    if status and not known:
        graph.complaints.lose("developmentStatus", "This is no status of repostatus.org.")
    return {
        "code:codeRepository": word(root.get("codeRepository")).removeprefix("git+"),
        "code:programmingLanguage": languages,
        "code:developmentStatus": {"id": known} if known else None,
    }
