"""Papers: drafted, signed, numbered and issued once, over many nominations (ARCHITECTURE §1).

A paper is a case like a nomination: a process instance with a stream of its own. kinds: what papers there are;
starting: drafting one; lines: its list of names; steps: what its user tasks ask and bring about beyond those of any
case; numbers: the registers; documents: its file; split: which papers a mixed selection needs.
"""
