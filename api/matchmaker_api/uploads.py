"""Files as forms send them, on pages and over the API."""

import io

from starlette.datastructures import FormData, UploadFile

from matchmaker.curation.uploads import Upload


def read_upload(sent: FormData) -> Upload:
    """The file of a form, with what is said of it; without one it has neither name nor content."""
    file, typed = sent.get("file"), {name: one for name, one in sent.items() if isinstance(one, str)}
    known = file if isinstance(file, UploadFile) else UploadFile(io.BytesIO(), size=0)
    is_complete = typed.get("complete") == "yes"
    return Upload(typed.get("source", ""), known.filename or "", known.file, known.size or 0, is_complete)
