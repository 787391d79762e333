import { setTimeout as sleep } from 'node:timers/promises';
import type { Context, OpenContext } from './context';
import { EnvironmentError, Failures, WaitError, isError, retold } from './errors';
import { executionTree, timeline } from './evidence';
import { withTally, type Tally } from './tally';

export type Body = (ctx: Context) => Promise<void>;

/** How a body went; `errors` are those of the body, with its evidence, and of every release. */
export interface Outcome {
  readonly seconds: number;
  /** This host was too slow, or too busy, to judge. */
  readonly cannotTell: boolean;
  readonly errors: readonly unknown[];
}

/** A wait that ends at the deadline still throws within this, ms. */
const LAST_WAIT_MS = 500;

/** Runs a test's body, then every release of its context. What went wrong is answered, not thrown. */
export async function carryOut(open: OpenContext, body: Body): Promise<Outcome> {
  const began = performance.now();
  const errors: unknown[] = [];
  let cannotTell = false;
  try {
    await bodyOf(open, body);
  } catch (error) {
    cannotTell = error instanceof EnvironmentError;
    errors.push(await withEvidence(error, open));
  }
  const seconds = (performance.now() - began) / 1_000;
  errors.push(...(await open.cleanup.run()));
  open.jitter.stop();
  return { seconds, cannotTell, errors };
}

/** One error as it is, several as Failures with every message. */
export function throwAll(errors: readonly unknown[]): void {
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new Failures([...errors]);
}

/** The body, which may not outlive its deadline, and must assert something. */
async function bodyOf({ context }: OpenContext, body: Body): Promise<void> {
  const tally: Tally = { assertions: 0 };
  const left = Math.max(0, context.deadline + LAST_WAIT_MS - performance.now());
  const late = sleep(left, 'late' as const, { ref: false });
  const ended = await Promise.race([withTally(tally, () => body(context)), late]);
  if (ended === 'late')
    throw new Error('the claim outlived its deadline: something in it does not wait through until()');
  if (tally.assertions === 0) throw new Error('the claim asserted nothing');
}

/** The same failure at the same place; its message goes on with what the test did and what became of its executions. */
async function withEvidence(error: unknown, { context, steps, roots }: OpenContext): Promise<unknown> {
  if (!isError(error)) return error;
  const { client, facts } = context;
  const drawTrees = !(error instanceof WaitError); // its message holds the tree already
  const stories = roots.map(async (root) => [
    ...(drawTrees ? [await executionTree(client, root), ''] : []),
    await timeline(client, root),
    '',
  ]);
  const measured = `load factor ${facts.loadFactor.toFixed(1)}, slack ${context.slackMs('run').toFixed(0)} ms`;
  const evidence = ['', '', steps.print(), '', ...(await Promise.all(stories)).flat(), measured].join('\n');
  return retold(error, `${error.message}${evidence}`);
}
