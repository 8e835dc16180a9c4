"""The licences of what is installed are known, compatible, and written down."""

from scripts.licences import HEAD, TARGET, licences


def test_the_list_of_licences_is_of_what_is_installed() -> None:
    written = TARGET.read_text(encoding="utf-8")
    assert written.startswith(HEAD)
    listed = {tuple(cell.strip() for cell in line.strip("|").split("|")) for line in written[len(HEAD) :].splitlines()}
    assert {(name, *said) for name, said in licences().items()} <= listed, "run: python scripts/licences.py"
