# Sends GET `url` with the header `x-nonce` with the package `http` (`requests` or a compatible one), and parses `text`
# with the package `yaml`. Prints the response body, the parsed document, the version and location of both packages, and
# the name in the pack's own library.
import importlib
import importlib.metadata
import json
import os
import sys

params = json.load(sys.stdin)
modules, packages = {}, {}
for kind in ('http', 'yaml'):
    modules[kind] = importlib.import_module(params[kind]['module'])
    packages[kind] = {
        'version': importlib.metadata.version(params[kind]['name']),
        'inside': modules[kind].__file__.startswith(sys.prefix + os.sep) and sys.prefix != sys.base_prefix,
    }
no_proxy = {'http': None, 'https': None}
response = modules['http'].get(params['url'], headers={'x-nonce': params['nonce']}, timeout=10, proxies=no_proxy)
print(json.dumps({
    'packages': packages,
    'body': response.json(),
    'parsed': modules['yaml'].safe_load(params['text']),
    'library': importlib.import_module('e2e_library').NAME,
}))
