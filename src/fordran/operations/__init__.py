"""Operations: one file, one verb, one database transaction.

An operation on cases takes many of one account; every member gets its own verdict.
"""
