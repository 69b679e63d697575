"""The origin case on loopback: a release, its access list, two leaks of 27 March 2018 in miniature, and publication."""
