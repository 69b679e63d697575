"""`python -m gateway` is `embargo-gateway`."""

from gateway.cli import main

main()
