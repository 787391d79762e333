"""Programs of the kernel that decide on the sockets of a control group: bpf(2).

All functions raise OSError. Names and numbers are those of linux/bpf.h and linux/btf.h.
"""

import ctypes
import os
import platform
import struct

SYSTEM_CALL = {"x86_64": 321, "aarch64": 280}
MAP_CREATE, MAP_UPDATE, MAP_DELETE, PROG_LOAD, PROG_ATTACH, BTF_LOAD = 0, 2, 3, 5, 8, 18
PROG_TYPE_CGROUP_SOCK, PROG_TYPE_CGROUP_SOCK_ADDR = 9, 18
MAP_TYPE_HASH, MAP_TYPE_LPM_TRIE, MAP_TYPE_SK_STORAGE = 1, 11, 24
NO_PREALLOC = 1
ALLOW_MULTI = 2
LICENSE = b"Apache-2.0"

# Attach types: what a program decides on.
SOCKET_CREATE, CONNECT4, CONNECT6, SENDMSG4, SENDMSG6 = 2, 10, 11, 14, 15
# Functions that programs call.
MAP_LOOKUP = 1
GET_CURRENT_CGROUP_ID, SK_LOOKUP_TCP, SK_LOOKUP_UDP, SK_RELEASE = 80, 84, 85, 86
SK_STORAGE_GET, STORAGE_CREATE = 107, 1
# Registers: R0 takes results, R1 to R5 arguments; calls keep R6 to R9; FRAME ends the stack.
R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, FRAME = range(11)

libc = ctypes.CDLL(None, use_errno=True)


def bpf(command, form, *attributes):
    number = SYSTEM_CALL.get(platform.machine())
    if number is None:
        raise OSError(0, f"not known for {platform.machine()}", "bpf")
    packed = struct.pack("=" + form, *attributes)
    result = libc.syscall(number, command, packed, len(packed))
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), "bpf")
    return result


def create_table(key_bytes, entries):
    """Returns the descriptor of a map from keys to four bytes."""
    return bpf(MAP_CREATE, "IIIII", MAP_TYPE_HASH, key_bytes, 4, entries, NO_PREALLOC)


def create_ranges(key_bytes, entries):
    """The same; a key starts with a length in bits, and the longest one that matches is found."""
    return bpf(MAP_CREATE, "IIIII", MAP_TYPE_LPM_TRIE, key_bytes, 4, entries, NO_PREALLOC)


def update(descriptor, key, value):
    keys, values = ctypes.create_string_buffer(key, len(key)), ctypes.create_string_buffer(value, len(value))
    bpf(MAP_UPDATE, "IIQQQ", descriptor, 0, ctypes.addressof(keys), ctypes.addressof(values), 0)


def remove(descriptor, key):
    keys = ctypes.create_string_buffer(key, len(key))
    bpf(MAP_DELETE, "IIQQQ", descriptor, 0, ctypes.addressof(keys), 0, 0)


def create_socket_storage():
    """Returns the descriptor of a map: eight bytes for each socket, which are freed with it."""
    integer, long = 1, 2
    return bpf(
        MAP_CREATE,
        "IIIIIII16sIIII",
        *(MAP_TYPE_SK_STORAGE, 4, 8, 0, NO_PREALLOC, 0, 0, b"owner", 0, load_types(), integer, long),
    )


def load_types():
    """Types of the key and the value of socket storage: `int` and `long`."""
    names = b"\0int\0long\0"
    integer = struct.pack("=IIII", names.index(b"int"), 1 << 24, 4, 1 << 24 | 32)
    long = struct.pack("=IIII", names.index(b"long"), 1 << 24, 8, 1 << 24 | 64)
    types = integer + long
    header = struct.pack("=HBBIIIII", 0xEB9F, 1, 0, 24, 0, len(types), len(types), len(names))
    data = header + types + names
    buffer = ctypes.create_string_buffer(data, len(data))
    return bpf(BTF_LOAD, "QQIII", ctypes.addressof(buffer), 0, len(data), 0, 0)


def load(hook, program):
    """Returns the descriptor of a program for an attach type."""
    kind = PROG_TYPE_CGROUP_SOCK if hook == SOCKET_CREATE else PROG_TYPE_CGROUP_SOCK_ADDR
    code = program.code()
    buffer, license_name = ctypes.create_string_buffer(code, len(code)), ctypes.create_string_buffer(LICENSE)
    return bpf(
        PROG_LOAD,
        "IIQQIIQII16sII",
        *(kind, len(code) // 8, ctypes.addressof(buffer), ctypes.addressof(license_name)),
        *(0, 0, 0, 0, 0, b"addresses", 0, hook),
    )


def attach(hook, program, group):
    """Until the group, a path, is removed."""
    directory = os.open(group, os.O_RDONLY | os.O_DIRECTORY)
    try:
        bpf(PROG_ATTACH, "IIII", directory, program, hook, ALLOW_MULTI)
    finally:
        os.close(directory)


class Program:
    """Instructions of a program, with names for the targets of jumps."""

    def __init__(self):
        self.instructions = []
        self.labels = {}

    def emit(self, code, target=0, source=0, offset=0, immediate=0):
        self.instructions.append((code, target, source, offset, immediate))

    def label(self, name):
        self.labels[name] = len(self.instructions)

    def move(self, target, source):
        self.emit(0xBF, target, source)

    def set(self, target, value):
        self.emit(0xB7, target, immediate=value)

    def add(self, target, value):
        self.emit(0x07, target, immediate=value)

    def load_word(self, target, source, offset):
        self.emit(0x61, target, source, offset)

    def load_long(self, target, source, offset):
        self.emit(0x79, target, source, offset)

    def load_map(self, target, descriptor):
        self.emit(0x18, target, 1, 0, descriptor)
        self.emit(0)

    def push_half(self, offset, source):
        self.emit(0x6B, FRAME, source, offset)

    def push_word(self, offset, source):
        self.emit(0x63, FRAME, source, offset)

    def push_long(self, offset, source):
        self.emit(0x7B, FRAME, source, offset)

    def push_value(self, offset, value):
        self.emit(0x62, FRAME, 0, offset, value)

    def jump(self, label):
        self.emit(0x05, offset=label)

    def jump_if_null(self, register, label):
        self.emit(0x15, register, 0, label)

    def jump_unless_null(self, register, label):
        self.emit(0x55, register, 0, label)

    def jump_if_word(self, register, value, label):
        self.emit(0x16, register, 0, label, value)

    def jump_unless_word(self, register, value, label):
        self.emit(0x56, register, 0, label, value)

    def jump_unless_same(self, one, other, label):
        self.emit(0x5D, one, other, label)

    def call(self, function):
        self.emit(0x85, immediate=function)

    def end(self, result):
        self.set(R0, result)
        self.exit()

    def exit(self):
        self.emit(0x95)

    def code(self):
        return b"".join(self.encode(at, *fields) for at, fields in enumerate(self.instructions))

    def encode(self, at, code, target, source, offset, immediate):
        distance = self.labels[offset] - at - 1 if isinstance(offset, str) else offset
        return struct.pack("=BBhI", code, target | source << 4, distance, immediate & 0xFFFFFFFF)
