import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
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
  ...['BRANCH_UNKNOWN', 'CONFIG_WITHOUT_VERDICT', 'DATA_DIR_PRIVATE', 'DATA_DIR_UNUSABLE'],
  ...['INVENTORY_INVALID', 'JEST_MISSING', 'LOOP_FAILED', 'NPM_FAILED', 'OUTPUT_FILE_REFUSED'],
  ...['PACKAGE_INVALID', 'PG_ROOT_REFUSED', 'PG_START_FAILED', 'PLATFORM_DIFFERS', 'PROCESS_LEAKED'],
  ...['REPLAY_TOO_LARGE', 'STILL_RUNNING', 'TARGET_UNSUITABLE', 'TENANT_BUSY', 'WATCHDOG_UNUSABLE'],
  ...['WATCH_FAILED'],
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

/** Where a source names a code for a person or a program that reads it. */
const NAMED = [
  /(?:reason|code): '([A-Z][A-Z0-9_]{2,})'/g,
  /(?:new (?:DomainError|StartError|DatabaseRefused|CommandError|SandboxError|GateError)|usageError|packError)\(\s*['`]([A-Z][A-Z0-9_]{3,})/g,
  /^ {2}'?[A-Z0-9]\w+'?: '([A-Z]+_[A-Z_]+)(?:: [^\n]*)?',$/gm,
];

/** A repeated call of a webhook is accepted: the reason is of the log of deliveries. */
const ACCEPTED = ['DUPLICATE'];

test('each code that a source gives to its callers is on a page', () => {
  const { stdout } = spawnSync('git', ['ls-files', '--', 'platform/**.ts', 'cli/**.ts', ':!cli/sandbox', ':!cli/hub'], {
    cwd: projectRoot(),
    encoding: 'utf8',
  });
  const files = stdout.trim().split('\n');
  const docs = join(projectRoot(), 'docs');
  const pages = readdirSync(docs).filter((name) => name.endsWith('.md'));
  const documented = new Set(
    pages.flatMap((name) => readFileSync(join(docs, name), 'utf8').match(/[A-Z][A-Z0-9_]{2,}/g) ?? []),
  );
  const named = files.flatMap((file) => {
    const source = readFileSync(join(projectRoot(), file), 'utf8');
    return NAMED.flatMap((pattern) => [...source.matchAll(pattern)].map(([, code]) => code!));
  });

  expect(named.length).toBeGreaterThan(200);
  expect([...new Set(named)].filter((code) => !documented.has(code) && !ACCEPTED.includes(code)).sort()).toEqual([]);
});
