"""The three processes of a confinement."""

import errno
import json
import os
import select
import signal
import sys

import confinement

READ_BYTES = 65536
# Those that Python handles or ignores: a program gets their default.
CHANGED_SIGNALS = (signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD)
EXEC_FAILURES = {errno.ENOENT: "not found", errno.EACCES: "Permission denied"}


class ExecError(OSError):
    """The program itself cannot be executed."""


def fork(child):
    """Returns the pid of a process that runs the function, and nothing else."""
    pid = os.fork()
    if pid != 0:
        return pid
    try:
        child()
    except BaseException:
        sys.excepthook(*sys.exc_info())
    os._exit(1)


def send(descriptor, **report):
    os.write(descriptor, (json.dumps(report) + "\n").encode())


def describe(error):
    return f"{os.fsdecode(error.filename or 'fork')}: {error.strerror}"


def keep_descriptors(kept):
    """Closes all others: pipes of other confinements would stay open."""
    last = max(int(name) for name in os.listdir("/proc/self/fd"))
    previous = 2
    for descriptor in sorted(kept):
        os.closerange(previous + 1, descriptor)
        previous = descriptor
    os.closerange(previous + 1, last + 1)


def lead(spec, pipes, reports, umask, contain):
    """Ends as the program does. `contain` runs it in a confinement and returns how, as waitpid(2)."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    become_first_victim()
    os.setpgid(0, 0)  # no session of its own: some kernels give each one the same processor time
    keep_descriptors([reports, *pipes])
    *_, life = pipes
    if not os.read(life, 1):
        os._exit(0)
    try:
        status = contain(spec, pipes, reports, umask)
    except OSError as error:
        send(reports, id=spec["id"], failed=describe(error))
        os._exit(126)
    if os.WIFEXITED(status):
        os._exit(os.WEXITSTATUS(status))
    ended_by = os.WTERMSIG(status)
    if ended_by != signal.SIGKILL:
        signal.signal(ended_by, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [ended_by])
    os.kill(os.getpid(), ended_by)


def contain(spec, pipes, reports, umask):
    """In a confinement that this process makes. Raises OSError."""
    *_, life = pipes
    confinement.enter_namespaces(spec)
    init = fork(lambda: become_init(life))
    program = fork(lambda: become_program({**spec, "init": init}, pipes, reports, umask, enter_confinement))
    keep_descriptors([])
    os.dup2(0, 2)
    _, status = os.waitpid(program, 0)
    return status


def enter_confinement(spec):
    confinement.build_root(spec["root"], spec["mounts"])
    confinement.enter_root(spec)


def become_first_victim():
    """Of the kernel, where memory runs out: a program, and not the platform."""
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("1000")


def become_init(life):
    """The kernel reaps its children, because it ignores SIGCHLD."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    keep_descriptors([life])
    os.dup2(0, 2)
    waiting = select.poll()
    waiting.register(life, 0)  # only the end of the pipe
    waiting.poll()
    os._exit(0)


def become_program(spec, pipes, reports, umask, enter):
    stdin, stdout, stderr, life = pipes
    try:
        enter(spec)
        os.dup2(stdout, 1)
        os.dup2(stderr, 2)
        send(reports, id=spec["id"], init=spec["init"])
        if spec["interpreter"] is not None:
            start_interpreter(spec["interpreter"], stdin, life, umask)
        program = json.loads(read_line(life))
        os.dup2(stdin if program["hasInput"] else os.open("/dev/null", os.O_RDONLY), 0)
        execute(program, umask)
    except ExecError as error:
        send(reports, id=spec["id"], failed=describe(error), errno=errno.errorcode[error.errno])
    except OSError as error:
        send(reports, id=spec["id"], failed=describe(error))
    os._exit(126)


def start_interpreter(interpreter, stdin, life, umask):
    """Executes a program that reads another one from `life` and runs it. Raises OSError."""
    os.dup2(stdin, 0)
    os.set_inheritable(life, True)
    os.umask(umask)
    restore_signals()
    arguments = [encode(argument) for argument in [*interpreter["arguments"], str(life)]]
    os.execve(arguments[0], arguments, encoded(interpreter["env"]))


def read_line(descriptor):
    """Ends this process as the end of `init` does, when the worker has closed the pipe."""
    parts = []
    while not parts or not parts[-1].endswith(b"\n"):
        parts.append(os.read(descriptor, READ_BYTES))
        if not parts[-1]:
            os.kill(os.getpid(), signal.SIGKILL)
    return b"".join(parts)


def execute(program, umask):
    """Executes the program in place of this process. Raises OSError."""
    os.umask(0o377)
    for path, text in program["files"].items():
        with open(path, "x", encoding="utf-8", errors="replace") as file:
            file.write(text)
    os.umask(umask)
    os.chdir(encode(program["cwd"]))
    environment = {b"PWD": os.getcwdb()}
    environment.update(encoded(program["env"]))
    arguments = [encode(argument) for argument in program["arguments"]]
    restore_signals()
    try:
        os.execvpe(arguments[0], arguments, environment)
    except OSError as error:
        if error.errno != errno.ENOEXEC:
            reason = EXEC_FAILURES.get(error.errno, error.strerror)
            raise ExecError(error.errno, reason, arguments[0]) from error
        # As execvp(3): a file without an interpreter is a script of the shell.
        os.execve(b"/bin/sh", [b"/bin/sh", *arguments], environment)


def restore_signals():
    for changed in CHANGED_SIGNALS:
        signal.signal(changed, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def encoded(variables):
    return {encode(name): encode(value) for name, value in variables.items()}


def encode(text):
    return text.encode("utf-8", "replace")
