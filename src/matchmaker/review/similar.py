"""Challenges that ask much the same as one that is being written: "others have asked this".

Two challenges are near when their texts are, by the cosine of the pipeline's own query vectors, which lie in one space
for both languages, and when the same experts would answer them in the same measure. Weight and threshold were chosen on
the 71 needs of ``data/training/needs.jsonl`` that the encoder was not trained on, so that about one challenge in ten is
shown one of the 70 other needs. Their wordings share little on purpose (a title, a sentence, a story that adds what the
others leave out), so that few are found there; ``data/evaluation/paraphrases.jsonl`` says the same in other words.

    found: share of a need's other wordings (at most three) that come first to third; wrong: share of challenges
    that are shown a different need first to third. Each wording of the first language against all of the second;
    across languages one of the three is the wording's own translation, which is
    nearly always found.

                          needs (chosen on)    paraphrases
                          found    wrong       found    wrong
    Swedish, Swedish       .10      .15         .19      .04
    English, English       .21      .09         .42      .02
    Swedish, English       .38      .09         .46      .04
    English, Swedish       .38      .10         .46      .03

Measured in November 2026: ``pytest tests/evaluation/test_form_help.py``. Most wordings that differ are thus not
found, and nobody may conclude that a question is new. Compared on the same needs, each at a threshold of its own that
shows one challenge in ten a different need, found (mean of the four rows without own translations): cosine alone .07;
the words in common, weighted as in the lexical channel and with translations, .01; the agreement of the rankings
alone .12; cosine and agreement .14; all three .11. The paraphrases were looked at twice: with the cosine alone, at
.53 and .51 across languages (found .10, .21, .40, .40; wrong .06, .04, .03, .03), and then with what is here. That so
little was found the first time was why the agreement was taken in; its weight and the threshold are from the needs.

Among all 284 needs, where each has three others of its own research group that the encoder was trained on, 35 to 47 %
are shown a different need, two in five of these one of the same group: what is shown is kindred, not the same. With
50 stored challenges it takes 60 ms, with 284 it takes 220 (two cores, warm).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matchmaker.domain.challenge import Challenge
from matchmaker.domain.errors import InvalidChallengeError
from matchmaker.domain.language import Language
from matchmaker.pipeline import Matcher
from matchmaker.text.query import Query, read_query

AGREEMENT_WEIGHT = 0.4
"""What the agreement of the two rankings counts beside the cosine of the texts (November 2026, see above)."""

SIMILAR = 0.81
"""The sum from which a challenge is shown as similar, of at most 1.4 (November 2026, see above)."""

COMPARED = 20
"""How many of the nearest by their texts are ranked as well: a ranking takes some milliseconds."""

LIMIT = 5


@dataclass(frozen=True, slots=True)
class SimilarChallenge:
    """Another challenge by its id, and how near it is, from 0 to 1; only to order by, it is no probability."""

    id: str
    similarity: float


def is_comparable(challenge: Challenge) -> bool:
    """Whether a challenge can be compared with others: it has words, in Swedish or English."""
    return _readable(challenge) is not None


def similar_challenges(
    matcher: Matcher, challenge: Challenge, others: Sequence[Challenge], limit: int = LIMIT
) -> list[SimilarChallenge]:
    """The ``others`` that ask much the same, nearest first, equally near ones by id; at most ``limit``.

    A challenge is never similar to itself, that is to one of its own id. Others that cannot be read are left out, and
    so is whatever is in neither Swedish nor English, where cosines are not known to mean anything.

    Raises:
        InvalidChallengeError: the challenge itself cannot be read.
    """
    asked = read_query(challenge)
    if asked.language is Language.OTHER:
        return []
    readable = [(one, query) for one in others if one.id != challenge.id and (query := _readable(one)) is not None]
    vectors = matcher.query_vectors([asked, *(query for _, query in readable)])
    cosines = (vectors[1:] @ vectors[0]).tolist()
    nearest = sorted(zip(cosines, (one for one, _ in readable), strict=True), key=lambda own: (-own[0], own[1].id))
    # Even full agreement of the rankings could not bring the rest up to what is shown.
    nearest = [own for own in nearest[:COMPARED] if own[0] >= SIMILAR - AGREEMENT_WEIGHT]
    if not nearest:
        return []
    answers = _answers(matcher, [challenge, *(one for _, one in nearest)])
    agreements = (answers[1:] @ answers[0]).tolist()
    near = {
        one.id: (cosine + AGREEMENT_WEIGHT * agreement) / (1 + AGREEMENT_WEIGHT)
        for (cosine, one), agreement in zip(nearest, agreements, strict=True)
        if cosine + AGREEMENT_WEIGHT * agreement >= SIMILAR
    }
    ordered = sorted(near.items(), key=lambda item: (-item[1], item[0]))
    return [SimilarChallenge(identifier, min(similarity, 1.0)) for identifier, similarity in ordered[:limit]]


def _answers(matcher: Matcher, challenges: Sequence[Challenge]) -> npt.NDArray[np.float64]:
    """Who answers each challenge, in what measure: unit vectors over the experts who stand out from the average."""
    experts = sorted(matcher.index.collaborators.expert_ids)
    rows = []
    for _, ranking in matcher.rank(challenges):
        scores = {one.collaborator_id: one.score for one in ranking if one.probability > 0}
        if scores.keys().isdisjoint(experts):  # nobody has evidence: then no two challenges are answered alike
            rows.append(np.zeros(len(experts)))
            continue
        own = np.array([scores.get(expert, np.nan) for expert in experts])
        standing_out = np.square(np.maximum(np.nan_to_num((own - np.nanmean(own)) / max(np.nanstd(own), 1e-9)), 0))
        rows.append(standing_out / max(float(np.linalg.norm(standing_out)), 1e-9))
    return np.array(rows)


def _readable(challenge: Challenge) -> Query | None:
    try:
        query = read_query(challenge)
    except InvalidChallengeError:
        return None
    return None if query.language is Language.OTHER else query
