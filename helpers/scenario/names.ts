import { randomInt } from 'node:crypto';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** `length` random letters and digits, lower case. */
export const randomName = (length: number): string =>
  Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');

/** Its path may begin below `tests/e2e`. */
const SYSTEM_TEST_FILE = /(?:^|tests[/\\]e2e[/\\])(?:systems|attacks)[/\\](?:[a-z]+[/\\])?([a-z0-9-]+)\.test\.ts$/;

/** Whether the tests of the file are in no tier, so that their ids begin with its name. */
export const isSystemTestFile = (path: string): boolean => SYSTEM_TEST_FILE.test(path);

/**
 * The part of a test file's name that names of its objects start with: `t2-01` for
 * `tier2/t2-01-nested-workflow.test.ts`, `attack_webhooks` for
 * `attacks/attack-webhooks.test.ts`. Two files with one number share it.
 */
export function scenarioName(path: string): string {
  const [, scenario] = /([a-z]+\d*-\d+)-[^/\\]*\.test\.ts$/.exec(path) ?? [];
  const [, system] = SYSTEM_TEST_FILE.exec(path) ?? [];
  const name = scenario ?? system?.replaceAll('-', '_');
  if (name === undefined)
    throw new Error(
      `not a scenario file: ${path}; expected tests/e2e/tier*/t*-<number>-<name>.test.ts or tests/e2e/{systems,attacks}/<name>.test.ts`,
    );
  return name;
}

/** `e2e-7q2x-`: the prefix of every name that a run creates. */
export const runPrefix = (run: string): string => `e2e-${run}-`;

/**
 * `e2e-7q2x-t2-01-a-`: the prefix of every name that a test creates; `id` ends with its letter. It
 * is never a prefix of the names of a test with another letter, or of another scenario.
 */
export const namePrefix = (run: string, path: string, id: string): string =>
  `${runPrefix(run)}${scenarioName(path)}-${id.slice(-1)}-`;

/** `e2e-7q2x-t2-01-a-child-3fa91c`: run, file, test, part, nonce. A valid pack ref. */
export const uniqueName = (run: string, path: string, id: string, part: string): string =>
  `${namePrefix(run, path, id)}${part}-${randomName(6)}`;

/** `WS-02` or `S3-01`. */
const TITLE_ID = /^[A-Z][A-Z\d]-\d{2}/;

/**
 * `attack_live/WS-02`: the id of a system test, from the name of its file and the id in its title.
 */
export const systemTestId = (path: string, title: string): string =>
  [scenarioName(path), ...(TITLE_ID.exec(title) ?? [])].join('/');
