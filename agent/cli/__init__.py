"""The command line ``intent-agent``: one module a command, put together in ``app``."""
