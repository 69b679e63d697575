"""An SMTP relay that keeps statistics under embargo with the people on their access list."""

__version__ = "0.1.0"
