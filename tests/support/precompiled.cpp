// Nothing: the target that it makes is there for its precompiled header.
