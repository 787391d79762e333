import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { repositoryRoot } from '../../../../helpers/repository-root';
import type { Context } from '../../../../helpers/scenario/context';

/** Variables of the surrounding run, which name its target, and where its report goes. */
const OF_THE_RUN =
  /^(NODE_OPTIONS$|JEST_|npm_|PLATFORM_|ATTUNE_|E2E_|TEST_USER_|GITHUB_|HUB_|DATABASE_URL$|REQUIRE_LIVE$)/;

/** A run of the suite that has ended. */
export interface EndedRun {
  readonly code: number | null;
  /** What Jest and the suite printed, both streams. */
  readonly output: string;
}

/** Runs `npx jest …` with these variables for its target, and waits. The test's end kills it. */
export async function runSuite(
  ctx: Context,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<EndedRun> {
  const root = repositoryRoot();
  const inherited = Object.entries(process.env).filter(([name]) => !OF_THE_RUN.test(name));
  const run = spawn(process.execPath, [join(root, 'node_modules/jest/bin/jest.js'), ...args], {
    cwd: root,
    env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(run, 'exit') as Promise<[number | null]>;
  ctx.defer(async () => {
    run.kill('SIGKILL');
    await ended;
  });
  const [stdout, stderr, [code]] = await Promise.all([text(run.stdout), text(run.stderr), ended]);
  return { code, output: stdout + stderr };
}
