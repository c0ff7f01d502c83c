"""What is past: one file a step from one version of the schema to the next, and how older versions sealed a run.

Nothing here names anything of today: tables, columns and types stand in `leancost/book/schemas`, a file a version.
A file is written when its version is cut and never changed again.
"""
