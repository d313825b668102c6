"""Everything that can go wrong for a user, one class a cause; each message names the remedy."""


class AnalyzerError(Exception):
    """Base of all errors this package raises on purpose."""


class InputError(AnalyzerError):
    """The input cannot be read, or its mapping does not fit; the message says what to pass."""


class ModelError(AnalyzerError):
    """A bundle is missing, damaged, or was made for another front end."""


class StoreError(AnalyzerError):
    """An output cannot be written; what was there before is untouched."""
