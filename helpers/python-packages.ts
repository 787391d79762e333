import type { PythonPackage } from './wheel';

/** A tiny package in three versions, each of which says which it is. */
const dependency = (version: string): PythonPackage => ({
  name: 'e2e-dep',
  version,
  source: `__version__ = '${version}'\n`,
});

/** Does of `requests` what the scenarios need: one GET with headers, and its JSON. */
const HTTP = `import json
import urllib.request

__version__ = '1.0.0'


class Response:
    def __init__(self, text):
        self.text = text

    def json(self):
        return json.loads(self.text)


def get(url, headers=None, timeout=None, proxies=None):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(urllib.request.Request(url, headers=headers or {}), timeout=timeout) as answer:
        return Response(answer.read().decode())
`;

/** Does of `PyYAML` what the scenarios need: mappings and lists by indentation, and plain scalars. */
const YAML = `import json

__version__ = '1.0.0'


def _scalar(text):
    try:
        return json.loads(text)
    except ValueError:
        return text


def _block(lines, indent):
    if lines[0][1].startswith('- '):
        found = []
        while lines and lines[0][0] == indent:
            found.append(_scalar(lines.pop(0)[1][2:].strip()))
        return found
    found = {}
    while lines and lines[0][0] == indent:
        key, _, value = lines.pop(0)[1].partition(':')
        found[key] = _scalar(value.strip()) if value.strip() else _block(lines, lines[0][0])
    return found


def safe_load(text):
    lines = [(len(line) - len(line.lstrip()), line.strip()) for line in text.splitlines() if line.strip()]
    return _block(lines, 0) if lines else None
`;

export const STAND_INS = {
  http: { name: 'e2e-http', version: '1.0.0', source: HTTP },
  yaml: { name: 'e2e-yaml', version: '1.0.0', source: YAML },
} as const satisfies Record<string, PythonPackage>;

/** Everything that the suite makes itself. */
export const OWN_PACKAGES: readonly PythonPackage[] = [
  ...['1.0.0', '2.0.0', '3.0.0'].map(dependency),
  ...Object.values(STAND_INS),
];
