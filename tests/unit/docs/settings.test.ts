import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsFrom } from '../../../platform/base/settings/settings';

const ROOT = join(__dirname, '../../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

const READERS = [
  'platform/base/settings/settings.ts',
  'platform/base/settings/paired.ts',
  'platform/files/open-log.ts',
  'cli/up/boot.ts',
  'cli/banner.ts',
  'cli/standalone/run-standalone.ts',
  'helpers/target/obtain-target.ts',
  'helpers/target/notifier-address.ts',
  'helpers/target/platform-file.ts',
  'helpers/target/require-instance.ts',
  'helpers/colors.ts',
  'helpers/sized.ts',
  'helpers/target/run-switches.ts',
  'helpers/target/start/suite-settings.ts',
  'helpers/jest/reporter.ts',
  'helpers/jest/write-report.ts',
  'helpers/jest/results-directory.ts',
];

interface Row {
  readonly name: string;
  readonly defaultValue: string | null;
  readonly accepted: string;
}

const rows = read('docs/settings.md')
  .split('\n')
  .flatMap((line): Row[] => {
    const [, name, defaultValue, accepted] = /^\| `([A-Z_0-9]+)` \| (\S+) \| ([^|]+) \| [^|]+ \|$/.exec(line) ?? [];
    if (name === undefined || defaultValue === undefined || accepted === undefined) return [];
    return [
      { name, defaultValue: defaultValue === '–' ? null : defaultValue.replaceAll('`', ''), accepted: accepted.trim() },
    ];
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

test('every variable that the code reads has a row, and no other', () => {
  expect(rows.map(({ name }) => name).sort()).toEqual(readInCode.sort());
});

test.each(rows.filter(({ name, defaultValue }) => name.startsWith('PLATFORM_') && defaultValue !== null))(
  'the default of $name is $otherwise',
  ({ name, defaultValue }) => {
    expect(settingsFrom({ [name]: defaultValue ?? undefined })).toEqual(settingsFrom({}));
  },
);

const bounded = rows.flatMap(({ name, accepted }) => {
  const min = / or more$/.test(accepted) ? Number(accepted.split(' ')[0]) : null;
  return min === null ? [] : [{ name, least: min }];
});

test.each(bounded)('$name takes $least and nothing below', ({ name, least: min }) => {
  expect(() => settingsFrom({ [name]: String(min) })).not.toThrow();
  expect(() => settingsFrom({ [name]: String(min - 0.001) })).toThrow(`${name}=${min - 0.001} is not usable`);
});

test('PLATFORM_ACTION_NETWORK is narrower only with PLATFORM_ISOLATION', () => {
  const networkOf = (network: string, isolation = 'auto') =>
    settingsFrom({ PLATFORM_ACTION_NETWORK: network, PLATFORM_ISOLATION: isolation }).actionNetwork;

  expect([networkOf('full', 'off'), networkOf('api-only'), networkOf('none', 'required')]).toEqual([
    ...['full', 'api-only', 'none'],
  ]);
  expect(() => networkOf('none', 'off')).toThrow('PLATFORM_ACTION_NETWORK=none is not usable: give full, or PLATFORM');
  expect(() => networkOf('open')).toThrow('PLATFORM_ACTION_NETWORK=open is not usable: give full or api-only or none');
});

test('PLATFORM_TRUSTED_PROXIES takes addresses and ranges, or none', () => {
  const proxiesOf = (value: string) => settingsFrom({ PLATFORM_TRUSTED_PROXIES: value }).trustedProxies;

  expect(proxiesOf('10.0.0.0/8, 2001:db8::1')).toEqual(['10.0.0.0/8', '2001:db8::1']);
  expect(proxiesOf('none')).toEqual([]);
  expect(settingsFrom({}).trustedProxies).toEqual([]);
  expect(() => proxiesOf('10.0.0.1,proxy.example')).toThrow('PLATFORM_TRUSTED_PROXIES=proxy.example is not usable');
});
