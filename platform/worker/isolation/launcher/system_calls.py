"""What Python 3.8 has no functions for: namespaces, mounts, capabilities, keyrings and Landlock.

All raise OSError, with the name of the function or the directory as `filename`.
"""

import ctypes
import errno
import os
import platform
import struct

CLONE_NEWNS = 0x00020000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 0x20, 0x1000, 0x4000, 0x40000
# The same numbers for mount(2) and for mount_setattr(2).
MOUNT_FLAGS = {"ro": 0x1, "nosuid": 0x2, "nodev": 0x4, "noexec": 0x8}
MOUNT_SETATTR = 442  # the same on every architecture, since Linux 5.12
AT_FDCWD, AT_RECURSIVE = -100, 0x8000
KEYCTL = {"x86_64": 250, "aarch64": 219}
JOIN_SESSION_KEYRING = 1
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
libc.syscall.restype = ctypes.c_long


def call(name, *arguments):
    if getattr(libc, name)(*arguments) != 0:
        raise last_error(name)


def system_call(name, number, *arguments):
    """Numbers are passed with the size of a register: the C library does not know their types."""
    passed = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    result = libc.syscall(ctypes.c_long(number), *passed)
    if result < 0:
        raise last_error(name)
    return result


def last_error(name):
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number), name)


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
    """With `recursive`, the mounts below it get the other options, too."""
    is_recursive = "recursive" in options
    mount(source, target, "none", MS_BIND | (MS_REC if is_recursive else 0))
    flags = sum(MOUNT_FLAGS.get(option, 0) for option in options)
    if flags == 0:
        return
    try:
        set_mount_options(target, flags, is_recursive)
    except OSError as error:
        # An old kernel, or a filter of system calls that does not know this one.
        if error.errno not in (errno.ENOSYS, errno.EPERM):
            raise
        for path, kept in mounts_below(target) if is_recursive else [(target, 0)]:
            mount("none", path, "none", MS_REMOUNT | MS_BIND | flags | kept)


def set_mount_options(target, flags, is_recursive):
    how = AT_RECURSIVE if is_recursive else 0
    attributes = struct.pack("=QQQQ", flags, 0, 0, 0)  # to set; to clear, propagation, user namespace
    path = os.fsencode(target)
    system_call("mount_setattr", MOUNT_SETATTR, AT_FDCWD, path, how, attributes, len(attributes))


def mounts_below(target):
    """The mounts at and below a directory, with the flags that a remount must not lose."""
    with open("/proc/self/mountinfo", "rb") as table:
        rows = [line.split(b" ") for line in table]
    mounts = [(unescape(row[4]), row[5].decode().split(",")) for row in rows]
    return [
        (path, sum(MOUNT_FLAGS.get(option, 0) for option in options))
        for path, options in mounts
        if path == target or path.startswith(f"{target}/")
    ]


def unescape(path):
    """A path of a table of mounts, in which a space is written as `\\040`."""
    return os.fsdecode(path.decode("unicode_escape").encode("latin-1"))


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


def join_new_keyring():
    """Leaves the keyring of the operator's session, with the keys that lie there."""
    number = KEYCTL.get(platform.machine())
    if number is None:
        raise OSError(errno.ENOSYS, f"not known for {platform.machine()}", "keyctl")
    try:
        system_call("keyctl", number, JOIN_SESSION_KEYRING, None)
    except OSError as error:
        if error.errno != errno.ENOSYS:  # a kernel without keyrings
            raise


def can_leave_abstract_sockets():
    """Since Linux 6.12, where Landlock is on."""
    try:
        wanted = LANDLOCK_CREATE_RULESET_VERSION
        version = system_call("landlock", LANDLOCK_CREATE_RULESET, None, 0, wanted)
    except OSError:
        return False
    return version >= FIRST_VERSION_WITH_SCOPES


def leave_abstract_sockets():
    """This process and its descendants reach only each other's abstract Unix sockets.

    Call it without capabilities, and where `can_leave_abstract_sockets`.
    """
    accesses_of_files, accesses_of_network = 0, 0
    rules = (ctypes.c_uint64 * 3)(
        accesses_of_files, accesses_of_network, LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET
    )
    ruleset = system_call("landlock", LANDLOCK_CREATE_RULESET, rules, ctypes.sizeof(rules), 0)
    system_call("landlock", LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
