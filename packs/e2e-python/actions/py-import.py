# Appends its start and end to the `ledger` under `key`, and imports `modules` ({"module": "distribution"}). Prints the
# version and the location of each module, the interpreter's version, the root of the environment, whether that is the
# system's, whether it is below the platform's environments, and a stamp that a new installation would change. With `room`
# it registers there first, and waits until `n` processes are registered; with `gate`, until that file exists (for 40 s
# each, then exit 75).
import importlib
import importlib.metadata
import json
import os
import sys
import time

params = json.load(sys.stdin)


def entry(event):
    with open(params['ledger'], 'a') as ledger:
        now_us = time.time_ns() // 1000
        ledger.write('%s %s %s %d %d\n' % (params['key'], event, os.environ['ATTUNE_EXEC_ID'], os.getpid(), now_us))


def wait_until(condition, what):
    ends_at = time.monotonic() + 40  # an environment may be installed meanwhile, on a busy host
    while time.monotonic() < ends_at:
        if condition():
            return
        time.sleep(0.05)
    print('no ' + what, file=sys.stderr)
    sys.exit(75)


entry('start')
if 'room' in params:
    os.makedirs(params['room'], exist_ok=True)
    open(os.path.join(params['room'], os.environ['ATTUNE_EXEC_ID']), 'w').close()
    wait_until(lambda: len(os.listdir(params['room'])) >= params['n'], 'other process in the room')
if 'gate' in params:
    wait_until(lambda: os.path.exists(params['gate']), 'gate')

modules = {}
for module, distribution in params['modules'].items():
    imported = importlib.import_module(module)
    modules[module] = {
        'version': importlib.metadata.version(distribution),
        'inside': imported.__file__.startswith(sys.prefix + os.sep),
    }
config = os.stat(os.path.join(sys.prefix, 'pyvenv.cfg')) if sys.prefix != sys.base_prefix else None
entry('end')
print(json.dumps({
    'modules': modules,
    'python': '%d.%d.%d' % sys.version_info[:3],
    'root': sys.prefix,
    'system': sys.prefix == sys.base_prefix,
    'managed': sys.prefix.startswith(os.environ['ATTUNE_RUNTIME_ENVS_DIR'] + os.sep),
    'stamp': config and '%d-%d' % (config.st_ino, config.st_mtime_ns),
}))
