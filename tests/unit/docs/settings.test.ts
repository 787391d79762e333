import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsFrom } from '../../../platform/settings';

const ROOT = join(__dirname, '../../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

const READERS = [
  'platform/settings.ts',
  'platform/worker/log.ts',
  'cli/up.ts',
  'cli/banner.ts',
  'helpers/target.ts',
  'helpers/live-address.ts',
  'helpers/evidence.ts',
  'helpers/jest/reporter.ts',
];

interface Row {
  readonly name: string;
  readonly otherwise: string | null;
  readonly takes: string;
}

const rows = read('docs/settings.md')
  .split('\n')
  .flatMap((line): Row[] => {
    const [, name, otherwise, takes] = /^\| `([A-Z_0-9]+)` \| (\S+) \| ([^|]+) \| [^|]+ \|$/.exec(line) ?? [];
    if (name === undefined || otherwise === undefined || takes === undefined) return [];
    return [{ name, otherwise: otherwise === '–' ? null : otherwise.replaceAll('`', ''), takes: takes.trim() }];
  });

const readInCode = [
  ...new Set(
    READERS.flatMap((file) =>
      [...read(file).matchAll(/\benv\.([A-Z][A-Z_0-9]+)|\(env, '([A-Z][A-Z_0-9]+)'/g)].map(
        ([, dotted, quoted]) => dotted ?? quoted!,
      ),
    ),
  ),
];

test('every variable that is read has a row, and every row is read', () => {
  expect(rows.map(({ name }) => name).sort()).toEqual(readInCode.sort());
});

test.each(rows.filter(({ name, otherwise }) => name.startsWith('PLATFORM_') && otherwise !== null))(
  'the default of $name is $otherwise',
  ({ name, otherwise }) => {
    expect(settingsFrom({ [name]: otherwise ?? undefined })).toEqual(settingsFrom({}));
  },
);

const bounded = rows.flatMap(({ name, takes }) => {
  const least = / or more$/.test(takes) ? Number(takes.split(' ')[0]) : null;
  return least === null ? [] : [{ name, least }];
});

test.each(bounded)('$name takes $least and nothing below', ({ name, least }) => {
  expect(() => settingsFrom({ [name]: String(least) })).not.toThrow();
  expect(() => settingsFrom({ [name]: String(least - 0.001) })).toThrow(`${name}=${least - 0.001} is not usable`);
});
