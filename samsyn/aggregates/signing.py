"""The key that signs packages: a file of its own in the folder of keys, like that of the log and apart from it."""

from pathlib import Path

from django.conf import settings

from samsyn.audit import notes
from samsyn.privacy import keys

PURPOSE = "packages"


def signer() -> notes.Signer:
    """Return the signer; raise keys.KeyUnusable where there is no key that may be used."""
    return signer_in(Path(settings.SAMSYN_KEY_DIR), settings.SAMSYN_INSTALLATION)


def signer_in(folder: Path, installation: str) -> notes.Signer:
    """Return the signer of an installation whose keys lie there; raise keys.KeyUnusable."""
    return notes.Signer(name=f"samsyn/{installation}/{PURPOSE}", seed=keys.read(folder, PURPOSE))
