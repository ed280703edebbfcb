"""DO: one night at one site, from plan to delivered report."""
