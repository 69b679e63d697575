"""The database of publications, grants, traces, incidents and audit: the only SQL of the gateway."""
