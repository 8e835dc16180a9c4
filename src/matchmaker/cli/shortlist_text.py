"""A shortlist as text for a terminal."""

import shutil
import textwrap
from collections.abc import Sequence

from matchmaker.domain.errors import mark
from matchmaker.domain.shortlist import Evidence, Shortlist, Suggestion
from matchmaker.messages import Translator

MAXIMUM_WIDTH = 110


def shortlist_text(challenge: str, shortlist: Shortlist, say: Translator) -> str:
    """Challenge, notices, experts and ways in, with confidence words, reasons and evidence."""
    from matchmaker.wording import notice_text

    width = min(shutil.get_terminal_size((MAXIMUM_WIDTH, 24)).columns, MAXIMUM_WIDTH)
    blocks = [_wrapped(" ".join(challenge.split()), width, "  ", say.say(mark("Challenge")))]
    blocks += [_wrapped(notice_text(notice, say), width, "! ") for notice in shortlist.notices]
    blocks += [
        _wrapped(part, width, "  ", say.say(mark("Part {number}"), number=number))
        for number, part in enumerate(shortlist.parts, start=1)
    ]
    blocks.append(_section(say.say(mark("Who knows about this")), shortlist.experts, width, say))
    blocks.append(_section(say.say(mark("Ways in to the university")), shortlist.routes, width, say))
    return "\n\n".join(block for block in blocks if block)


def _section(heading: str, suggestions: Sequence[Suggestion], width: int, say: Translator) -> str:
    if not suggestions:
        return f"{heading}\n  " + say.say(mark("Nobody is suggested."))
    return "\n\n".join([heading, *(_suggestion(one, width, say) for one in suggestions)])


def _suggestion(suggestion: Suggestion, width: int, say: Translator) -> str:
    from matchmaker.wording import kind_word, reasons, standing

    name = suggestion.name.in_language(say.language)
    where = ", ".join(part for part in (kind_word(suggestion.kind, say), suggestion.department) if part)
    lines = [f"{suggestion.rank:>2}. {name} — {standing(suggestion, say)}"]
    lines.append(_wrapped(f"{where}  {suggestion.web_page or ''}".rstrip(), width, "    "))
    lines.append(_wrapped(" ".join(reasons(suggestion, say)), width, "    "))
    lines += [_evidence(one, width, say) for one in suggestion.evidence]
    if suggestion.contacts:
        roles = "; ".join(contact.role.in_language(say.language) for contact in suggestion.contacts[:3])
        lines.append(_wrapped(say.say(mark("Contact: {roles}"), roles=roles), width, "    "))
    return "\n".join(lines)


def _evidence(evidence: Evidence, width: int, say: Translator) -> str:
    from matchmaker.wording import describe_evidence

    lines = [_wrapped(describe_evidence(evidence, say), width, "      ", first="    • ")]
    lines.append(_wrapped(f"“{evidence.sentence}”", width, "      "))
    if evidence.url:
        lines.append(f"      {evidence.url}")
    return "\n".join(lines)


def _wrapped(text: str, width: int, indent: str, heading: str | None = None, first: str | None = None) -> str:
    paragraphs = [
        textwrap.fill(
            line,
            width,
            initial_indent=first or indent,
            subsequent_indent=indent,
            break_on_hyphens=False,
            break_long_words=False,
        )
        for line in text.splitlines()
    ]
    return "\n".join([heading, *paragraphs] if heading else paragraphs)
