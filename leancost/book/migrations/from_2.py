"""2 to 3: where a stored standard cost came from. Runs keep what version 2 sealed; new ones are hashed otherwise."""

import duckdb


def migrate(connection: duckdb.DuckDBPyConnection) -> None:
    """Adds what version 3 added to the attached book."""
    connection.execute(
        "CREATE TABLE book.calculations (costing_version VARCHAR, item VARCHAR, site VARCHAR, from_date DATE,"
        " basis VARCHAR, setup_hash VARCHAR)"
    )
