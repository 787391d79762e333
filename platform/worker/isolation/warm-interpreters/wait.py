"""Waits for a program in Python, and runs it as the interpreter does: `wait.py <descriptor>`.

The request is described in warm-interpreter.ts. Nothing is imported that a pack could replace:
both modules are loaded when the interpreter has started.
"""

import os
import signal
import sys


def read(descriptor, size):
    parts = []
    while size > 0:
        parts.append(os.read(descriptor, size))
        if not parts[-1]:
            os.kill(os.getpid(), signal.SIGKILL)  # the worker has closed the pipe
        size -= len(parts[-1])
    return b"".join(parts)


def receive(descriptor):
    length = b""
    while not length.endswith(b"\n"):
        length += read(descriptor, 1)
    request, fields = read(descriptor, int(length)), []
    os.close(descriptor)
    while request:
        size, _, rest = request.partition(b":")
        fields.append(rest[: int(size)])
        request = rest[int(size) :]
    fields.reverse()
    take_many = lambda: [fields.pop() for _ in range(int(fields.pop()))]
    return fields.pop(), fields.pop() == b"1", int(fields.pop()), take_many(), take_many(), take_many()


def pairs(values):
    return zip(values[::2], values[1::2])


def prepare(directory, has_input, environment, files):
    umask = os.umask(0o377)
    for path, text in pairs(files):
        with open(path, "xb") as file:
            file.write(text)
    os.umask(umask)
    if not has_input:
        null = os.open("/dev/null", os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
    os.chdir(directory)
    os.environb.clear()
    os.environb[b"PWD"] = os.getcwdb()
    for name, value in pairs(environment):
        os.environb[name] = value


def without_waiting(kind, error, traceback):
    """Prints an uncaught error with the frames of the program alone."""
    while traceback is not None and traceback.tb_frame.f_code.co_filename == __file__:
        traceback = traceback.tb_next
    error.__traceback__ = traceback
    sys.__excepthook__(kind, error, traceback)


def run(path):
    main = type(sys)("__main__")
    main.__loader__ = type(__loader__)("__main__", path)
    main.__builtins__ = __builtins__
    main.__annotations__ = {}
    main.__cached__ = None
    main.__file__ = path
    sys.modules["__main__"] = main
    with open(path, "rb") as file:
        source = file.read()
    exec(compile(source, path, "exec", dont_inherit=True), main.__dict__)


directory, has_input, options, command, environment, files = receive(int(sys.argv[1]))
prepare(directory, has_input, environment, files)
sys.orig_argv = [os.fsdecode(argument) for argument in command]
sys.argv = sys.orig_argv[1 + options :]
sys.path[0] = os.path.dirname(os.path.realpath(sys.argv[0]))
sys.excepthook = without_waiting
run(sys.argv[0])
