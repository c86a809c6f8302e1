"""Plan, execute, verify, compare and fan out runs.

Everything is imported from its module, so that neither a kernel nor the command pays for what it does not use.
"""
