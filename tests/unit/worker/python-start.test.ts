import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runsPackageCodeAtStart } from '../../../platform/worker/runtimes/python-start';
import { testDirectory } from '../../test-directory';

const directory = testDirectory();

let environments = 0;

/** Whether an environment and a library with one file run code at the start of Python. */
function runsCode(path: string, text = ''): boolean {
  const root = join(directory, String(++environments));
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  return runsPackageCodeAtStart(join(root, 'env/bin/python'), join(root, 'lib'));
}

test.each([
  ['lib/sitecustomize.py', ''],
  ['lib/usercustomize.so', ''],
  ['lib/sitecustomize/__init__.py', ''],
  ['env/lib/python3.12/site-packages/sitecustomize.py', ''],
  ['env/lib/python3.12/site-packages/trace.pth', '/some/path\nimport trace\n'],
])('%s is run at the start of Python', (path, text) => {
  expect(runsCode(path, text)).toBe(true);
});

test.each([
  ['lib/site.py', ''],
  ['lib/demo/sitecustomize.py', ''],
  ['env/lib/python3.12/site-packages/demo.py', ''],
  ['env/lib/python3.12/site-packages/paths.pth', '# import trace\n/import path\n'],
])('%s is not', (path, text) => {
  expect(runsCode(path, text)).toBe(false);
});
