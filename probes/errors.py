"""The one error tree. A message says what, where and what to do, in a sentence a person can act on."""


class CaretakerError(Exception):
    """Anything Caretaker itself refuses or cannot do."""


class BadInput(CaretakerError):
    """A file, option or request that a person has to correct; the command exits 2."""


class OutOfScope(CaretakerError):
    """An address or port that no person authorised; nothing was sent."""


class Refused(CaretakerError):
    """The other end, or what a person pinned, does not let us in; the sentence says what to correct."""


class StoppedEarly(CaretakerError):
    """The hard stop came before the night's work was done; the command exits 3."""


class Undecodable(CaretakerError):
    """Bytes from the network that do not mean what their protocol says; becomes Coverage, never a crash."""
