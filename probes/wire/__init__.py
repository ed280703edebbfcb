"""One module per thing that is read: what to ask for, and a pure decode of the answer."""
