"""Why a request gets no page: refusals that become a plain page, and the way to the sign-in."""

from __future__ import annotations


class Refused(Exception):
    """The answer is an error page: a status, a heading, and a sentence or two.  Never a word of a mail."""

    def __init__(self, status: int, heading: str, words: str = "") -> None:
        self.status = status
        self.heading = heading
        self.words = words
        super().__init__(heading)


class NotAllowed(Refused):
    """Whoever asks is signed in, and has no such role."""

    def __init__(self, words: str) -> None:
        super().__init__(403, "You cannot do this", words)


class NotFound(Refused):
    """There is no such thing, or it is not for whoever asks."""

    def __init__(self) -> None:
        super().__init__(404, "Page not found", "It is not here, or it is not for you to see.")


class Distrusted(Refused):
    """A form that did not come from our own page, or from one that is too old."""

    def __init__(self) -> None:
        super().__init__(
            403,
            "This page is out of date",
            "Nothing was changed. Go back, load the page again, and send it once more.",
        )


class TooLarge(Refused):
    """A form longer than is taken."""

    def __init__(self, most: int) -> None:
        limit = f"{most // 1_048_576} MB" if most >= 1_048_576 else f"{most // 1024} KB"
        super().__init__(413, "That is too large", f"At most {limit} are taken. Nothing was changed.")


class BadForm(Refused):
    """A form that cannot be read."""

    def __init__(self) -> None:
        super().__init__(400, "The form could not be read", "Nothing was changed. Go back and try again.")


class SignInNeeded(Exception):
    """Nobody is signed in; `path` is the page that was asked for."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__("nobody is signed in")
