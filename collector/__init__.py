"""REMEMBER: the register, its changes, the findings and the yearly review, over many nights and sites."""
