"""A server between claimbatch and PostgreSQL that loses the connection at a chosen moment, as networks do."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import make_url

SOCKET = ".s.PGSQL.5432"
PIECE = 65536


@dataclass
class Cutting:
    """Hands everything on, until it is told to cut: then the next piece with *word* in it reaches the server or not.

    Where it *arrives* at the server, the answer is lost. *cut* is how often that was done.
    """

    address: str
    there: str
    word: bytes = b""
    arrives: bool = False
    cut: int = 0
    open: list[socket.socket] = field(default_factory=list)

    def lose(self, word: bytes, *, answer: bool) -> None:
        """Lose the next piece that holds *word*, or the *answer* to it."""
        self.word, self.arrives = word, answer

    def serve(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client = listening.accept()[0]
                server = socket.socket(socket.AF_UNIX)
                self.open += [client, server]
                if server.connect_ex(self.there):
                    client.shutdown(socket.SHUT_RDWR)
                    continue
                threading.Thread(target=self._to_server, args=(client, server), daemon=True).start()
                threading.Thread(target=self._back, args=(server, client), daemon=True).start()

    def _to_server(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while piece := client.recv(PIECE):
                if self.word and self.word in piece:
                    self.word, self.cut = b"", self.cut + 1
                    client.shutdown(socket.SHUT_RDWR)  # first: no answer can come through any more
                    if self.arrives:
                        server.sendall(piece)
                    break
                server.sendall(piece)
        with suppress(OSError):
            server.shutdown(socket.SHUT_WR)

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while piece := server.recv(PIECE):
                client.sendall(piece)
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)


@contextmanager
def cutting(address: str, folder: Path) -> Iterator[Cutting]:
    """Stand in *folder* between claimbatch and the server at *address*, which listens on a socket of this computer."""
    url = make_url(address)
    here = url.update_query_dict({"host": str(folder)}).render_as_string(hide_password=False)
    made = Cutting(here, str(Path(str(url.query["host"])) / SOCKET))
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / SOCKET))
        listening.listen()
        threading.Thread(target=made.serve, args=(listening,), daemon=True).start()
        try:
            yield made
        finally:
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            for one in made.open:
                one.close()
