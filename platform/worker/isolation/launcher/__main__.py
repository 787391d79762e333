"""Starts the confinements of a worker.

Descriptor 0 brings requests and descriptor 1 takes reports, a JSON object in a line each:

    request  {"id", "confinement"}         start a confinement: `ConfinementSpec` in confinement-spec.ts
             {"id", "opened"}          the worker has opened its ends of the pipes
    report   {"id", "pid", "pipes"}    the leader waits; the descriptors of the worker's ends
             {"id", "init"}            the third process waits for its program
             {"id", "failed", "errno"} why it does not, or why the program was not executed: then
                                       with the name of the error
             {"id", "exit"}            the leader's exit code
             {"id", "signal"}          the signal that ended the leader
             {"warning"}               what the host does not allow, for all confinements

A confinement has three processes. The leader stays outside the process namespace, waits for the
program and ends as it does. The namespace's first process, `init`, ends when the worker closes
the pipe `life`, and with it the kernel ends every process inside. The third one becomes the
program. `life` brings one byte when the leader may go on, and then the program in a line.
"""

import json
import os
import resource
import select
import signal
import sys

import bubblewrap
import inside
import processes
from address_filter import AddressFilter
from processes import READ_BYTES, describe, fork, lead, send


class Launcher:
    """Starts confinements one after another, and reports how each ended."""

    def __init__(self, reports, umask):
        self.reports = reports
        self.umask = umask
        self.confinements = {}  # by the leader's pid
        self.unopened = {}  # descriptors that the worker opens, by confinement
        self.filters = {}  # by whether the host's addresses are closed; False: the kernel allows none

    def handle(self, request):
        if "opened" in request:
            for descriptor in self.unopened.pop(request["id"]):
                os.close(descriptor)
        else:
            try:
                self.close_addresses(request["confinement"]["closed"])
                self.start(request["confinement"], request["id"])
            except OSError as error:
                send(self.reports, id=request["id"], failed=describe(error))
                send(self.reports, id=request["id"], exit=126)

    def close_addresses(self, closed):
        if closed is None:
            return
        of_host = closed["ofHost"]
        if of_host not in self.filters:
            self.filters[of_host] = self.load_filter(closed["ranges"], closed["allowed"], of_host)
        if self.filters[of_host] is not False:
            self.filters[of_host].attach(closed["group"])

    def load_filter(self, ranges, allowed, of_host):
        try:
            return AddressFilter(ranges, allowed, of_host)
        except OSError as error:
            what = "services of this host, and link-local" if of_host else "link-local"
            send(self.reports, warning=f"programs reach {what} and metadata addresses: {describe(error)}")
            return False

    def watched(self):
        """Filters that follow the host's addresses, by their socket."""
        return {each.changes: each for each in self.filters.values() if each is not False and each.changes}

    def follow_addresses(self, changed):
        try:
            changed.update()
        except OSError as error:
            send(self.reports, warning=f"programs may reach new addresses of this host: {describe(error)}")

    def start(self, spec, confinement):
        (stdin, to_stdin), (from_stdout, stdout) = os.pipe(), os.pipe()
        (from_stderr, stderr), (life, to_life) = os.pipe(), os.pipe()
        own, others = [stdin, stdout, stderr, life], [to_stdin, from_stdout, from_stderr, to_life]
        if spec["asRoot"]:
            for descriptor in own[:3]:  # a program may open /dev/stdout
                os.fchown(descriptor, spec["uid"], spec["gid"])
        contain = processes.contain if spec["bubblewrap"] is None else bubblewrap.contain
        leader = fork(lambda: lead({**spec, "id": confinement}, own, self.reports, self.umask, contain))
        for descriptor in own:
            os.close(descriptor)
        self.confinements[leader] = confinement
        self.unopened[confinement] = others
        send(self.reports, id=confinement, pid=leader, pipes=others)

    def reap(self):
        while self.confinements:
            leader, status = os.waitpid(-1, os.WNOHANG)
            if leader == 0:
                return
            confinement = self.confinements.pop(leader)
            if os.WIFSIGNALED(status):
                send(self.reports, id=confinement, signal=os.WTERMSIG(status))
            else:
                send(self.reports, id=confinement, exit=os.WEXITSTATUS(status))

    def serve(self, requests, wakeups):
        """Returns when the worker has closed its end."""
        received = b""
        while True:
            watched = self.watched()
            readable, _, _ = select.select([requests, wakeups, *watched], [], [])
            for changes in watched.keys() & readable:
                self.follow_addresses(watched[changes])
            if wakeups in readable:
                os.read(wakeups, READ_BYTES)
                self.reap()
            if requests in readable:
                chunk = os.read(requests, READ_BYTES)
                if not chunk:
                    return
                *lines, received = (received + chunk).split(b"\n")
                for line in lines:
                    self.handle(json.loads(line))


def main():
    requests, reports = os.dup(0), os.dup(1)
    null = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(null, descriptor)
    wakeups, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Launcher(reports, os.umask(0o022)).serve(requests, wakeups)


if sys.argv[1:2] == [bubblewrap.INSIDE]:
    inside.main(*map(int, sys.argv[2:]))
else:
    main()
