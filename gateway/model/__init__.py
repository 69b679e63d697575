"""The nouns of the gateway: frozen values that check themselves.

Read this first.  Every other module speaks in these types.  An instance that breaks a rule stated here cannot be made.
Vocabulary: a *publication* is under *embargo* until it is live; a *grant* makes one address *eligible* for one
publication for a time; a *finding* says where a mail shows a trace of a publication, never what it says.
"""

from gateway.model.decision import (
    FIGURES_THRESHOLD,
    Decision,
    Detector,
    Disposition,
    Finding,
    Hint,
    Membership,
    Mixed,
    OnFinding,
    Outcome,
    Policy,
    Scope,
)
from gateway.model.mail import Client, Envelope, Mail, Recipient
from gateway.model.message import (
    LONGEST_URL,
    PART_PATH,
    Document,
    Leaf,
    Link,
    Message,
    Part,
    PartKind,
    Reason,
    Unreadable,
)
from gateway.model.publication import (
    ACCESS_WINDOW,
    PUBLICATION_ID,
    Grant,
    GrantKind,
    LiveBy,
    Phase,
    Publication,
    Register,
    State,
)
from gateway.model.times import aware

__all__ = [
    "ACCESS_WINDOW",
    "FIGURES_THRESHOLD",
    "LONGEST_URL",
    "PART_PATH",
    "PUBLICATION_ID",
    "Client",
    "Decision",
    "Detector",
    "Disposition",
    "Document",
    "Envelope",
    "Finding",
    "Grant",
    "GrantKind",
    "Hint",
    "Leaf",
    "Link",
    "LiveBy",
    "Mail",
    "Membership",
    "Message",
    "Mixed",
    "OnFinding",
    "Outcome",
    "Part",
    "PartKind",
    "Phase",
    "Policy",
    "Publication",
    "Reason",
    "Recipient",
    "Register",
    "Scope",
    "State",
    "Unreadable",
    "aware",
]
