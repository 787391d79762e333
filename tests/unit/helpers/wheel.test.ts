import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dirSync } from 'tmp';
import { OWN_PACKAGES } from '../../../helpers/fixtures/python-packages';
import { wheelName, buildWheel } from '../../../helpers/fixtures/wheel';
import { buildZip } from '../../../helpers/fixtures/zip';

const { name: directory, removeCallback } = dirSync({ unsafeCleanup: true });
afterAll(() => removeCallback());

const python = (code: string, ...args: string[]): unknown =>
  JSON.parse(execFileSync('python3', ['-c', `import json, sys\n${code}`, ...args], { encoding: 'utf8' }));

test('Python reads the archive, and equal files give equal bytes', () => {
  const files = new Map([
    ['a/b.txt', 'héllo\n'],
    ['empty', ''],
  ]);
  const path = join(directory, 'a.zip');
  writeFileSync(path, buildZip(files));
  const read = `import zipfile
z = zipfile.ZipFile(sys.argv[1])
print(json.dumps([z.testzip(), {n: z.read(n).decode() for n in z.namelist()}]))`;
  expect(python(read, path)).toEqual([null, Object.fromEntries(files)]);
  expect(buildZip(files).equals(buildZip(files))).toBe(true);
});

test.each(OWN_PACKAGES.map((ownPackage) => [`${ownPackage.name} ${ownPackage.version}`, ownPackage] as const))(
  '%s can be imported and reports its version',
  (_, ownPackage) => {
    const path = join(directory, wheelName(ownPackage));
    writeFileSync(path, buildWheel(ownPackage));
    const read = `import importlib, importlib.metadata
sys.path.insert(0, sys.argv[1])
module = importlib.import_module(sys.argv[2].replace('-', '_'))
print(json.dumps([module.__version__, importlib.metadata.version(sys.argv[2])]))`;
    expect(python(read, path, ownPackage.name)).toEqual([ownPackage.version, ownPackage.version]);
  },
);

test('the PyYAML stand-in parses what the scenarios write', () => {
  const ownPackage = OWN_PACKAGES.find(({ name }) => name === 'e2e-yaml')!;
  const path = join(directory, wheelName(ownPackage));
  writeFileSync(path, buildWheel(ownPackage));
  const text = 'nonce: 0e1x\nnested:\n  list:\n    - 1\n    - two\n  flag: true\n';
  const read = `sys.path.insert(0, sys.argv[1])
import e2e_yaml
print(json.dumps(e2e_yaml.safe_load(sys.argv[2])))`;
  expect(python(read, path, text)).toEqual({ nonce: '0e1x', nested: { list: [1, 'two'], flag: true } });
});
