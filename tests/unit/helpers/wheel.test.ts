import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dirSync } from 'tmp';
import { OWN_PACKAGES } from '../../../helpers/python-packages';
import { wheelName, wheelOf } from '../../../helpers/wheel';
import { zipOf } from '../../../helpers/zip';

const { name: directory, removeCallback } = dirSync({ unsafeCleanup: true });
afterAll(() => removeCallback());

const python = (code: string, ...args: string[]): unknown =>
  JSON.parse(execFileSync('python3', ['-c', `import json, sys\n${code}`, ...args], { encoding: 'utf8' }));

test('an archive is what another program reads, and the same from the same files', () => {
  const files = new Map([
    ['a/b.txt', 'héllo\n'],
    ['empty', ''],
  ]);
  const path = join(directory, 'a.zip');
  writeFileSync(path, zipOf(files));
  const read = `import zipfile
z = zipfile.ZipFile(sys.argv[1])
print(json.dumps([z.testzip(), {n: z.read(n).decode() for n in z.namelist()}]))`;
  expect(python(read, path)).toEqual([null, Object.fromEntries(files)]);
  expect(zipOf(files).equals(zipOf(files))).toBe(true);
});

test.each(OWN_PACKAGES.map((own) => [`${own.name} ${own.version}`, own] as const))(
  '%s can be imported, and says its version in both ways',
  (_, own) => {
    const path = join(directory, wheelName(own));
    writeFileSync(path, wheelOf(own));
    const read = `import importlib, importlib.metadata
sys.path.insert(0, sys.argv[1])
module = importlib.import_module(sys.argv[2].replace('-', '_'))
print(json.dumps([module.__version__, importlib.metadata.version(sys.argv[2])]))`;
    expect(python(read, path, own.name)).toEqual([own.version, own.version]);
  },
);

test('the stand-in for PyYAML parses what the scenarios write', () => {
  const own = OWN_PACKAGES.find(({ name }) => name === 'e2e-yaml')!;
  const path = join(directory, wheelName(own));
  writeFileSync(path, wheelOf(own));
  const text = 'nonce: 0e1x\nnested:\n  list:\n    - 1\n    - two\n  flag: true\n';
  const read = `sys.path.insert(0, sys.argv[1])
import e2e_yaml
print(json.dumps(e2e_yaml.safe_load(sys.argv[2])))`;
  expect(python(read, path, text)).toEqual({ nonce: '0e1x', nested: { list: [1, 'two'], flag: true } });
});
