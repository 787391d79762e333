import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_STATUS, EXIT_CODES } from '../../../contract/errors';
import { projectRoot } from '../../../platform/base/directories';

const page = readFileSync(join(projectRoot(), 'docs', 'errors.md'), 'utf8');
const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (\d{3}) \| (\d) \| ([^|]+) \| ([^|]+) \|$/gm)];

test('the page and the contract name the same codes with the same statuses', () => {
  expect(Object.fromEntries(rows.map(([, code, status]) => [code, Number(status)]))).toEqual(ERROR_STATUS);
  expect(rows).toHaveLength(Object.keys(ERROR_STATUS).length);
});

test('every row gives an exit code, a meaning and a remedy', () => {
  const exits = new Set<number>(Object.values(EXIT_CODES));

  expect(rows.filter(([, , , exit, meaning, remedy]) => exits.has(Number(exit)) && meaning && remedy)).toHaveLength(
    rows.length,
  );
});

/** Faults of a machine, or of what is installed on it, which no test causes. */
const UNTESTED = [
  ...['API_MISSING', 'BRANCH_UNKNOWN', 'CLOCK_OF_TENANT', 'CONFIG_WITHOUT_VERDICT', 'EXECUTION_NOT_ENDED'],
  ...['HOST_NOT_HERE', 'JEST_MISSING', 'LOOP_FAILED', 'NOTHING_MEASURED', 'NO_FLAKE', 'NPM_FAILED'],
  ...['OUTPUT_FILE_REFUSED', 'PACKAGE_INVALID', 'PG_ROOT_REFUSED', 'PLATFORM_DIFFERS', 'POLICY_MISSING'],
  ...['PORT_REFUSED', 'REPLAY_TOO_LARGE', 'TENANT_BUSY', 'WATCH_FAILED'],
];

test('each code of the page is in a test, or in a list of those that are not', () => {
  const cells = [...page.matchAll(/^\| (`[A-Z][A-Z0-9_]{3,}`(?:, `[A-Z][A-Z0-9_]{3,}`)*) \|/gm)].map(
    ([, cell]) => cell!,
  );
  const codes = new Set(cells.flatMap((cell) => cell.split(', ').map((code) => code.slice(1, -1))));
  const sources = ['tests', ':!tests/promises', ':!tests/unit/api/errors-page.test.ts'];
  const { stdout } = spawnSync('git', ['grep', '-hoE', '[A-Z][A-Z0-9_]{3,}', '--', ...sources], {
    cwd: projectRoot(),
    encoding: 'utf8',
    maxBuffer: 64 * 1_024 * 1_024,
  });
  const tested = new Set(stdout.split('\n'));

  expect([...codes].filter((code) => !tested.has(code)).sort()).toEqual([...UNTESTED].sort());
});
