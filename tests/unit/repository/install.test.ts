import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

interface Lock {
  readonly packages: Readonly<Record<string, { hasInstallScript?: boolean; resolved?: string }>>;
}
const lock = JSON.parse(read('package-lock.json')) as Lock;
const { allowScripts } = JSON.parse(read('package.json')) as { allowScripts: Record<string, boolean> };

const nameOf = (path: string): string => path.replace(/^.*node_modules\//, '');

test('SC-01 every install script of a dependency is listed, none may run', () => {
  const scripted = Object.entries(lock.packages).filter(([, entry]) => entry.hasInstallScript);

  expect(Object.keys(allowScripts).sort()).toEqual([...new Set(scripted.map(([path]) => nameOf(path)))].sort());
  expect(new Set(Object.values(allowScripts))).toEqual(new Set([false]));
});

test('every listed install script has its reason in the docs', () => {
  const page = read('docs/decisions/install-scripts.md');

  expect(
    Object.keys(allowScripts).filter((name) => !page.includes(`\`${name.replace(/-[a-z0-9]+-[a-z0-9]+$/, '')}`)),
  ).toEqual([]);
});

test('SC-01 the lock file names no host', () => {
  expect(Object.values(lock.packages).filter((entry) => entry.resolved?.startsWith('http'))).toEqual([]);
});
