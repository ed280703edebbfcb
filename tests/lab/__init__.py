"""A virtual school in network namespaces, built from one model so that its truth is exact."""
