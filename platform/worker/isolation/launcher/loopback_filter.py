"""Closes the host's loopback interface to the programs of a control group.

They reach the addresses that are listed, and what they listen on themselves: each socket of a
group records its group, and a connection is allowed to a socket that recorded the same one.
"""

import socket
import sys

import bpf
from bpf import FRAME, R0, R1, R2, R3, R4, R5, R6, R7, R8, R9

DENY, ALLOW = 0, 1
# Other protocols have ways to connect that no hook sees.
PROTOCOLS = (socket.IPPROTO_TCP, socket.IPPROTO_UDP, socket.IPPROTO_ICMP, socket.IPPROTO_ICMPV6)
# Offsets in `struct bpf_sock` and `struct bpf_sock_addr`.
SOCKET_PROTOCOL = 12
IP4, IP6, PORT, PROTOCOL = 4, 8, 24, 36
# Sizes of `struct bpf_sock_tuple`, which ends with two ports.
TUPLE4, TUPLE6, PORTS = 12, 36, 4
CURRENT_NETWORK = -1


def word(data):
    """Four bytes of a packet, as a program loads them."""
    return int.from_bytes(data, sys.byteorder)


def ip4_word(address):
    return word(socket.inet_pton(socket.AF_INET, address))


MAPPED = word(b"\0\0\xff\xff")  # the third word of ::ffff:127.0.0.1
ONE = word(b"\0\0\0\1")  # the last word of ::1


class LoopbackFilter:
    """Raises OSError where the kernel does not allow it."""

    def __init__(self, allowed):
        """`allowed`: pairs of an address and a port; port 0 stands for every one."""
        owners = bpf.create_socket_storage()
        filter4, filter6 = filter_ip4(allowed, owners), filter_ip6(allowed, owners)
        programs = (
            (bpf.SOCKET_CREATE, record_owner(owners)),
            (bpf.CONNECT4, filter4),
            (bpf.SENDMSG4, filter4),
            (bpf.CONNECT6, filter6),
            (bpf.SENDMSG6, filter6),
        )
        self.programs = [(hook, bpf.load(hook, program)) for hook, program in programs]

    def attach(self, group):
        for hook, program in self.programs:
            bpf.attach(hook, program, group)


def record_owner(owners):
    program = bpf.Program()
    program.move(R6, R1)
    program.load_word(R2, R6, SOCKET_PROTOCOL)
    for protocol in PROTOCOLS:
        program.jump_if_word(R2, protocol, "record")
    program.end(DENY)
    program.label("record")
    program.call(bpf.GET_CURRENT_CGROUP_ID)
    program.push_long(-8, R0)
    program.load_map(R1, owners)
    program.move(R2, R6)
    program.move(R3, FRAME)
    program.add(R3, -8)
    program.set(R4, bpf.STORAGE_CREATE)
    program.call(bpf.SK_STORAGE_GET)
    program.end(ALLOW)
    return program


def filter_ip4(allowed, owners):
    """R6 is the context, R7 the address or its last word, R8 the port."""
    program = bpf.Program()
    program.move(R6, R1)
    program.load_word(R7, R6, IP4)
    program.load_word(R8, R6, PORT)
    decide_ip4(program, allowed)
    decide_listener(program, owners)
    return program


def filter_ip6(allowed, owners):
    program = bpf.Program()
    program.move(R6, R1)
    program.load_word(R7, R6, IP6 + 12)
    program.load_word(R8, R6, PORT)
    for offset in (0, 4):
        program.load_word(R2, R6, IP6 + offset)
        program.jump_unless_word(R2, 0, "allow")
    program.load_word(R2, R6, IP6 + 8)
    program.jump_if_word(R2, MAPPED, "ip4")
    program.jump_unless_word(R2, 0, "allow")
    program.jump_if_word(R7, ONE, "loopback6")
    program.jump_unless_word(R7, 0, "allow")  # `::` leads to ::1
    program.label("loopback6")
    for index, (address, port) in enumerate(allowed):
        if address == "::1":
            allow_port(program, port, f"next6 {index}")
    push_tuple6(program)
    find_listener(program, TUPLE6)
    program.label("ip4")
    decide_ip4(program, allowed)
    decide_listener(program, owners)
    return program


def decide_ip4(program, allowed):
    program.jump_unless_word(R7, 0, "given")
    program.set(R7, ip4_word("127.0.0.1"))  # where 0.0.0.0 leads to
    program.label("given")
    program.move(R2, R7)
    program.mask_word(R2, word(b"\xff\0\0\0"))
    program.jump_unless_word(R2, word(b"\x7f\0\0\0"), "allow")
    for index, (address, port) in enumerate(allowed):
        if ":" not in address:
            program.jump_unless_word(R7, ip4_word(address), f"next4 {index}")
            allow_port(program, port, f"next4 {index}")
    for offset in (0, 4):
        program.push_word(offset - TUPLE4, R7)
    push_ports(program)
    find_listener(program, TUPLE4)


def allow_port(program, port, otherwise):
    if port != 0:
        program.jump_unless_word(R8, socket.htons(port), otherwise)
    program.jump("allow")
    program.label(otherwise)


def push_tuple6(program):
    for offset in range(0, TUPLE6 - PORTS, 4):
        program.push_value(offset - TUPLE6, ONE if offset % 16 == 12 else 0)
    push_ports(program)


def push_ports(program):
    """From port 0: such a connection does not exist, so that a listener is found."""
    program.push_value(-PORTS, 0)
    program.push_half(2 - PORTS, R8)


def find_listener(program, size):
    program.load_word(R9, R6, PROTOCOL)
    program.move(R1, R6)
    program.move(R2, FRAME)
    program.add(R2, -size)
    program.set(R3, size)
    program.set(R4, CURRENT_NETWORK)
    program.set(R5, 0)
    program.jump_if_word(R9, socket.IPPROTO_UDP, f"udp {size}")
    program.call(bpf.SK_LOOKUP_TCP)
    program.jump("found")
    program.label(f"udp {size}")
    program.call(bpf.SK_LOOKUP_UDP)
    program.jump("found")


def decide_listener(program, owners):
    """R0 is the socket that was found, or null."""
    program.label("found")
    program.jump_if_null(R0, "deny")
    program.move(R9, R0)
    program.set(R7, DENY)
    program.load_map(R1, owners)
    program.move(R2, R9)
    program.set(R3, 0)
    program.set(R4, 0)
    program.call(bpf.SK_STORAGE_GET)
    program.jump_if_null(R0, "release")
    program.load_long(R8, R0, 0)
    program.call(bpf.GET_CURRENT_CGROUP_ID)
    program.jump_unless_same(R0, R8, "release")
    program.set(R7, ALLOW)
    program.label("release")
    program.move(R1, R9)
    program.call(bpf.SK_RELEASE)
    program.move(R0, R7)
    program.exit()
    program.label("deny")
    program.end(DENY)
    program.label("allow")
    program.end(ALLOW)
