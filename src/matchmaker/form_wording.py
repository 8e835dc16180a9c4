"""What the form says to whoever writes a challenge: how well it can be matched, what to tell, what to check."""

from matchmaker.domain.errors import mark
from matchmaker.messages import Translator
from matchmaker.review.preview import Hint, Preview, PreviewLevel, TellMore
from matchmaker.text.personal_data import PersonalDataKind

LEVELS = {
    PreviewLevel.NOTHING_YET: mark("Nobody is near this yet. It may need more words, or be a question for others."),
    PreviewLevel.THIN: mark("There is something to go on, but the suggestions would be unsure."),
    PreviewLevel.FAIR: mark("This can be matched. A little more would make the suggestions surer."),
    PreviewLevel.GOOD: mark("This can be matched well."),
}

HINTS = {
    TellMore.MORE_WORDS: mark("Write a few more sentences."),
    TellMore.WHAT_IS_WANTED: mark("What do you want help with? A question is a good way to end."),
    TellMore.PLACE_OR_CONDITIONS: mark("Where is it, and what is it like there?"),
    TellMore.FOR_WHOM: mark("Who is concerned?"),
    TellMore.WHAT_WAS_TRIED: mark("What have you tried already?"),
    TellMore.UNANSWERED_PART: mark(
        "For this part nobody was found: “{part}” Say it in other words, or send it separately."
    ),
}

PERSONAL_DATA = {
    PersonalDataKind.IDENTITY_NUMBER: mark("“{found}” looks like a personal identity number."),
    PersonalDataKind.E_MAIL: mark("“{found}” looks like an e-mail address."),
    PersonalDataKind.TELEPHONE: mark("“{found}” looks like a telephone number."),
    PersonalDataKind.NAME: mark("“{found}” looks like a person's name."),
}

PERSONAL_DATA_ADVICE = mark(
    "Take out what tells who a client, patient or pupil is. "
    "You can send the text as it is if it names nobody like that."
)


def level_text(level: PreviewLevel, say: Translator) -> str:
    """What is said of how well a text can be matched."""
    return say.say(LEVELS[level])


def hint_text(hint: Hint, say: Translator) -> str:
    """What the writer is asked to tell."""
    return say.say(HINTS[hint.what], part=hint.part or "")


def understood_text(preview: Preview, say: Translator) -> str | None:
    """Which words carried the match; None where none did."""
    if not preview.understood:
        return None
    return say.say(mark("Understood: {words}."), words=", ".join(preview.understood))


def unknown_text(preview: Preview, say: Translator) -> str | None:
    """Which words nobody's texts have; None where there are none."""
    if not preview.unknown:
        return None
    return say.say(mark("Not found in anybody's texts: {words}."), words=", ".join(preview.unknown))


def personal_data_text(kind: PersonalDataKind, found: str, say: Translator) -> str:
    """The warning of one finding; ``found`` are its own words."""
    return say.say(PERSONAL_DATA[kind], found=found)


def personal_data_advice(say: Translator) -> str:
    """What to do about the findings; said once, below them."""
    return say.say(PERSONAL_DATA_ADVICE)
