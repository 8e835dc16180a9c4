"""Everything opened from the settings: database, encoder, indexes. Each part once, when it is first needed."""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import cached_property, lru_cache
from pathlib import Path

from matchmaker.catalogue.memory_collection import MemoryCollection
from matchmaker.catalogue.reference import reference_challenges, reference_profiles
from matchmaker.catalogue.seed import read_catalogue
from matchmaker.curation.linking import CATALOGUE, name_hints, relink, save_hints
from matchmaker.curation.opt_outs import renew_opt_outs
from matchmaker.curation.records import Pseudonym, pseudonyms
from matchmaker.db.catalogue import CatalogueChange, save_collaborators
from matchmaker.db.collection import StoredCollection
from matchmaker.db.session import Database, open_database
from matchmaker.db.vector_cache import DatabaseVectorCache
from matchmaker.domain.collaborator import Collaborator
from matchmaker.domain.collection import MAIN_COLLECTION, check_collection_name
from matchmaker.domain.errors import NotFoundError, SetupError, mark
from matchmaker.evaluation.systems import FULL, System
from matchmaker.indexing import (
    MOST_NEW,
    NO_REFERENCE,
    IndexRecipe,
    ProgressFactory,
    ReferenceTexts,
    build_index,
    current_index,
)
from matchmaker.pipeline import Matcher
from matchmaker.ranking.scorer import Scorer
from matchmaker.renewing import Encoding, Renewals
from matchmaker.retrieval.encoder import CachedEncoder, Encoder
from matchmaker.retrieval.faiss_index import FaissForm
from matchmaker.retrieval.index import IndexStamp, PassageIndex
from matchmaker.retrieval.index_folder import IndexFolder
from matchmaker.retrieval.lexical import InvertedFileForm
from matchmaker.retrieval.lexical_index import LexicalForm
from matchmaker.retrieval.onnx_encoder import MANIFEST, OnnxEncoder
from matchmaker.retrieval.preparation.prepare import find_prepared, prepare_encoder
from matchmaker.retrieval.vector_index import VectorForm
from matchmaker.review.identity.secrets import installation_key
from matchmaker.settings import DEFAULT_ENCODER, Settings
from matchmaker.text.analysis import Analyzer
from matchmaker.text.term_bridge import TermBridge

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
        self._renewals = Renewals()
        self._matchers: dict[str, Matcher] = {}
        self._compared_encoders: dict[tuple[bool, bool], Encoder] = {}
        self._compared: tuple[Sequence[Collaborator], MemoryCollection, dict[IndexStamp, PassageIndex]] | None = None
        self._lock = threading.Lock()
        self._connected = ExitStack()

    def close(self) -> None:
        """End the connections to servers and to the database."""
        self._connected.close()

    @cached_property
    def database(self) -> Database:
        database = open_database(self.settings.database, self.settings.database_replica_url)
        self._connected.callback(database.close)
        renew_opt_outs(database, self.settings.opt_outs)
        return database

    @cached_property
    def analyzer(self) -> Analyzer:
        return Analyzer(TermBridge.read(self.settings.term_bridge))

    @cached_property
    def encoder(self) -> Encoder:
        return CachedEncoder(self._open_encoder(), DatabaseVectorCache(self.database))

    @cached_property
    def scorer(self) -> Scorer:
        return Scorer.read(self.settings.ranking_weights)

    @cached_property
    def recipe(self) -> IndexRecipe:
        reference = ReferenceTexts(
            reference_profiles(self.settings.catalogue_folder), reference_challenges(self.settings.evaluation_folder)
        )
        return IndexRecipe(self.encoder, self.analyzer, reference, vectors=self._vectors, lexical=self._lexical)

    @cached_property
    def _vectors(self) -> VectorForm:
        opened = open_vectors(self.settings)
        self._connected.callback(opened.close)
        return opened

    @cached_property
    def _lexical(self) -> LexicalForm:
        if self.settings.lexical_database is None:
            return InvertedFileForm()
        from matchmaker.db.postgres_lexical import open_postgres_lexical  # its client is an extra

        server = open_postgres_lexical(self.settings.lexical_database)
        self._connected.callback(server.close)
        return server

    def matcher(self, collection: str = MAIN_COLLECTION) -> Matcher:
        """The matcher of a stored collection.

        The first call opens its index, built first where it is missing or stale. Later calls notice when the
        collection has changed: then a new index is built and takes over when it is ready. With ``background`` the
        one that is there answers meanwhile, at the first call too.

        Raises:
            NotFoundError: there is no such collection.
            SetupError: there is no index and none can be built.
        """
        with self._lock:
            stored = StoredCollection(self.database, check_collection_name(collection))
            stamp = self._stamp(stored)
            serving = self._matchers.get(collection) or self._left_behind(stored)
            if serving is None or (serving.index.stamp != stamp and not self._background):
                serving = self._open_matcher(stored)
            self._matchers[collection] = serving
            if self._background and serving.index.stamp != stamp:
                self._renewals.begin(
                    stored, self._folder(stored), self.recipe, stamp, lambda index: self._take(stored, index)
                )
            return serving

    def encoding(self, collection: str = MAIN_COLLECTION) -> Encoding | None:
        """How far the encoding of what is not searched yet has come; None where all is, or it has just begun."""
        return self._renewals.encoding(collection)

    def wait_for_refresh(self) -> None:
        """Wait until the indexes that are being rebuilt in the background are serving."""
        self._renewals.wait()

    def _take(self, stored: StoredCollection, index: PassageIndex) -> None:
        matcher = Matcher(stored, index, self.encoder, self.analyzer, self.scorer)
        with self._lock:
            self._matchers[stored.name] = matcher

    def _folder(self, stored: StoredCollection) -> IndexFolder:
        return IndexFolder(self.settings.index_folder(stored.name), self.recipe.vectors, self.recipe.lexical)

    def _left_behind(self, stored: StoredCollection) -> Matcher | None:
        """For a server: the matcher of the index that is there, whatever has changed since it was built."""
        folder = self._folder(stored)
        stamp = folder.current_stamp()
        if not self._background or stamp is None or stamp.encoder != self.encoder.fingerprint:
            return None
        try:
            index = folder.read()
        except SetupError:
            return None  # damaged: it is built anew, which says more
        return Matcher(stored, index, self.encoder, self.analyzer, self.scorer) if index else None

    def _open_matcher(self, stored: StoredCollection) -> Matcher:
        folder = self._folder(stored)
        try:
            most_new = MOST_NEW if self._background else None
            index = current_index(folder, stored, self.recipe, self._progress, most_new)
        except Exception:
            stamp = folder.current_stamp()
            if stamp is None or stamp.encoder != self.encoder.fingerprint:
                raise
            old = folder.read()
            assert old is not None
            _log.exception("The index of %s could not be rebuilt; the old one goes on serving", stored.name)
            index = old
        return Matcher(stored, index, self.encoder, self.analyzer, self.scorer)

    def _stamp(self, stored: StoredCollection) -> IndexStamp:
        try:
            return self.recipe.stamp(stored.name, stored.revision)
        except NotFoundError:
            if stored.name != MAIN_COLLECTION:
                raise
            raise SetupError(mark("The catalogue has not been loaded yet."), remedy="matchmaker prepare") from None

    def memory_matcher(self, name: str, collaborators: Sequence[Collaborator]) -> tuple[Matcher, MemoryCollection]:
        """A matcher over collaborators that are not stored."""
        return self.matcher_of_system(FULL, name, collaborators)

    def matcher_of_system(
        self, system: System, name: str, collaborators: Sequence[Collaborator]
    ) -> tuple[Matcher, MemoryCollection]:
        """The matcher of a system that is compared, over collaborators that are not stored.

        Collection and indexes are kept for the next system on the same collaborators.
        """
        encoder = self._encoder_of(system)
        reference = self.recipe.reference if system.corrected else NO_REFERENCE
        # In 32 bits each sentence would be encoded by itself, to be shown to nobody.
        recipe = IndexRecipe(encoder, self.analyzer, reference, with_sentences=system.quantised)
        if self._compared is None or self._compared[0] is not collaborators or self._compared[1].name != name:
            self._compared = (collaborators, MemoryCollection(name, collaborators), {})
        _, collection, indexes = self._compared
        stamp = recipe.stamp(name, collection.revision)
        if stamp not in indexes:
            indexes[stamp] = build_index(collection, recipe, self._progress)
        analyzer = self.analyzer if system.translated else Analyzer()
        return Matcher(collection, indexes[stamp], encoder, analyzer, self.scorer), collection

    def prepare(self, report: Callable[[str], None], *, again: bool = False) -> CatalogueChange:
        """Make ready all that matching needs: encoder, database, catalogue, index. What is ready is not made again."""
        if self.settings.encoder == DEFAULT_ENCODER:
            prepare_encoder(self.settings.encoder_build_folder, self.settings.encoder_description, report, again=again)
        change = self.save(
            MAIN_COLLECTION,
            CATALOGUE_ORIGIN,
            read_catalogue(self.settings.catalogue_folder),
            complete=True,
            curated=True,
        )
        names = name_hints(read_catalogue(self.settings.catalogue_folder))
        if save_hints(self.database, MAIN_COLLECTION, CATALOGUE, names, self.pseudonym):
            relink(self.database, MAIN_COLLECTION)
        self.matcher(MAIN_COLLECTION)
        return change

    @cached_property
    def pseudonym(self) -> Pseudonym:
        """How persons are named in what is imported."""
        return pseudonyms(installation_key(self.settings))

    def save(
        self,
        collection: str,
        origin: str,
        collaborators: Sequence[Collaborator],
        *,
        complete: bool = False,
        curated: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> CatalogueChange:
        """Store collaborators in one transaction; ``curated`` as in ``save_collaborators``.

        Raises:
            InvalidNameError: the collection's name cannot be one.
        """
        name = check_collection_name(collection)
        return save_collaborators(
            self.database, name, origin, collaborators, complete=complete, curated=curated, progress=progress
        )

    def _encoder_of(self, system: System) -> Encoder:
        """The encoder, or what it is compared with: without our adapter, or in 32 bits."""
        if system.adapted and system.quantised:
            return self.encoder if system.cached else self._open_encoder()
        key = (system.adapted, system.quantised)
        if key not in self._compared_encoders:
            prepared = prepare_encoder(
                self.settings.encoder_build_folder,
                self.settings.encoder_description,
                _log.info,
                adapted=system.adapted,
            )
            opened: Encoder
            if system.quantised:
                opened = OnnxEncoder(prepared.onnx)
            else:
                from matchmaker.retrieval.transformer_encoder import TransformerEncoder

                # By its own name, since what was learned for the encoder holds in 32 bits as well.
                opened = TransformerEncoder(str(prepared.model_folder), prepared.folder.name)
            self._compared_encoders[key] = CachedEncoder(opened, DatabaseVectorCache(self.database))
        return self._compared_encoders[key]

    def _open_encoder(self) -> Encoder:
        if self.settings.encoder != DEFAULT_ENCODER:
            from matchmaker.retrieval.transformer_encoder import TransformerEncoder

            return TransformerEncoder(self.settings.encoder)
        prepared = find_prepared(self.settings.encoder_build_folder, self.settings.encoder_description)
        if prepared is None:
            raise SetupError(
                mark("The encoder in {folder} is missing, incomplete or of an older version."),
                remedy="matchmaker prepare",
                folder=self.settings.encoder_build_folder,
            )
        return _opened(prepared.onnx, (prepared.onnx / MANIFEST).read_text(encoding="utf-8"))


def open_vectors(settings: Settings) -> VectorForm:
    """The engine that the settings choose; the clients of servers are extras.

    Raises:
        SetupError: the engine is out of reach, too old or not set up.
    """
    match settings.vectors:
        case "faiss":
            return FaissForm()
        case "pgvector":
            from matchmaker.db.pgvector_index import open_pgvector

            return open_pgvector(settings.vector_database)
        case "milvus":
            return _open_milvus(settings)


def _open_milvus(settings: Settings) -> VectorForm:
    if not settings.milvus_uri:
        raise SetupError(
            mark("It is not set where Milvus is."), remedy="export MATCHMAKER_MILVUS_URI=https://host:19530"
        )
    try:
        from matchmaker.retrieval.milvus_builds import open_milvus
    except ImportError as error:
        raise SetupError(
            mark("The client of Milvus is not installed."), remedy="pip install 'matchmaker-norrbotten[milvus]'"
        ) from error
    token = settings.milvus_token
    return open_milvus(settings.milvus_uri, token.get_secret_value() if token else "")


@lru_cache(maxsize=1)
def _opened(folder: Path, manifest: str) -> OnnxEncoder:
    """The prepared encoder of a folder, opened once in a process: it takes 400 MB. ``manifest`` tells a newer one."""
    del manifest
    return OnnxEncoder(folder)
