#!/usr/bin/env python3
"""Starts Python in what the tests prepare of a host: see `prepared-host.ts`.

PREPARED_HOST names the preparation, and the arguments are those of Python.
"""

import ctypes
import os
import platform
import sys

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
NEW_NAMESPACES = 0x00020000 | 0x10000000  # of mounts, and of users
PRIVATE = 0x40000 | 0x4000
ADD_KEY, KEYCTL = {"x86_64": (248, 250), "aarch64": (217, 219)}[platform.machine()]
SESSION_KEYRING = -3


def check(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def mount_below_visible(directory):
    """A writable file system below a directory that programs see, as a host may have one."""
    uid, gid = os.getuid(), os.getgid()
    check(libc.unshare(NEW_NAMESPACES if uid else NEW_NAMESPACES & 0xFFFFFFF))
    if uid:
        for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                file.write(text)
    check(libc.mount(b"none", b"/", b"none", ctypes.c_ulong(PRIVATE), None))
    check(libc.mount(b"none", directory.encode(), b"tmpfs", ctypes.c_ulong(0), b"mode=1777"))


def add_operator_key(name):
    """In a session keyring, as a log-in has one."""
    check(libc.syscall(ctypes.c_long(KEYCTL), ctypes.c_long(1), None))
    secret = b"of the operator"
    arguments = (b"user", name.encode(), secret, ctypes.c_long(len(secret)), ctypes.c_long(SESSION_KEYRING))
    check(libc.syscall(ctypes.c_long(ADD_KEY), *arguments))


def forget_mount_setattr():
    """As on a kernel without this system call."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, sys.argv[-1])
    import system_call_filter

    check(libc.prctl(38, 1, 0, 0, 0))
    system_call_filter.FORBIDDEN_EVERYWHERE = {"mount_setattr": 442}
    system_call_filter.forbid_system_calls()


preparation, _, argument = os.environ["PREPARED_HOST"].partition(":")
if preparation == "mounts":
    mount_below_visible(argument)
elif preparation == "old-kernel":
    mount_below_visible(argument)
    forget_mount_setattr()
else:
    add_operator_key(argument)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
