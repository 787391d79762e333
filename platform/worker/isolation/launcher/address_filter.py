"""Closes addresses to the programs of a control group: those of this host, and given ranges.

They reach the addresses that are listed, and what they listen on themselves: each socket of a
group records its group, and a connection is allowed to a socket that recorded the same one.

Addresses are compared in the form of IPv6; IPv4 is mapped into it (::ffff:192.0.2.1).
"""

import socket
import struct
import sys

import bpf
import host_addresses
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
# Of the tables: a length and an address (`struct bpf_lpm_trie_key`); an address and a port.
RANGE_KEY, ADDRESS_KEY, MAX_ENTRIES = 20, 20, 65536
# In the stack, from its end: the two keys share the address, and the tuple lies below them.
LENGTH, ADDRESS, LISTED_PORT, TUPLE_END = -28, -24, -8, -32
WHOLE_ADDRESS = 128
# How a range is closed: but for what the program listens on itself, or without exception.
LISTENERS, GROUPS = 1, 2

LOOPBACK = ("127.0.0.0/8", "::1/128")
# A datagram to these reaches the services of this host, too.
GROUP_RANGES = ("224.0.0.0/4", "255.255.255.255/32", "ff00::/8")
MAPPED_PREFIX = b"\0" * 10 + b"\xff\xff"
NAT64_PREFIX = b"\0\x64\xff\x9b" + b"\0" * 8  # a gateway leads from it to IPv4


def word(data):
    """Four bytes of a packet, as a program loads them."""
    return int.from_bytes(data, sys.byteorder)


MAPPED = word(b"\0\0\xff\xff")
ONE = word(b"\0\0\0\1")  # the last word of ::1
LOOPBACK4 = word(b"\x7f\0\0\1")


class AddressFilter:
    """Raises OSError where the kernel does not allow it."""

    def __init__(self, ranges, allowed, closes_host):
        """`allowed`: pairs of an address and a port; port 0 stands for every one."""
        self.closed = bpf.create_ranges(RANGE_KEY, MAX_ENTRIES)
        self.of_host = {}
        self.changes = host_addresses.watch() if closes_host else None
        for each in ranges:
            self.close_range(each, LISTENERS)
        if closes_host:
            for each in LOOPBACK:
                self.close_range(each, LISTENERS)
            for each in GROUP_RANGES:
                self.close_range(each, GROUPS)
            self.update()
        self.programs = load_programs(self.closed, list_addresses(allowed))

    def close_range(self, text, how):
        for key in keys_of(text):
            bpf.update(self.closed, key, struct.pack("=I", how))

    def update(self):
        """Closes the addresses that this host has now, and opens those that it no longer has."""
        host_addresses.forget_changes(self.changes)
        current = {}
        for address, is_group in sorted(host_addresses.read(), key=lambda each: not each[1]):
            for key in keys_of(address):  # an address of both kinds is the host's own
                current[key] = GROUPS if is_group else LISTENERS
        for key in current.keys() - self.of_host.keys():
            bpf.update(self.closed, key, struct.pack("=I", current[key]))
        for key in self.of_host.keys() - current.keys():
            bpf.remove(self.closed, key)
        self.of_host = current

    def attach(self, group):
        for hook, program in self.programs:
            bpf.attach(hook, program, group)


def keys_of(text):
    """A range in the forms in which a program may write it: a length in bits, and an address."""
    address, _, length = text.partition("/")
    packed = pack(address)
    missing = 128 - 8 * len(packed)
    bits = struct.pack("=I", missing + int(length or 8 * len(packed)))
    if missing == 0:
        return [bits + packed]
    return [bits + prefix + packed for prefix in (MAPPED_PREFIX, NAT64_PREFIX)]


def pack(address):
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


def list_addresses(allowed):
    listed = bpf.create_table(ADDRESS_KEY, MAX_ENTRIES)
    for address, port in allowed:
        mapped = (MAPPED_PREFIX + pack(address))[-16:]
        bpf.update(listed, mapped + struct.pack("=I", socket.htons(port)), struct.pack("=I", ALLOW))
    return listed


def load_programs(closed, listed):
    owners = bpf.create_socket_storage()
    filter4 = filter_address(copy_ip4, closed, listed, owners)
    filter6 = filter_address(copy_ip6, closed, listed, owners)
    programs = (
        (bpf.SOCKET_CREATE, record_owner(owners)),
        (bpf.CONNECT4, filter4),
        (bpf.SENDMSG4, filter4),
        (bpf.CONNECT6, filter6),
        (bpf.SENDMSG6, filter6),
    )
    return [(hook, bpf.load(hook, program)) for hook, program in programs]


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


def filter_address(copy_address, closed, listed, owners):
    """R6 is the context, R7 how the range is closed, R8 the port."""
    program = bpf.Program()
    program.move(R6, R1)
    copy_address(program)
    program.load_word(R8, R6, PORT)
    program.push_value(LENGTH, WHOLE_ADDRESS)
    look_up(program, closed, LENGTH)
    program.jump_if_null(R0, "allow")
    program.load_word(R7, R0, 0)
    program.push_word(LISTED_PORT, R8)
    look_up(program, listed, ADDRESS)
    program.jump_unless_null(R0, "allow")
    program.push_value(LISTED_PORT, 0)
    look_up(program, listed, ADDRESS)
    program.jump_unless_null(R0, "allow")
    program.jump_if_word(R7, GROUPS, "deny")
    find_listener(program)
    decide_listener(program, owners)
    return program


def copy_ip4(program):
    program.load_word(R2, R6, IP4)
    program.jump_unless_word(R2, 0, "given")
    program.set(R2, LOOPBACK4)  # where 0.0.0.0 leads to
    program.label("given")
    program.push_value(ADDRESS, 0)
    program.push_value(ADDRESS + 4, 0)
    program.push_value(ADDRESS + 8, MAPPED)
    program.push_word(ADDRESS + 12, R2)


def copy_ip6(program):
    for offset in (0, 4, 8, 12):
        program.load_word(R2, R6, IP6 + offset)
        program.push_word(ADDRESS + offset, R2)
    program.jump_unless_word(R2, 0, "given")
    for offset in (0, 4):
        program.load_word(R2, R6, IP6 + offset)
        program.jump_unless_word(R2, 0, "given")
    program.load_word(R2, R6, IP6 + 8)
    program.jump_unless_word(R2, 0, "mapped")
    program.push_value(ADDRESS + 12, ONE)  # where :: leads to
    program.jump("given")
    program.label("mapped")
    program.jump_unless_word(R2, MAPPED, "given")
    program.push_value(ADDRESS + 12, LOOPBACK4)
    program.label("given")


def look_up(program, table, key):
    program.load_map(R1, table)
    program.move(R2, FRAME)
    program.add(R2, key)
    program.call(bpf.MAP_LOOKUP)


def find_listener(program):
    """A socket at the address, in the form of IPv4 where it is one."""
    for offset in (0, 4):
        program.load_word(R2, FRAME, ADDRESS + offset)
        program.jump_unless_word(R2, 0, "ip6")
    program.load_word(R2, FRAME, ADDRESS + 8)
    program.jump_unless_word(R2, MAPPED, "ip6")
    find_socket(program, TUPLE4, (12,))
    program.label("ip6")
    find_socket(program, TUPLE6, (0, 4, 8, 12))


def find_socket(program, size, words):
    """From the same address and port 0: there is no such connection, so it finds a listener."""
    half = (size - PORTS) // 2
    for index, offset in enumerate(words):
        program.load_word(R2, FRAME, ADDRESS + offset)
        for start in (0, half):
            program.push_word(TUPLE_END - size + start + 4 * index, R2)
    program.push_value(TUPLE_END - PORTS, 0)
    program.push_half(TUPLE_END - PORTS + 2, R8)
    program.load_word(R9, R6, PROTOCOL)
    program.move(R1, R6)
    program.move(R2, FRAME)
    program.add(R2, TUPLE_END - size)
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
