# Signs the `ledger` under `key`, then imports `modules` ({"module": "distribution"}). Prints the version and the place of each, the interpreter's version,
# the environment's root, whether that is the system's, and a stamp that a new installation would change.
import importlib
import importlib.metadata
import json
import os
import sys
import time

given = json.load(sys.stdin)
with open(given['ledger'], 'a') as ledger:
    now_us = time.time_ns() // 1000
    ledger.write('%s start %s %d %d\n' % (given['key'], os.environ['ATTUNE_EXEC_ID'], os.getpid(), now_us))

modules = {}
for module, distribution in given['modules'].items():
    found = importlib.import_module(module)
    modules[module] = {
        'version': importlib.metadata.version(distribution),
        'inside': found.__file__.startswith(sys.prefix + os.sep),
    }
made = os.stat(os.path.join(sys.prefix, 'pyvenv.cfg')) if sys.prefix != sys.base_prefix else None
print(json.dumps({
    'modules': modules,
    'python': '%d.%d.%d' % sys.version_info[:3],
    'root': sys.prefix,
    'system': sys.prefix == sys.base_prefix,
    'ours': sys.prefix.startswith(os.environ['ATTUNE_RUNTIME_ENVS_DIR'] + os.sep),
    'stamp': made and '%d-%d' % (made.st_ino, made.st_mtime_ns),
}))
