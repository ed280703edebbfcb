"""The pages people read, rendered on the server; every page works without a script."""
