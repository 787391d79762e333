"""The first process of a confinement that bubblewrap has made, and the one that becomes the program."""

import json
import os
import select
import signal

import confinement
import system_calls as linux
from bubblewrap import ROOT
from processes import become_program, fork, keep_descriptors, read_line

PR_SET_PDEATHSIG = 1


def main(request, status):
    """Ends when the worker closes the pipe `life`, and with it the kernel ends every process."""
    spec = json.loads(read_line(request))
    pipes, reports = spec["pipes"], spec["reports"]
    kept = [*pipes, reports, status]
    keep_descriptors(kept)  # without those that bubblewrap has read
    for descriptor in kept:
        os.set_inheritable(descriptor, False)
    linux.call("prctl", PR_SET_PDEATHSIG, 0, 0, 0, 0)  # the leader ends bubblewrap
    os.write(status, b"it runs\n")
    os.dup2(0, 2)
    *_, life = pipes
    program = fork(lambda: become_program(spec, pipes, reports, spec["umask"], enter_confinement))
    keep_descriptors([life, status])
    report_end(program, life, status)


def enter_confinement(spec):
    """The rest of what `confinement.enter_root` does: bubblewrap has applied the filter of system calls."""
    if spec["asRoot"]:
        for home in spec["homes"]:
            os.chown(ROOT + home, spec["uid"], spec["gid"])
    confinement.give_up_rights(spec, ROOT)
    confinement.leave_abstract_sockets()


def report_end(program, life, status):
    """Reaps all children until the pipe ends."""
    ended, wakeup = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    waiting = select.poll()
    waiting.register(life, 0)  # only the end of the pipe
    waiting.register(ended, select.POLLIN)
    reap(program, status)
    while life not in dict(waiting.poll()):
        os.read(ended, 4096)
        reap(program, status)
    os._exit(0)


def reap(program, status):
    try:
        while True:
            pid, how = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            if pid == program:
                os.write(status, f"{how}\n".encode())
    except ChildProcessError:
        return
