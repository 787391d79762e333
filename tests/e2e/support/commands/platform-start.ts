import type { RunningPlatform, RunningProcess } from '../../../../contract/platform-file';
import { predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { startCommand, type CommandOptions, type RunningCommand } from './command-line';
import { parseJsonText } from '../../../../contract/json-text/parse-json-text';

/** How a start of a platform ended, or the facts of the platform, which then runs. */
export interface PlatformStart {
  /** Null: it did not become ready. */
  readonly running: RunningPlatform | null;
  /** Of a start that failed; null while the platform runs. */
  readonly code: number | null;
  /** What it printed until it ended; empty while it runs. */
  readonly stderr: string;
  /** Stops a platform that runs, and waits for its end. */
  stop(): Promise<void>;
}

/**
 * Starts a platform on free ports, and waits until it is ready or has ended. The test's end kills
 * it. Its log is off, so that stderr has the failure only.
 */
export async function tryStart(
  ctx: Context,
  args: readonly string[],
  { env, ...options }: CommandOptions = {},
): Promise<PlatformStart> {
  const command = startCommand(ctx, ['up', '--json', '--port', '0', ...args], {
    ...options,
    env: { PLATFORM_LOG_LEVEL: 'silent', DATABASE_URL: '', ...env },
  });
  let end: Awaited<typeof command.ended> | undefined;
  const ended = command.ended.then((outcome) => (end = outcome));
  const hasStarted = () => end !== undefined || command.lines.length > 0;
  await until(predicateToHold('the platform to be ready or to end', hasStarted), ctx.deadline);
  const [line] = command.lines;
  return {
    running: line === undefined ? null : (parseJsonText(line.text) as RunningPlatform),
    code: end?.code ?? null,
    stderr: end?.stderr ?? '',
    stop: async () => {
      command.kill('SIGTERM');
      await ended;
    },
  };
}

/** The same for a start that must succeed. Throws what it printed. */
export async function start(ctx: Context, args: readonly string[], options?: CommandOptions) {
  const { running, code, stderr, stop } = await tryStart(ctx, args, options);
  if (running === null) throw new Error(`the platform ended with ${code}: ${stderr}`);
  return { running, stop };
}

/** The line of `--json` of a process of the platform that has started. */
export const printedFacts = ({ lines }: RunningCommand): RunningProcess =>
  parseJsonText(lines[0]!.text) as RunningProcess;
