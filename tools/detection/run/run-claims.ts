import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join, posix } from 'node:path';
import { credentialVariables } from '../../../helpers/arms';
import type { CensusLine } from '../../../helpers/scenario/census';
import { endGroupOnAbort } from '../../../helpers/child-groups';
import { Interrupted } from '../../../helpers/errors';
import { newRunMark } from '../../../helpers/run-mark';
import { readClaimResults, readClaimRuns, REPORT, type ClaimResult, type ClaimRun } from './claim-results';

/** One run of the suite. */
export interface ClaimsRun {
  /** From the start of Jest to its end. */
  readonly seconds: number;
  readonly results: readonly ClaimResult[];
  /** When each claim ran. */
  readonly times: readonly ClaimRun[];
}

export interface ClaimsRequest {
  /** Of the copy of the project. */
  readonly root: string;
  readonly claims: readonly CensusLine[];
  /** Aborts on Ctrl-C: Jest and its platform are stopped. */
  readonly stop: AbortSignal;
  readonly variables?: Readonly<Record<string, string>>;
  /** Test files at the same time. */
  readonly workers?: number;
  /** Run no further file after one with a failed claim; the claims of others count as not run. */
  readonly stopsAtFailure?: boolean;
  /** Whether all composed workflows run, or the sample of a usual run; all by default. */
  readonly sizes?: 'full' | 'ci';
}

/** Variables that would select another platform or other tests, or show failures in CI. */
const OVERRIDING =
  /^(npm_|NODE_OPTIONS$|JEST_|GITHUB_|HUB_|DATABASE_URL$|PLATFORM_|ATTUNE_|E2E_(?!CONTAINER_)|REQUIRE_LIVE$)/i;

/** Fewer than in a run of the suite: a busy host decides nothing. */
const JEST_WORKERS = 2;
/** A run that takes longer is stopped; its claims then count as not run, ms. */
const RUN_LIMIT_MS = 300_000;
/** Of the composed workflows: the cases are the same in each run. */
const SEED = '1';
const LIMIT_PER_CLAIM_MS = 30_000;
/** Of arms with a key of the user, which no service of the tests checks. */
const OWN_KEYS = Object.fromEntries(
  credentialVariables('shell+user').map((name) => [name, `detection-${randomUUID()}`]),
);

/** Runs the claims in the copy of the project. Rejects with Interrupted when the signal aborts. */
export async function runClaims(request: ClaimsRequest): Promise<ClaimsRun> {
  const {
    root,
    claims,
    stop,
    variables = {},
    workers = JEST_WORKERS,
    stopsAtFailure = false,
    sizes = 'full',
  } = request;
  rmSync(join(root, 'results'), { recursive: true, force: true });
  rmSync(join(root, REPORT), { force: true });
  const files = [...new Set(claims.map(({ file }) => posix.join('tests/e2e', file)))];
  const ids = claims.map(({ id }) => id.replace('.', '\\.'));
  const startedAt = performance.now();
  const projects = ['--selectProjects', ...new Set(files.map(projectOf))];
  const selection = [
    '--maxWorkers',
    String(workers),
    ...(stopsAtFailure ? ['--bail'] : []),
    '--testNamePattern',
    `^(${ids.join('|')}) `,
    '--runTestsByPath',
    ...files,
  ];
  const limit = AbortSignal.timeout(RUN_LIMIT_MS + LIMIT_PER_CLAIM_MS * claims.length);
  const output = await runJest(root, [...projects, '--json', `--outputFile=${REPORT}`, ...selection], {
    stop,
    limit,
    variables: { E2E_SEED: SEED, E2E_SIZES: sizes, ...OWN_KEYS, ...variables },
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  return { seconds, results: readClaimResults(root, claims, output), times: readClaimRuns(root) };
}

/** `tier1` for `tests/e2e/tier1/…`, `integration` for `tests/integration/…`. */
const projectOf = (path: string): string => path.replace(/^tests\/(e2e\/)?/, '').split('/')[0]!;

function runJest(
  root: string,
  args: readonly string[],
  { stop, limit, variables }: Required<Pick<ClaimsRequest, 'stop' | 'variables'>> & { limit: AbortSignal },
): Promise<string> {
  const inherited = Object.entries(process.env).filter(([name]) => !OVERRIDING.test(name));
  const mark = newRunMark();
  return new Promise((resolve, reject) => {
    // A process group of its own, so that Ctrl-C in the terminal reaches Jest only once.
    const child = spawn(process.execPath, [join(root, 'node_modules/jest/bin/jest.js'), ...args], {
      cwd: root,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...variables, ...mark },
    });
    const output: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    endGroupOnAbort(child, AbortSignal.any([stop, limit]), { mark });
    child.once('error', reject);
    child.once('close', () => {
      if (stop.aborted) reject(new Interrupted());
      else resolve(output.join(''));
    });
  });
}
