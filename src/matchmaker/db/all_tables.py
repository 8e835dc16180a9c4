"""All tables: each file of models adds its own to one metadata when it is imported."""

from matchmaker.db import (  # noqa: F401
    access_models,
    case_models,
    identity_models,
    letter_models,
    notify_models,
    researcher_models,
    work_models,
)
from matchmaker.db.models import Base

METADATA = Base.metadata
