"""Confinements that bubblewrap makes, from the same specification as those of `confinement.py`.

bubblewrap starts the first process of the confinement, `inside.py`. The leader sends it what it needs
in a line, and reads two lines from it: that it runs, and how the program ended.
"""

import errno
import json
import os
import platform
import signal
import sys

import confinement
import system_calls as linux
from processes import fork, keep_descriptors
from system_call_filter import filter_code

# Where the program's root directory is built. It becomes that by chroot(2) in `inside.py`.
ROOT = "/confinement"
INSIDE = "inside"
# What `inside.py` needs to make it so, and gives up.
CAPABILITIES = ("CAP_SYS_CHROOT", "CAP_SETPCAP")
CAPABILITIES_OF_ROOT = ("CAP_SETUID", "CAP_SETGID", "CAP_CHOWN")
KILLED = int(signal.SIGKILL)  # as waitpid(2) reports it


def contain(spec, pipes, reports, umask):
    """Returns how the program ended, as waitpid(2). Raises OSError."""
    confinement.enter_network(spec)
    linux.join_new_keyring()  # the filter of system calls ends before that
    linux.unshare(linux.CLONE_NEWNS)
    linux.keep_mounts_private()  # bubblewrap would let later mounts of the host appear
    (request, to_request), (from_status, status) = os.pipe(), os.pipe()
    (from_info, info), (from_errors, errors) = os.pipe(), os.pipe()
    inherited = [*pipes, reports, request, status]
    monitor = fork(lambda: execute(spec, inherited, info, errors))
    for descriptor in (request, status, info, errors):
        os.close(descriptor)
    first = read_to_end(from_info)
    if not first:
        raise failure(spec, from_errors)
    needed = {name: spec[name] for name in ("id", "asRoot", "uid", "gid", "limits", "interpreter")}
    homes = [each["path"] for each in spec["mounts"] if f"uid={spec['uid']}" in each["options"]]
    more = {"init": json.loads(first)["child-pid"], "homes": homes, "pipes": pipes}
    send_line(to_request, {**needed, **more, "reports": reports, "umask": umask})
    keep_descriptors([reports, from_status, from_errors])
    with open(from_status, encoding="ascii") as lines:
        if not lines.readline():
            raise failure(spec, from_errors)
        os.kill(monitor, signal.SIGKILL)  # it would be a process that the program has left
        os.waitpid(monitor, 0)
        os.dup2(0, 2)
        keep_descriptors([from_status])
        return int(lines.readline() or KILLED)


def failure(spec, errors):
    *_, last = read_to_end(errors).strip().split("\n")
    return OSError(errno.EPERM, last.replace("bwrap: ", "", 1) or "it ended", spec["bubblewrap"])


def send_line(descriptor, value):
    os.write(descriptor, (json.dumps(value) + "\n").encode())


def read_to_end(descriptor):
    with open(descriptor, encoding="utf-8", errors="replace") as file:
        return file.read()


def execute(spec, inherited, info, errors):
    os.dup2(errors, 2)
    keep_descriptors([*inherited, info])
    arguments = file_of(b"".join(each.encode() + b"\0" for each in options(spec, info)))
    for descriptor in (*inherited, info, arguments):
        os.set_inheritable(descriptor, True)
    *_, request, status = inherited
    command = [sys.executable, "-I", "-S", "-B", os.path.dirname(__file__), INSIDE, str(request), str(status)]
    os.execv(spec["bubblewrap"], [spec["bubblewrap"], "--args", str(arguments), *command])


def file_of(content):
    """A descriptor of a file without a name, at its beginning."""
    descriptor = os.memfd_create("bubblewrap")
    os.write(descriptor, content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.set_inheritable(descriptor, True)
    return descriptor


def options(spec, info):
    """In the order in which bubblewrap applies them."""
    capabilities = CAPABILITIES + (CAPABILITIES_OF_ROOT if spec["asRoot"] else ())
    return [
        *("--unshare-pid", "--unshare-ipc", "--as-pid-1", "--die-with-parent"),
        *(() if spec["asRoot"] else user_options(spec)),
        *("--cap-drop", "ALL"),
        *(each for name in capabilities for each in ("--cap-add", name)),
        *("--info-fd", str(info)),
        *("--seccomp", str(file_of(filter_code(platform.machine())))),
        *(each for mount in spec["mounts"] for each in mount_options(mount)),
        *("--remount-ro", f"{ROOT}/dev"),
        # So that programs and their libraries are found before ROOT is the root directory.
        *(each for name in top_level(spec["mounts"]) for each in ("--symlink", f"{ROOT}/{name}", f"/{name}")),
        *("--remount-ro", "/"),
    ]


def user_options(spec):
    """Root instead has no user namespace: users of tenants are those of the host."""
    ids = ("--uid", str(spec["uid"]), "--gid", str(spec["gid"]))
    return ("--unshare-user", "--disable-userns", *ids)


def mount_options(mount):
    path, target = mount["path"], ROOT + mount["path"].rstrip("/")
    if path == "/dev/pts":
        return ()  # with `--dev`
    if path == "/dev":
        return ("--dev", target)
    # Its own directories above a target would be closed to others.
    above = (each for parent in parents(path) for each in ("--perms", "0755", "--dir", ROOT + parent))
    if mount["type"] == "bind":
        return (*above, "--ro-bind" if "ro" in mount["options"] else "--bind", mount["source"], target)
    if mount["type"] == "proc":
        return (*above, "--proc", target)
    values = dict(each.split("=", 1) for each in mount["options"] if "=" in each)
    return (*above, "--perms", values["mode"], "--size", values["size"], "--tmpfs", target)


def parents(path):
    """Those below the root directory, the outermost first."""
    names = path.split("/")
    return ["/".join(names[:count]) for count in range(2, len(names))]


def top_level(mounts):
    return sorted({mount["path"].split("/")[1] for mount in mounts} - {""})
