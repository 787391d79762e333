"""What Python 3.8 has no functions for: namespaces, mounts, capabilities and Landlock of Linux.

All raise OSError, with the name of the function or the directory as `filename`.
"""

import ctypes
import os

CLONE_NEWNS = 0x00020000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 0x20, 0x1000, 0x4000, 0x40000
MOUNT_FLAGS = {"ro": 0x1, "nosuid": 0x2, "nodev": 0x4, "noexec": 0x8}
PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 24, 38, 47, 4
CAPABILITY_VERSION_3 = 0x20080522
LANDLOCK_CREATE_RULESET, LANDLOCK_RESTRICT_SELF = 444, 446  # the same on every architecture
LANDLOCK_CREATE_RULESET_VERSION = 1
FIRST_VERSION_WITH_SCOPES = 6
LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET = 1
with open("/proc/sys/kernel/cap_last_cap", encoding="ascii") as last:
    LAST_CAPABILITY = int(last.read())

libc = ctypes.CDLL(None, use_errno=True)
libc.mount.argtypes = [ctypes.c_char_p] * 3 + [ctypes.c_ulong, ctypes.c_char_p]
libc.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
libc.syscall.argtypes = [ctypes.c_long, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong]
libc.syscall.restype = ctypes.c_long


def call(name, *arguments):
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)


def unshare(flags):
    call("unshare", flags)


def enter_namespaces(*namespaces):
    """Pairs of a path and a kind. All are opened first: a user namespace has no right to them."""
    descriptors = [(os.open(path, os.O_RDONLY), kind) for path, kind in namespaces]
    for descriptor, kind in descriptors:
        call("setns", descriptor, kind)


def keep_mounts_private():
    """Mounts of this namespace appear in no other one."""
    mount("none", "/", "none", MS_REC | MS_PRIVATE)


def mount_directory(source, target, options):
    """Its options but `recursive` can only be set by a second call."""
    mount(source, target, "none", MS_BIND | (MS_REC if "recursive" in options else 0))
    flags = sum(MOUNT_FLAGS.get(option, 0) for option in options)
    if flags:
        mount("none", target, "none", MS_REMOUNT | MS_BIND | flags)


def mount_file_system(kind, source, target, options):
    flags = sum(MOUNT_FLAGS.get(option, 0) for option in options)
    data = ",".join(option for option in options if option not in MOUNT_FLAGS)
    mount(source, target, kind, flags, data.encode())


def mount(source, target, kind, flags, data=None):
    try:
        call("mount", os.fsencode(source), os.fsencode(target), os.fsencode(kind), flags, data)
    except OSError as error:
        raise OSError(error.errno, f"{error.strerror}: mount of {kind} {source}", target) from error


def forbid_capabilities():
    """No program that this process executes gets one."""
    for capability in range(LAST_CAPABILITY + 1):
        call("prctl", PR_CAPBSET_DROP, capability, 0, 0, 0)
    call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)


def give_up_capabilities():
    """Of this process, and for ever: no program that it executes gets new rights."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    call("capset", header, (ctypes.c_uint32 * 6)())
    call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def can_leave_abstract_sockets():
    """Since Linux 6.12, where Landlock is on."""
    version = libc.syscall(LANDLOCK_CREATE_RULESET, None, 0, LANDLOCK_CREATE_RULESET_VERSION)
    return version >= FIRST_VERSION_WITH_SCOPES


def leave_abstract_sockets():
    """This process and its descendants reach only each other's abstract Unix sockets.

    Call it without capabilities, and where `can_leave_abstract_sockets`.
    """
    accesses_of_files, accesses_of_network = 0, 0
    rules = (ctypes.c_uint64 * 3)(
        accesses_of_files, accesses_of_network, LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET
    )
    ruleset = libc.syscall(LANDLOCK_CREATE_RULESET, rules, ctypes.sizeof(rules), 0)
    if ruleset < 0 or libc.syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), "landlock")
    os.close(ruleset)
