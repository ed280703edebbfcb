"""The only modules that open sockets or start other programs."""
