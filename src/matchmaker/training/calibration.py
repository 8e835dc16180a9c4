"""How sure a score makes: the logistic function from scores to the probability that a reviewer would agree.

Platt, "Probabilistic Outputs for Support Vector Machines", 1999. Learned from challenges whose best ten were judged
whole, and from needs that nobody in the catalogue serves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from matchmaker.catalogue.reference import LANGUAGES
from matchmaker.catalogue.text_file import form_error, read_json_lines
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.errors import SetupError, mark
from matchmaker.evaluation.judged import JudgedSet
from matchmaker.evaluation.measures import RELEVANT_GRADE
from matchmaker.pipeline import Matcher
from matchmaker.ranking.scorer import Scorer
from matchmaker.retrieval.preparation.prepare import ADAPTED
from matchmaker.text.normalise import word_count
from matchmaker.text.query import read_query
from matchmaker.training.pairs import Need
from matchmaker.training.plan import for_calibration

DEPTH = 10
"""Suggestions of each challenge that are learned from: as many as are shown."""

OUT_OF_SCOPE_SHARE = 0.25
"""Assumed share of needs that nobody serves, among all that are sent in. No count of real requests was to be had."""

OTHER_EXPERTISE = "other_university"
"""The kind of needs that ask for expertise, though not for any that the catalogue has: they teach nothing about asking
for expertise, which must hold for other collections too."""

EXPERTISE_STRENGTH = 1.0
"""Inverse of the regularisation; between .3 and 3 the training needs were told apart equally well."""

FOLDS = 8


@dataclass(frozen=True, slots=True)
class OutOfScope:
    """A need that nobody in the catalogue serves, of a kind."""

    kind: str
    challenge: Challenge


@dataclass(frozen=True, slots=True)
class CalibrationTexts:
    """What probabilities are learned from: judged challenges, needs for expertise, and needs that nobody serves.

    None of the needs may have been in the encoder's training, which would place them better than others.
    """

    judged: Sequence[JudgedSet]
    needs: Sequence[Challenge]
    out_of_scope: Sequence[OutOfScope]


def calibrate(scorer: Scorer, matcher: Matcher, texts: CalibrationTexts) -> Scorer:
    """``scorer`` with its probabilities learned anew; the order it gives stays as it is.

    Raises:
        SetupError: the judgments say that higher scores are less relevant.
    """
    from sklearn.linear_model import LogisticRegression

    unserved = [one.challenge for one in texts.out_of_scope]
    direction, intercept, unserved_expertise = _learn_expertise(matcher, texts)
    scorer = replace(scorer, expertise_direction=direction, expertise_intercept=intercept, expertise_encoder=ADAPTED)
    experts = matcher.index.collaborators.expert_ids
    features: list[tuple[float, float, float]] = []
    relevant: list[bool] = []
    for one in texts.judged:
        vectors = matcher.query_vectors([read_query(challenge) for challenge in one.challenges])
        expertise = [scorer.expertise(vector, matcher.index.stamp.encoder) for vector in vectors]
        for challenge, own in zip(one.challenges, expertise, strict=True):
            for score, words, identifier in _best(matcher, challenge, experts):
                features.append((score, words, own))
                relevant.append(one.qrels.get(challenge.id, {}).get(identifier, 0) >= RELEVANT_GRADE)
    served = len(features)
    for challenge, own in zip(unserved, unserved_expertise, strict=True):
        for score, words, _ in _best(matcher, challenge, experts):
            features.append((score, words, own))
            relevant.append(False)
    share = OUT_OF_SCOPE_SHARE / (1 - OUT_OF_SCOPE_SHARE) * served / max(len(features) - served, 1)
    weights = [1.0] * served + [share] * (len(features) - served)
    model = LogisticRegression(C=1e4, max_iter=10_000).fit(features, relevant, sample_weight=weights)
    if not model.coef_[0][0] > 0:
        raise SetupError(
            mark("The judgments contradict the ranking: no probabilities can be learned from them."),
            remedy="matchmaker evaluate",
        )
    slope, length, wanting = (round(float(one), 3) for one in model.coef_[0])
    return replace(
        scorer,
        score_slope=slope,
        length_slope=length,
        expertise_slope=wanting,
        intercept=round(float(model.intercept_[0]), 3),
    )


def _learn_expertise(matcher: Matcher, texts: CalibrationTexts) -> tuple[tuple[float, ...], float, list[float]]:
    """Direction and intercept, and what they give the needs nobody serves when learned without them."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_predict

    asking = matcher.query_vectors([read_query(need) for need in texts.needs])
    others = matcher.query_vectors([read_query(one.challenge) for one in texts.out_of_scope])
    vectors = np.concatenate([asking, others])
    wanted = np.array([True] * len(asking) + [False] * len(others))
    taught = np.array([True] * len(asking) + [one.kind != OTHER_EXPERTISE for one in texts.out_of_scope])
    # A need and its translation and other wordings are learned from together, or not at all.
    groups = np.array([one.id.split(".")[0] for one in [*texts.needs, *(one.challenge for one in texts.out_of_scope)]])
    model = LogisticRegression(C=EXPERTISE_STRENGTH, max_iter=10_000, class_weight="balanced")
    inside = cross_val_predict(
        model, vectors[taught], wanted[taught], groups=groups[taught], cv=GroupKFold(FOLDS), method="decision_function"
    )
    model.fit(vectors[taught], wanted[taught])
    expertise = model.decision_function(vectors)
    expertise[taught] = inside
    direction = tuple(round(float(one), 4) for one in model.coef_[0])
    return direction, round(float(model.intercept_[0]), 4), expertise[len(asking) :].tolist()


def _best(matcher: Matcher, challenge: Challenge, experts: frozenset[str]) -> Iterator[tuple[float, float, str]]:
    """Score, logarithm of the challenge's words, and id of the best experts for a challenge."""
    words = float(np.log(max(word_count(read_query(challenge).text), 1)))
    ((_, ranking),) = matcher.rank([challenge])
    best = [one for one in ranking if one.collaborator_id in experts][:DEPTH]
    return ((one.score, words, one.collaborator_id) for one in best)


def calibration_needs(needs: Sequence[Need]) -> list[Challenge]:
    """The wordings, in both languages, of the needs that the encoder was not trained on."""
    return [
        Challenge(f"{need.id}.{language.value}.{number}", wording, None, language)
        for need in needs
        if for_calibration(need.id)
        for language in LANGUAGES
        for number, wording in enumerate(need.wordings[language])
    ]


def read_out_of_scope(path: Path) -> list[OutOfScope]:
    """Needs that nobody serves, from JSON lines of ``{"id", "kind", "sv": {"title", "text"}, "en": {...}}``.

    Raises:
        InvalidFileError: a line is of another form.
    """
    try:
        return [
            OutOfScope(
                str(entry["kind"]),
                Challenge(
                    f"{entry['id']}.{language.value}",
                    entry[language.value]["text"],
                    entry[language.value]["title"],
                    language,
                ),
            )
            for entry in read_json_lines(path)
            for language in LANGUAGES
        ]
    except (KeyError, TypeError) as error:
        raise form_error(path, error) from error
