class Failure(Exception):
    """What is said to the user instead of a trace."""
