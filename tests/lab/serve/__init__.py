"""The small servers of the virtual school, one module a protocol."""
