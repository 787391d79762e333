import { setTimeout as sleep } from 'node:timers/promises';
import type { Context, OpenContext } from './context';
import { EnvironmentError, CombinedError, WaitError, isError, withMessage } from '../errors';
import { executionTree, timeline } from './evidence';
import { withAssertionCounter, type AssertionCounter } from './assertion-count';

export type TestBody = (ctx: Context) => Promise<void>;

/**
 * The result of a test body. `errors`: that of the body with its evidence, then those of the
 * cleanup.
 */
export interface TestOutcome {
  readonly seconds: number;
  /** The body threw EnvironmentError: this host was too slow to decide. */
  readonly isInconclusive: boolean;
  readonly errors: readonly unknown[];
}

/** Time for a wait that ends at the deadline to throw, ms. */
const LAST_CHECK_MS = 500;

/**
 * Runs a test's body, then every release of its context. Returns the errors instead of throwing.
 */
export async function runTestBody(opened: OpenContext, body: TestBody): Promise<TestOutcome> {
  const startedAt = performance.now();
  const errors: unknown[] = [];
  let isInconclusive = false;
  try {
    await runUntilDeadline(opened, body);
  } catch (error) {
    isInconclusive = error instanceof EnvironmentError;
    errors.push(await withEvidence(error, opened));
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  errors.push(...(await opened.cleanup.run()));
  opened.jitter.stop();
  return { seconds, isInconclusive, errors };
}

/** Throws one error unchanged, several as one CombinedError. */
export function throwErrors(errors: readonly unknown[]): void {
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new CombinedError([...errors]);
}

/** Runs the body. Throws if it ends after its deadline or makes no assertion. */
async function runUntilDeadline({ context }: OpenContext, body: TestBody): Promise<void> {
  const counter: AssertionCounter = { assertions: 0 };
  const remainingMs = Math.max(0, context.deadline + LAST_CHECK_MS - performance.now());
  const timeout = sleep(remainingMs, 'late' as const, { ref: false });
  const outcome = await Promise.race([withAssertionCounter(counter, () => body(context)), timeout]);
  if (outcome === 'late')
    throw new Error('the test ran past its deadline: wait with until() or stays(), which stop there');
  if (counter.assertions === 0) throw new Error('the test made no assertion');
}

/**
 * Adds the requests of the test, and the trees and logs of its executions, to the error's message.
 */
async function withEvidence(error: unknown, { context, steps, rootExecutions }: OpenContext): Promise<unknown> {
  if (!isError(error)) return error;
  const { client, facts } = context;
  const needsTrees = !(error instanceof WaitError); // its message contains the tree already
  const executionReports = rootExecutions.map(async (root) => [
    ...(needsTrees ? [await executionTree(client, root), ''] : []),
    await timeline(client, root),
    '',
  ]);
  const hostFacts = `load factor ${facts.loadFactor.toFixed(1)}, slack ${context.slackMs('run').toFixed(0)} ms`;
  const evidence = ['', '', steps.print(), '', ...(await Promise.all(executionReports)).flat(), hostFacts].join('\n');
  return withMessage(error, `${error.message}${evidence}`);
}
