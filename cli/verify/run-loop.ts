import type { Execution } from '../../contract/executions';
import type { Client } from '../../helpers/client/client';
import { laterBy } from '../clock/parse-instant';
import { goesOn, mayHaveStarted } from '../run/execution-outcome';
import { throwRejection } from '../run/rejection';
import type { Assertion } from './compare-output';
import { compareState } from './compare-state';
import type { Expectation } from './expectations';
import { firedLines } from '../clock/clock-lines';
import { moveTo, withPinnedClock } from './pinned-clock';
import type { ProveOptions } from './prove-options';
import { reportAssertions } from './report-assertions';
import { runToEnd } from './run-to-end';
import type { TimelineStep } from './timeline';
import type { WorkflowLoop } from './workflow-loop';

/** A run, as it is when nothing more is compared. */
export interface LoopRun {
  readonly execution: Execution;
  readonly assertions: readonly Assertion[];
  /** Its status is that of the last expectation; without one, `completed`. */
  readonly isAsExpected: boolean;
}

/** Starts the workflow, and compares its run with what is expected. */
export const runLoop = (client: Client, loop: WorkflowLoop, options: ProveOptions): Promise<LoopRun> =>
  loop.timeline === null
    ? runInRealTime(client, loop, options)
    : withPinnedClock(options.logInAgain, (start) => runThrough(client, loop, { ...options, start }, loop.timeline!));

async function runInRealTime(client: Client, loop: WorkflowLoop, options: ProveOptions): Promise<LoopRun> {
  const execution = await runToEnd(client, await start(client, loop, options));
  const [expectation] = loop.expectations;
  const isAsExpected = endsAsExpected(execution, expectation);
  if (!isAsExpected || expectation === undefined) return { execution, isAsExpected, assertions: [] };
  return { execution, isAsExpected, assertions: await compareState(client, execution, expectation) };
}

async function start(client: Client, loop: WorkflowLoop, { url, report }: ProveOptions): Promise<number> {
  report(mayHaveStarted(url));
  const { id } = await client.workflows.execute(loop.ref, loop.inputs).catch(throwRejection);
  report(goesOn(url, id));
  return id;
}

interface TimedOptions extends ProveOptions {
  /** The instant at which the clock stands still. */
  readonly start: string;
}

/** Moves the clock from instant to instant, and compares at each. Prints each of them. */
async function runThrough(
  client: Client,
  loop: WorkflowLoop,
  options: TimedOptions,
  timeline: readonly TimelineStep[],
): Promise<LoopRun> {
  const id = await start(client, loop, options);
  const assertions: Assertion[] = [];
  for (const { afterMs, expectation } of timeline) {
    const { now, fired } = await moveTo(options.logInAgain, laterBy(options.start, afterMs));
    options.steps.passed(`the clock is at ${now}`);
    options.steps.detail(firedLines(fired));
    if (expectation === null) continue;
    const ofStep = await compareState(...(await stateOf(options, id)), expectation);
    reportAssertions(options.steps, ofStep, loop.expectedFile ?? '');
    assertions.push(...ofStep);
  }
  const [, execution] = await stateOf(options, id);
  return { execution, assertions, isAsExpected: endsAsExpected(execution, loop.expectations.at(-1)) };
}

/** Where the last expectation is about an instant, and states no status, any is right. */
function endsAsExpected({ status }: Execution, last: Expectation | undefined): boolean {
  const isAnyRight = last !== undefined && last.afterMs !== null && last.status === null;
  return isAnyRight || status === (last?.status ?? 'completed');
}

async function stateOf({ logInAgain }: ProveOptions, id: number): Promise<[Client, Execution]> {
  const client = await logInAgain();
  return [client, await client.executions.get(id)];
}
