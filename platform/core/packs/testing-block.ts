import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { TEST_RUNNERS, type TestRunner } from '../../../contract/pack-tests';

/** How the output of a suite is read. */
const RESULT_FORMATS = ['simple', 'tap', 'unittest', 'pytest'] as const;
export type ResultFormat = (typeof RESULT_FORMATS)[number];

/** One entry of `testing.runners`. */
export interface SuitePlan {
  readonly name: string;
  readonly runner: TestRunner;
  /** A file, from the root of the pack. */
  readonly entryPoint: string;
  readonly timeoutSeconds: number;
  readonly format: ResultFormat;
}

/** What `testing` in pack.yaml requests. */
export type Testing =
  | { readonly is: 'absent' | 'disabled' }
  | { readonly is: 'enabled'; readonly suites: readonly SuitePlan[] }
  | { readonly is: 'invalid'; readonly path: string; readonly why: string };

const MAX_SUITES = 10;
const MAX_NAME_LENGTH = 100;
const MAX_PATH_LENGTH = 1_024;
const MAX_TIMEOUT_SECONDS = 600;
const DEFAULT_TIMEOUT_SECONDS = 300;

const ALIASES: Readonly<Record<string, TestRunner>> = { shell: 'script', nodejs: 'node' };
const DEFAULT_FORMATS: Readonly<Record<TestRunner, ResultFormat>> = {
  script: 'simple',
  unittest: 'unittest',
  pytest: 'pytest',
  node: 'tap',
};

class InvalidTesting extends Error {
  constructor(
    readonly path: string,
    message: string,
  ) {
    super(message);
  }
}

/** Tests run only where `enabled` is true; any other block is not read further. */
export function parseTesting(block: Json | undefined): Testing {
  if (block === undefined || block === null) return { is: 'absent' };
  try {
    if (!isObject(block)) throw new InvalidTesting('testing', 'testing must be a map');
    return block.enabled === true ? { is: 'enabled', suites: parseRunners(block.runners) } : { is: 'disabled' };
  } catch (error) {
    if (!(error instanceof InvalidTesting)) throw error;
    return { is: 'invalid', path: error.path, why: error.message };
  }
}

function parseRunners(runners: Json | undefined): SuitePlan[] {
  const path = 'testing.runners';
  const entries = isObject(runners) ? Object.entries(runners) : [];
  if (entries.length === 0) throw new InvalidTesting(path, 'runners must be a map with at least one runner');
  if (entries.length > MAX_SUITES) throw new InvalidTesting(path, `a pack has at most ${MAX_SUITES} runners`);
  return entries.map(([name, runner]) => parseRunner(name, runner));
}

function parseRunner(name: string, block: Json): SuitePlan {
  const path = `testing.runners.${name.slice(0, MAX_NAME_LENGTH)}`;
  if (name === '' || name.length > MAX_NAME_LENGTH || UNSTORABLE.test(name))
    throw new InvalidTesting(path, `the name of a runner has 1 to ${MAX_NAME_LENGTH} characters`);
  if (!isObject(block)) throw new InvalidTesting(path, 'a runner must be a map');
  const runner = parseType(block, path);
  return {
    name,
    runner,
    entryPoint: parseEntryPoint(block, path),
    timeoutSeconds: parseTimeout(block, path),
    format: parseFormat(block, path) ?? DEFAULT_FORMATS[runner],
  };
}

function parseType({ type = 'script' }: JsonObject, path: string): TestRunner {
  const name = typeof type === 'string' && Object.hasOwn(ALIASES, type) ? ALIASES[type] : type;
  const runner = TEST_RUNNERS.find((known) => known === name);
  if (runner !== undefined) return runner;
  throw new InvalidTesting(`${path}.type`, `type must be one of ${TEST_RUNNERS.join(', ')}`);
}

function parseEntryPoint({ entry_point: entryPoint }: JsonObject, path: string): string {
  const isPath = typeof entryPoint === 'string' && entryPoint !== '' && entryPoint.length <= MAX_PATH_LENGTH;
  if (isPath && isInsidePack(entryPoint)) return entryPoint;
  throw new InvalidTesting(`${path}.entry_point`, 'entry_point must be the path of a file, from the root of the pack');
}

const UNSTORABLE = /[\0\n\r\p{Surrogate}]/u;

const isInsidePack = (path: string): boolean =>
  !UNSTORABLE.test(path) && !path.startsWith('/') && !path.startsWith('-') && !path.split('/').includes('..');

function parseTimeout({ timeout = DEFAULT_TIMEOUT_SECONDS }: JsonObject, path: string): number {
  if (typeof timeout === 'number' && timeout > 0 && timeout <= MAX_TIMEOUT_SECONDS) return timeout;
  throw new InvalidTesting(
    `${path}.timeout`,
    `timeout must be seconds, more than 0 and at most ${MAX_TIMEOUT_SECONDS}`,
  );
}

function parseFormat({ result_format: format }: JsonObject, path: string): ResultFormat | undefined {
  const known = RESULT_FORMATS.find((name) => name === format);
  if (known !== undefined || format === undefined || format === null) return known;
  throw new InvalidTesting(`${path}.result_format`, `result_format must be one of ${RESULT_FORMATS.join(', ')}`);
}
