"""The addresses of this host's interfaces: rtnetlink(7). All functions raise OSError."""

import errno
import socket
import struct

NETLINK_ROUTE = 0
GROUPS_OF_ADDRESSES = 0x10 | 0x100  # of IPv4 and of IPv6
GET_ADDRESS, NEW_ADDRESS = 22, 20
REQUEST, DUMP = 0x1, 0x300
ERROR, DONE = 2, 3
ADDRESS, LOCAL, BROADCAST = 1, 2, 4
HEADER, ADDRESS_MESSAGE, ATTRIBUTE = struct.Struct("=IHHII"), struct.Struct("=BBBBI"), struct.Struct("=HH")
READ_BYTES = 65536


def watch():
    """Returns a socket that is readable after a change."""
    changes = open_socket()
    changes.setblocking(False)
    changes.bind((0, GROUPS_OF_ADDRESSES))
    return changes


def forget_changes(changes):
    """Before the addresses are read: a change that comes later makes the socket readable again."""
    while True:
        try:
            changes.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.ENOBUFS:  # some changes did not fit: all are read anyway
                raise


def read():
    """Pairs of an address and whether it stands for a group of hosts."""
    with open_socket() as addresses:
        message = ADDRESS_MESSAGE.pack(socket.AF_UNSPEC, 0, 0, 0, 0)
        addresses.send(HEADER.pack(HEADER.size + len(message), GET_ADDRESS, REQUEST | DUMP, 1, 0) + message)
        found = set()
        while True:
            for kind, body in split(addresses.recv(READ_BYTES), HEADER):
                if kind == DONE:
                    return found
                if kind == ERROR:
                    number = -struct.unpack_from("=i", body)[0]
                    raise OSError(number, errno.errorcode.get(number, "refused"), "netlink")
                if kind == NEW_ADDRESS:
                    found.update(addresses_in(body))


def addresses_in(body):
    attributes = dict(split(body[ADDRESS_MESSAGE.size :], ATTRIBUTE))
    own = attributes.get(LOCAL, attributes.get(ADDRESS))  # ADDRESS is of the other end, if both are there
    if own is not None:
        yield unpack(own), False
    if BROADCAST in attributes:
        yield unpack(attributes[BROADCAST]), True


def unpack(address):
    return socket.inet_ntop(socket.AF_INET6 if len(address) == 16 else socket.AF_INET, address)


def split(data, form):
    """Pairs of a kind and a body of messages, or of attributes, which begin at multiples of 4."""
    while len(data) >= form.size:
        length, kind = form.unpack_from(data)[:2]
        yield kind, data[form.size : length]
        data = data[(max(length, form.size) + 3) & ~3 :]


def open_socket():
    return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, NETLINK_ROUTE)
