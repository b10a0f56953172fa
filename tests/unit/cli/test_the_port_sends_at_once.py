"""A kept connection answers without waiting for the other side to acknowledge the head."""

import socket

import uvicorn

from glassworks.cli.listening import bound


def test_a_connection_to_our_port_holds_nothing_back() -> None:
    address = uvicorn.Config("unused", host="127.0.0.1", port=0)
    with bound(address) as port, socket.create_connection(port.getsockname()), port.accept()[0] as connection:
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
