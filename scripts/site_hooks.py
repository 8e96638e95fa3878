# SPDX-License-Identifier: GPL-3.0-or-later
"""What MkDocs needs to know of this repository: pages from outside docs/, and where links between them lead.

The documents are written to be read where they lie. On the site the README is the first page, the manual is
the one that Krita shows, and a link to a file that is no page leads to the repository, where that is known.
"""

from __future__ import annotations

import ast
import os
import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
# Pages of the site, and the documents that they are, from the root of the repository.
OUTSIDE = {
    "index.md": "README.md",
    "contributing.md": "CONTRIBUTING.md",
    "changelog.md": "CHANGELOG.md",
    "security.md": "SECURITY.md",
    "model.md": "models/lineart/README.md",
    "manual.md": "docs/manual/manual.html",
}
API = "api.md"
FIRST = ("Inker", "Features", "Style", "Strip", "Strokes", "Stroke")  # in this order, before the others
UNTOLD = ("STYLES",)  # long as code, and told of elsewhere
ON_GITHUB = "../../"  # from the README's place: the repository itself
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
TITLE, HEADING = re.compile(r"<h1>.*?</h1>\n"), re.compile(r"<h2>(.*?)</h2>\n")
ROLE = re.compile(r":(?:attr|class|data|func|meth|mod):(?=<code>)")  # docstrings name what they refer to so
PICTURE = re.compile(r'(<img\b[^>]*\bsrc=")([^":]+)(")')


def on_files(files: Files, config: Any) -> Files:
    """Add the pages from outside docs/."""
    for page, document in OUTSIDE.items():
        files.append(File.generated(config, page, content=(ROOT / document).read_text(encoding="utf-8")))
    files.append(File.generated(config, API, content=api()))
    return files


def api() -> str:
    """The engine's public names, for mkdocstrings."""
    others = [name for name in public_names() if name not in FIRST and name not in UNTOLD]
    names = "\n".join(f"::: smart_lineart.inking.{name}\n" for name in [*FIRST, *others])
    return (
        "# The engine's public names\n\nAll of `smart_lineart.inking`; "
        f"[the command's page](command.md#from-python) shows them at work.\n\n{names}"
    )


def public_names() -> list[str]:
    """What `smart_lineart.inking` offers, read without importing it: that would need numpy."""
    tree = ast.parse((ROOT / "smart_lineart/inking/__init__.py").read_text(encoding="utf-8"))
    assigned = {
        ast.unparse(node.targets[0]): node.value for node in tree.body if isinstance(node, ast.Assign)
    }
    return list(ast.literal_eval(assigned["__all__"]))


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Lead every link to where its target is on the site."""
    site = page.file.src_uri
    if site == API:
        return markdown
    document = OUTSIDE.get(site, f"docs/{site}")
    if document.endswith(".html"):
        shown = PICTURE.sub(
            lambda found: found[1] + place_on_site(found[2], document, site, files, "") + found[3], markdown
        )
        # Headings as Markdown's own have a place in the page's contents, and can be linked to.
        return HEADING.sub(r"\n## \1\n\n", TITLE.sub("# Manual\n", shown))
    return LINK.sub(lambda found: link(found, document, site, files, config.repo_url or ""), markdown)


def on_page_content(html: str, page: Any, **_: Any) -> str:
    """Leave out of docstrings what only another tool reads."""
    return ROLE.sub("", html) if page.file.src_uri == API else html


def link(found: re.Match[str], document: str, site: str, files: Files, repository: str) -> str:
    """One link, or its text alone where nothing on the site or in a known repository is meant."""
    target = place_on_site(found[3], document, site, files, repository)
    return f"{found[1]}[{found[2]}]({target})" if target else found[2]


def place_on_site(target: str, document: str, site: str, files: Files, repository: str) -> str:
    """A link's target, seen from a page of the site; empty where there is none."""
    path, _, anchor = target.partition("#")
    if not path or "://" in target or target.startswith("mailto:"):
        return target
    if path.startswith(ON_GITHUB) and document == "README.md":
        return posixpath.join(repository, path.removeprefix(ON_GITHUB)) if repository else ""
    there = posixpath.normpath(posixpath.join(posixpath.dirname(document), path))
    pages = {real: page for page, real in OUTSIDE.items()}
    page = pages.get(there, there.removeprefix("docs/") if there.startswith("docs/") else "")
    if page and files.get_file_from_path(page):
        relative = os.path.relpath(page, posixpath.dirname(site) or ".")
        return relative + (f"#{anchor}" if anchor else "")
    if not (ROOT / there).exists():
        return target  # MkDocs tells that it leads nowhere
    return posixpath.join(repository, "blob/main", there) if repository else ""
