"""SMTP in (server) and out (next hop): the only SMTP of the gateway."""
