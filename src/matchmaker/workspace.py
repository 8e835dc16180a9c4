"""Everything opened from the settings: database, encoder, indexes. Each part once, when it is first needed."""

import logging
import threading
from collections.abc import Callable, Sequence
from functools import cached_property

from matchmaker.catalogue.memory_collection import MemoryCollection
from matchmaker.catalogue.reference import reference_challenges, reference_profiles
from matchmaker.catalogue.seed import read_catalogue
from matchmaker.db.catalogue import CatalogueChange, save_collaborators
from matchmaker.db.collection import StoredCollection
from matchmaker.db.session import Database, open_database
from matchmaker.db.vector_cache import DatabaseVectorCache
from matchmaker.domain.collaborator import Collaborator
from matchmaker.domain.errors import NotFoundError, SetupError, mark
from matchmaker.indexing import IndexRecipe, ProgressFactory, ReferenceTexts, build_index, current_index
from matchmaker.pipeline import Matcher
from matchmaker.retrieval.encoder import CachedEncoder, Encoder
from matchmaker.retrieval.index import IndexStamp
from matchmaker.retrieval.index_folder import IndexFolder
from matchmaker.retrieval.onnx_encoder import OnnxEncoder
from matchmaker.retrieval.preparation.prepare import find_prepared, prepare_encoder
from matchmaker.settings import DEFAULT_ENCODER, MAIN_COLLECTION, Settings
from matchmaker.text.analysis import Analyzer

CATALOGUE_ORIGIN = "catalogue"

_log = logging.getLogger(__name__)


class Workspace:
    """The parts of a running program.

    ``progress`` shows the encoding of passages, where someone watches. ``background`` is for a server: a changed
    collection is indexed beside the answering, not before it.
    """

    def __init__(
        self, settings: Settings, progress: ProgressFactory | None = None, *, background: bool = False
    ) -> None:
        self.settings = settings
        self._progress = progress
        self._background = background
        self._refreshing: dict[str, threading.Thread] = {}
        self._matchers: dict[str, Matcher] = {}
        self._lock = threading.Lock()

    @cached_property
    def database(self) -> Database:
        return open_database(self.settings.database)

    @cached_property
    def analyzer(self) -> Analyzer:
        return Analyzer()

    @cached_property
    def encoder(self) -> Encoder:
        return CachedEncoder(self._open_encoder(), DatabaseVectorCache(self.database))

    @cached_property
    def recipe(self) -> IndexRecipe:
        reference = ReferenceTexts(
            reference_profiles(self.settings.catalogue_folder), reference_challenges(self.settings.evaluation_folder)
        )
        return IndexRecipe(self.encoder, self.analyzer, reference)

    def matcher(self, collection: str = MAIN_COLLECTION) -> Matcher:
        """The matcher of a stored collection.

        The first call opens its index, built first where it is missing or stale. Later calls notice when the
        collection has changed: then a new index is built and takes over when it is ready; with ``background``, the
        one that is serving answers meanwhile.

        Raises:
            NotFoundError: there is no such collection.
            SetupError: there is no index and none can be built.
        """
        with self._lock:
            stored = StoredCollection(self.database, collection)
            stamp = self._stamp(stored)
            serving = self._matchers.get(collection)
            if serving is None or (serving.index.stamp != stamp and not self._background):
                self._matchers[collection] = self._open_matcher(stored)
            elif serving.index.stamp != stamp and collection not in self._refreshing:
                thread = threading.Thread(target=self._refresh, args=(stored,), name=f"index-{collection}", daemon=True)
                self._refreshing[collection] = thread
                thread.start()
            return self._matchers[collection]

    def _refresh(self, stored: StoredCollection) -> None:
        try:
            fresh = self._open_matcher(stored)
            with self._lock:
                self._matchers[stored.name] = fresh
        finally:
            with self._lock:
                self._refreshing.pop(stored.name, None)

    def wait_for_refresh(self) -> None:
        """Wait until the indexes that are being rebuilt in the background are serving."""
        with self._lock:
            threads = list(self._refreshing.values())
        for thread in threads:
            thread.join()

    def _open_matcher(self, stored: StoredCollection) -> Matcher:
        folder = IndexFolder(self.settings.index_folder(stored.name))
        try:
            index = current_index(folder, stored, self.recipe, self._progress)
        except Exception:
            old = folder.read() if folder.current_stamp() else None
            if old is None or old.stamp.encoder != self.encoder.fingerprint:
                raise
            _log.exception("The index of %s could not be rebuilt; the old one goes on serving", stored.name)
            index = old
        return Matcher(stored, index, self.encoder, self.analyzer)

    def _stamp(self, stored: StoredCollection) -> IndexStamp:
        try:
            return self.recipe.stamp(stored)
        except NotFoundError:
            if stored.name != MAIN_COLLECTION:
                raise
            raise SetupError(mark("The catalogue has not been loaded yet."), remedy="matchmaker prepare") from None

    def memory_matcher(self, name: str, collaborators: Sequence[Collaborator]) -> tuple[Matcher, MemoryCollection]:
        """A matcher over collaborators that are not stored."""
        collection = MemoryCollection(name, collaborators)
        index = build_index(collection, self.recipe, self._progress)
        return Matcher(collection, index, self.encoder, self.analyzer), collection

    def prepare(self, report: Callable[[str], None], *, again: bool = False) -> CatalogueChange:
        """Make ready all that matching needs: encoder, database, catalogue, index. What is ready is not made again."""
        if self.settings.encoder == DEFAULT_ENCODER:
            prepare_encoder(self.settings.encoder_build_folder, self.settings.reference_vectors, report, again=again)
        change = self.save(
            MAIN_COLLECTION, CATALOGUE_ORIGIN, read_catalogue(self.settings.catalogue_folder), complete=True
        )
        self.matcher(MAIN_COLLECTION)
        return change

    def save(
        self,
        collection: str,
        origin: str,
        collaborators: Sequence[Collaborator],
        *,
        complete: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> CatalogueChange:
        """Store collaborators in one transaction."""
        with self.database.transaction() as session:
            return save_collaborators(session, collection, origin, collaborators, complete=complete, progress=progress)

    def _open_encoder(self) -> Encoder:
        if self.settings.encoder != DEFAULT_ENCODER:
            from matchmaker.retrieval.transformer_encoder import TransformerEncoder

            return TransformerEncoder(self.settings.encoder)
        prepared = find_prepared(self.settings.encoder_build_folder)
        if prepared is None:
            raise SetupError(
                mark("The encoder in {folder} is missing, incomplete or of an older version."),
                remedy="matchmaker prepare",
                folder=self.settings.encoder_build_folder,
            )
        return OnnxEncoder(prepared.onnx)
