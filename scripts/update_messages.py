"""Extract the messages of code and templates into the catalogues under src/matchmaker/locales, keeping translations."""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "src" / "matchmaker" / "locales"
NAMES = {"sv": "Swedish", "en": "English", "fi": "Finnish"}

# In code, messages are marked; in templates, they are said where they stand.
SOURCES = (
    ("src/matchmaker", "**.py", "python", {"mark": None}),
    ("api/matchmaker_api", "**.py", "python", {"mark": None}),
    ("api/matchmaker_api", "templates/**.html", "jinja2.ext.babel_extract", {"say": None, "say_plural": (1, 2)}),
)
# As the environment of the pages has them; a template that cannot be read must not lose its messages in silence.
TEMPLATE_OPTIONS = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}

HEADER = "# {name} messages of Matchmaker (EUPL-1.2)."


def extract() -> Catalog:
    """All messages of code and templates; one with a plural has both as its id."""
    catalog = Catalog(project="matchmaker", version="1", charset="utf-8", fuzzy=False)
    for folder, pattern, method, keywords in SOURCES:
        found = extract_from_dir(
            ROOT / folder,
            method_map=[(pattern, method)],
            options_map={"templates/**.html": TEMPLATE_OPTIONS},
            keywords=keywords,
        )
        for file, _line, message, comments, _context in found:
            catalog.add(message, locations=[(f"{folder}/{file}", 0)], auto_comments=comments)
    return catalog


def main() -> None:
    """Update every catalogue; say how many messages are not translated."""
    template = extract()
    for language, name in NAMES.items():
        path = LOCALES / language / "LC_MESSAGES" / "matchmaker.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        catalog = Catalog(locale=language, charset="utf-8", fuzzy=False, project="matchmaker")
        if path.exists():
            with path.open("rb") as stream:
                catalog = read_po(stream, locale=language)
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        catalog.header_comment = HEADER.format(name=name)
        with path.open("wb") as stream:
            write_po(stream, catalog, width=120, sort_output=True, omit_header=False, include_lineno=False)
        missing = [message.id for message in catalog if message.id and not message.string]
        if language != "en":
            sys.stderr.write(f"{language}: {len(catalog)} messages, {len(missing)} not translated\n")


if __name__ == "__main__":
    main()
