"""The centres in the store."""

from sqlalchemy import Connection, insert, select, update

from claimbatch.claims.store.tables import centre


def read_centres(connection: Connection) -> dict[str, str]:
    """The centres, in order: number to name."""
    rows = connection.execute(select(centre).order_by(centre.c.number))
    return {row.number: row.name for row in rows}


def write_centre(connection: Connection, number: str, name: str) -> None:
    """Add a centre, or give one that is there another name."""
    known = centre.c.number == number
    if not connection.execute(update(centre).where(known).values(name=name)).rowcount:
        connection.execute(insert(centre), {"number": number, "name": name})
