"""System calls that no program of a pack gets: seccomp(2).

They are those by which a program reaches what namespaces do not separate, or large parts of the
kernel that few programs need. They fail as on a kernel that was built without them (ENOSYS), so
that programs which can do without take their other way.
"""

import ctypes
import errno
import functools
import platform
import struct

import system_calls as linux

# x86_64 and aarch64. Since Linux 5.1, new calls have one number on every architecture.
FORBIDDEN = {
    "x86_64": {
        "add_key": 248,
        "bpf": 321,
        "fanotify_init": 300,
        "keyctl": 250,
        "open_by_handle_at": 304,
        "perf_event_open": 298,
        "request_key": 249,
        "userfaultfd": 323,
    },
    "aarch64": {
        "add_key": 217,
        "bpf": 280,
        "fanotify_init": 262,
        "keyctl": 219,
        "open_by_handle_at": 265,
        "perf_event_open": 241,
        "request_key": 218,
        "userfaultfd": 282,
    },
}
FORBIDDEN_EVERYWHERE = {
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "memfd_secret": 447,
}
SOCKET = {"x86_64": 41, "aarch64": 198}
# Of sockets: local, IPv4, IPv6, and what a program learns about its own network.
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16}
AUDIT_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32_BIT = 0x40000000  # a second set of numbers of x86_64

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
ALLOW, FAIL = 0x7FFF0000, 0x00050000
# Offsets in `struct seccomp_data`; of the first argument its lower half.
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
LOAD, JUMP_IF_EQUAL, JUMP_IF_ABOVE, RETURN = 0x20, 0x15, 0x35, 0x06


def forbid_system_calls():
    """For this process and its descendants. Call it where no new rights can be gained.

    Raises OSError, also for an architecture whose numbers are not known.
    """
    machine = platform.machine()
    if machine not in FORBIDDEN:
        raise OSError(errno.ENOSYS, f"not known for {machine}", "seccomp")
    code = filter_code(machine)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer))
    pointer = ctypes.create_string_buffer(program, len(program))
    linux.call("prctl", PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(pointer), 0, 0)


@functools.lru_cache(maxsize=None)
def filter_code(machine):
    """Of classic BPF: programs of another architecture, or of x32, get no system call at all."""
    numbers = sorted([*FORBIDDEN[machine].values(), *FORBIDDEN_EVERYWHERE.values()])
    families = sorted(FAMILIES.values())
    without, no_family = FAIL | errno.ENOSYS, FAIL | errno.EAFNOSUPPORT
    return b"".join(
        [
            instruction(LOAD, ARCHITECTURE),
            *unless_equal(AUDIT_ARCHITECTURE[machine], without),
            instruction(LOAD, NUMBER),
            instruction(JUMP_IF_ABOVE, X32_BIT, 0, 1),
            instruction(RETURN, without),
            *(step for number in numbers for step in if_equal(number, without)),
            instruction(JUMP_IF_EQUAL, SOCKET[machine], 1, 0),
            instruction(RETURN, ALLOW),
            instruction(LOAD, FIRST_ARGUMENT),
            *(step for family in families for step in if_equal(family, ALLOW)),
            instruction(RETURN, no_family),
        ]
    )


def if_equal(value, result):
    return [instruction(JUMP_IF_EQUAL, value, 0, 1), instruction(RETURN, result)]


def unless_equal(value, result):
    return [instruction(JUMP_IF_EQUAL, value, 1, 0), instruction(RETURN, result)]


def instruction(code, operand, if_true=0, if_false=0):
    return struct.pack("=HBBI", code, if_true, if_false, operand)
