# Appends to the `ledger` under `key`, then imports `modules` ({"module": "distribution"}). Prints the version and the
# location of each module, the interpreter's version, the root of the environment, whether that is the system's, whether
# it is below the platform's environments, and a stamp that a new installation would change.
import importlib
import importlib.metadata
import json
import os
import sys
import time

params = json.load(sys.stdin)
with open(params['ledger'], 'a') as ledger:
    now_us = time.time_ns() // 1000
    ledger.write('%s start %s %d %d\n' % (params['key'], os.environ['ATTUNE_EXEC_ID'], os.getpid(), now_us))

modules = {}
for module, distribution in params['modules'].items():
    imported = importlib.import_module(module)
    modules[module] = {
        'version': importlib.metadata.version(distribution),
        'inside': imported.__file__.startswith(sys.prefix + os.sep),
    }
config = os.stat(os.path.join(sys.prefix, 'pyvenv.cfg')) if sys.prefix != sys.base_prefix else None
print(json.dumps({
    'modules': modules,
    'python': '%d.%d.%d' % sys.version_info[:3],
    'root': sys.prefix,
    'system': sys.prefix == sys.base_prefix,
    'managed': sys.prefix.startswith(os.environ['ATTUNE_RUNTIME_ENVS_DIR'] + os.sep),
    'stamp': config and '%d-%d' % (config.st_ino, config.st_mtime_ns),
}))
