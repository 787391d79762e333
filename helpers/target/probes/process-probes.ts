import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { executionToBe } from '../../scenario/conditions/execution-conditions';
import { recordedInterval } from '../../scenario/intervals';
import type { Ledger, LedgerEntry } from '../../scenario/ledger';
import type { Condition } from '../../scenario/polling';
import { findRunning } from '../../scenario/processes';
import { onlyChildOfTask } from '../../scenario/resources/child-executions';
import {
  completedExecution,
  endOf,
  ledgerInput,
  probeTask,
  requireThat,
  runAction,
  startExecution,
  startProbeWorkflow,
  untilDoneBy,
  type Probe,
} from './probe-context';
import { UndecidedError } from './unproven-error';

/** Longer than any wait of the probes, ms. */
const LONG_SLEEP_MS = 30_000;
const TASK_LIMIT_SECONDS = 1;
/** A task without its limit ends after this time, ms. */
const UNLIMITED_SLEEP_MS = 3_000;

/** A process writes to a file of this host. */
export const probeLedger: Probe = async (context) => {
  const execution = await runAction(context, 'append-ledger', ledgerInput(context, 'shared'));
  await completedExecution(context, execution.id);
  requireThat(
    context.ledger.count('shared') === 1,
    `execution ${execution.id} completed, but this host's file ${context.ledger.path} has no entry of it`,
  );
};

/** Each child of a workflow has a start and a finish. */
export const probeIntervals: Probe = async (context) => {
  const id = await startProbeWorkflow(context, 'interval', [probeTask(context, 'interval', 'append-ledger')]);
  await completedExecution(context, id);
  const child = onlyChildOfTask('interval', await context.client.executions.children(id));
  requireThat(child.started_at !== undefined, `execution ${child.id} has no started_at`);
  const { start, finish } = recordedInterval(child);
  requireThat(finish >= start, `execution ${child.id} finished before it started`);
};

/** The pid that a process writes to the ledger is alive on this host until the process ends. */
export const probeHostProcesses: Probe = async (context) => {
  const { actions, ledger, directory } = context;
  const room = join(directory, 'room-visible');
  mkdirSync(room);
  chmodSync(room, 0o777); // the process may have another user
  const parameters = { ...ledgerInput(context, 'visible'), room, n: 2, hold_ms: 0, limit_ms: LONG_SLEEP_MS };
  const { id } = await startExecution(context, `${actions}.wait-for-peers`, parameters);
  const process = await untilDoneBy(context, id, ledgerStartToAppear(ledger, 'visible'), context.deadline());
  requireThat(
    findRunning([process]).length === 1,
    `process ${process.pid} of execution ${id} is not visible on this host`,
  );
  writeFileSync(join(room, 'probe'), ''); // the second one of the rendezvous: the process ends
  await endOf(context, id);
  requireThat(
    findRunning([process]).length === 0,
    `process ${process.pid} is alive on this host after the end of execution ${id}`,
  );
};

/** Cancelling ends a process that sleeps. */
export const probeCancellation: Probe = async (context) => {
  const { client, actions, ledger } = context;
  const parameters = { ...ledgerInput(context, 'cancelled'), ms: LONG_SLEEP_MS };
  const { id } = await startExecution(context, `${actions}.sleep-for`, parameters);
  await untilDoneBy(context, id, ledgerStartToAppear(ledger, 'cancelled'), context.deadline());
  await client.executions.cancel(id);
  await untilDoneBy(context, id, executionToBe('cancelled', client, id), context.deadline());
};

/** A task over its limit ends without success, before it would end by itself. */
export const probeTaskLimit: Probe = async (context) => {
  const { client, ledger } = context;
  const task = probeTask(context, 'limited', 'sleep-for', { ms: UNLIMITED_SLEEP_MS }, { timeout: TASK_LIMIT_SECONDS });
  const id = await startProbeWorkflow(context, 'limited', [task]);
  await endOf(context, id, context.deadline(UNLIMITED_SLEEP_MS + 5_000));
  const child = onlyChildOfTask('limited', await client.executions.children(id));
  requireThat(
    child.status !== 'completed' && ledger.entries('limited', 'end').length === 0,
    `execution ${child.id} ended ${child.status} after its limit of ${TASK_LIMIT_SECONDS} s`,
  );
};

/** A process in another session ends together with the task that started it. */
export const probeContainment: Probe = async (context) => {
  const { ledger } = context;
  const task = probeTask(context, 'contained', 'leave-session', {}, { timeout: TASK_LIMIT_SECONDS });
  const id = await startProbeWorkflow(context, 'contained', [task]);
  await untilDoneBy(context, id, beatsToAppear(ledger, 'contained'), context.deadline());
  if (findRunning(ledger.entries('contained')).length === 0)
    throw new UndecidedError('the processes of the target are not visible on this host');
  await endOf(context, id, context.deadline(TASK_LIMIT_SECONDS * 1_000 + 8_000));
  const left = findRunning(ledger.entries('contained')).map(({ pid }) => pid);
  requireThat(left.length === 0, `${left.length} processes of execution ${id} run after its end: ${left.join(', ')}`);
};

const ledgerStartToAppear = (ledger: Ledger, key: string): Condition<LedgerEntry> => ({
  name: `a start under ${key} in the ledger`,
  check: () => {
    const [entry] = ledger.entries(key, 'start');
    return entry ? { is: 'met', value: entry } : { is: 'pending', why: 'no start' };
  },
});

const beatsToAppear = (ledger: Ledger, key: string): Condition<number[]> => ({
  name: `beats under ${key} in the ledger`,
  check: () => {
    const pids = ledger.entries(key, 'beat').map(({ pid }) => pid);
    return pids.length > 0 ? { is: 'met', value: pids } : { is: 'pending', why: 'no beat' };
  },
});
