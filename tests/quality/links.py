"""Every relative link in the documents leads to a tracked file, and to a heading that is there."""

import pathlib
import re
import subprocess
import sys

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.M | re.S)


def anchors(path):
    """The anchors that a Markdown viewer gives to the headings of a file."""
    text = FENCE.sub("", pathlib.Path(path).read_text())
    headings = re.findall(r"^#+\s+(.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def fault(document, target, tracked):
    if re.match(r"[a-z]+:", target):
        return None
    name, _, anchor = target.partition("#")
    base = pathlib.Path.cwd()
    path = (base / document).parent.joinpath(name).resolve() if name else base / document
    relative = path.relative_to(base).as_posix() if path.is_relative_to(base) else None
    is_folder = any(file.startswith(f"{relative}/") for file in tracked)
    if relative not in tracked and not is_folder:
        return f"{document}: {target} leads nowhere"
    if anchor and anchor not in anchors(path):
        return f"{document}: {target}: there is no such heading"
    return None


def main():
    tracked = set(subprocess.run(["git", "ls-files"], check=True, capture_output=True,
                                 text=True).stdout.splitlines())
    documents = sorted(file for file in tracked if file.endswith(".md"))
    found = []
    links = 0
    for document in documents:
        text = FENCE.sub("", pathlib.Path(document).read_text())
        for target in LINK.findall(text):
            links += 1
            found.append(fault(document, target, tracked))
    found = [line for line in found if line]
    print("\n".join(found) or f"{links} links in {len(documents)} documents, all lead somewhere")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
