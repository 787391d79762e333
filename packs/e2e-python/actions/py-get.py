# GETs `url` with the header `x-nonce` through the package `http` (`requests`, or one that does the same), and parses
# `text` with the package `yaml`. Prints the body, the structure, and the version and place of both.
import importlib
import importlib.metadata
import json
import os
import sys

given = json.load(sys.stdin)
modules, seen = {}, {}
for kind in ('http', 'yaml'):
    modules[kind] = importlib.import_module(given[kind]['module'])
    seen[kind] = {
        'version': importlib.metadata.version(given[kind]['name']),
        'inside': modules[kind].__file__.startswith(sys.prefix + os.sep) and sys.prefix != sys.base_prefix,
    }
direct = {'http': None, 'https': None}
answer = modules['http'].get(given['url'], headers={'x-nonce': given['nonce']}, timeout=10, proxies=direct)
print(json.dumps({'seen': seen, 'body': answer.json(), 'parsed': modules['yaml'].safe_load(given['text'])}))
