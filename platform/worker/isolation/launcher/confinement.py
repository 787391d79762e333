"""How a process enters a confinement, as its specification says (`ConfinementSpec` in confinement-spec.ts)."""

import os
import resource

import system_calls as linux
from system_call_filter import forbid_system_calls


def enter_namespaces(spec):
    """Only the children of this process are in the new process namespace."""
    enter_network(spec)
    linux.unshare(linux.CLONE_NEWIPC | linux.CLONE_NEWPID)


def enter_network(spec):
    """And the user namespace to which it belongs, where this process has not the rights of root."""
    network = spec["network"]
    if isinstance(network, dict):
        user = [] if network["user"] is None else [(network["user"], linux.CLONE_NEWUSER)]
        linux.enter_namespaces(*user, (network["net"], linux.CLONE_NEWNET))
    elif not spec["asRoot"]:
        become_user(0, 0)
    if network == "none":
        linux.unshare(linux.CLONE_NEWNET)


def become_user(uid, gid):
    """Enters a new user namespace, in which this process has these ids."""
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    linux.unshare(linux.CLONE_NEWUSER)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {outer_uid} 1"),
        ("gid_map", f"{gid} {outer_gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def build_root(root, mounts):
    """Mounts below `root`, in that order, where no other process sees it."""
    linux.unshare(linux.CLONE_NEWNS)
    linux.keep_mounts_private()
    for each in mounts:
        target = root + each["path"]
        os.makedirs(target, mode=0o755, exist_ok=True)
        if each["type"] == "bind":
            linux.mount_directory(each["source"], target, each["options"])
        else:
            linux.mount_file_system(each["type"], each["source"], target, each["options"])


def enter_root(spec):
    """Makes the built directory the root directory, and gives up every right."""
    if not spec["asRoot"]:
        become_user(spec["uid"], spec["gid"])  # no process can once its root directory is another one
    give_up_rights(spec, spec["root"])
    linux.join_new_keyring()
    leave_abstract_sockets()
    forbid_system_calls()


def give_up_rights(spec, root):
    """Of root, or in the user namespace of this process."""
    uid, gid = spec["uid"], spec["gid"]
    os.chroot(root)
    os.chdir("/")
    for name, limit in spec["limits"].items():
        limit_resource(getattr(resource, name), limit)
    linux.forbid_capabilities()
    if spec["asRoot"]:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    linux.give_up_capabilities()


def leave_abstract_sockets():
    if linux.can_leave_abstract_sockets():
        linux.leave_abstract_sockets()


def limit_resource(name, limit):
    """The host's own limit stays where it is lower."""
    _, highest = resource.getrlimit(name)
    allowed = limit if highest == resource.RLIM_INFINITY else min(limit, highest)
    resource.setrlimit(name, (allowed, allowed))
