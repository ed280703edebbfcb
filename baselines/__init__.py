"""JUDGE: the standards as dated data, and verdicts over one night's picture of a site."""
