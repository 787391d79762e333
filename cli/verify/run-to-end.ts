import { setTimeout as sleep } from 'node:timers/promises';
import { ROLES, type Role } from '../../contract/capabilities';
import { EXIT_CODES } from '../../contract/errors';
import type { Execution, ExecutionNode } from '../../contract/executions';
import { isTerminal } from '../../contract/status';
import type { Client } from '../../helpers/client/client';
import { CommandError } from '../failures';

const POLL_MS = 50;
const START_LIMIT_MS = 10_000;
/** Between two looks at what has not started. */
const LOOK_MS = 1_000;
const END_LIMIT_MS = 180_000;

/**
 * The execution at its end. Throws CommandError, exit 1: EXECUTION_NEVER_STARTED where it, or a
 * task of it, has been requested for 10 s on a stack that lacks a role for it, EXECUTION_NOT_ENDED
 * after 180 s.
 */
export async function runToEnd(client: Client, id: number): Promise<Execution> {
  const startedAt = performance.now();
  let nextLookMs = START_LIMIT_MS;
  let task: WaitingTask | null = null;
  for (;;) {
    const execution = await client.executions.get(id);
    if (isTerminal(execution.status)) return execution;
    const waitedMs = performance.now() - startedAt;
    if (waitedMs > END_LIMIT_MS) throw notEnded(execution);
    if (waitedMs > nextLookMs) {
      if (execution.status === 'requested') await requireStart(client, id, waitedMs);
      else task = await waitingTask(client, id, task);
      nextLookMs = waitedMs + LOOK_MS;
    }
    await sleep(POLL_MS);
  }
}

const notEnded = ({ id, status }: Execution): CommandError =>
  new CommandError(
    `EXECUTION_NOT_ENDED: execution ${id} is still ${status} after ${END_LIMIT_MS / 1_000} s`,
    EXIT_CODES.testFailed,
  );

/** Without them nothing dispatches an execution, or runs an action. */
const NEEDED: readonly Role[] = ['executor', 'worker'];

/**
 * Throws CommandError, exit 1, EXECUTION_NEVER_STARTED: an execution is only requested, and the
 * stack lacks a role. A busy stack has its roles: the wait goes on. A platform that does not state
 * its roles must have started it.
 */
async function requireStart(client: Client, id: number, waitedMs: number): Promise<void> {
  const after = stillRequested(id, waitedMs);
  const roles = await rolesOf(client);
  if (roles === null) throw neverStarted(`${after}: no executor dispatches it; workers: ${await workersOf(client)}`);
  const missing = NEEDED.filter((role) => !roles.includes(role));
  if (missing.length > 0)
    throw neverStarted(`${after}; roles ${roles.join(', ') || 'none'}; missing ${missing.join(', ')}`);
}

/** A task that waits for a worker, which the stack lacks. */
interface WaitingTask {
  readonly id: number;
  /** When it was first found so, of `performance.now()`. */
  readonly since: number;
}

/**
 * The task of a run that waits for a worker: a worker that has ended leaves its tasks requested,
 * where a stack that never had one fails them. Null: none does. Throws CommandError, exit 1,
 * EXECUTION_NEVER_STARTED where the `known` one has waited for 10 s.
 */
async function waitingTask(client: Client, run: number, known: WaitingTask | null): Promise<WaitingTask | null> {
  const roles = await rolesOf(client);
  if (roles === null || (await hasWorker(client, roles))) return null;
  const waiting = firstRequested(await client.executions.tree(run));
  if (waiting === null) return null;
  if (waiting.id !== known?.id) return { id: waiting.id, since: performance.now() };
  const waitedMs = performance.now() - known.since;
  if (waitedMs < START_LIMIT_MS) return known;
  throw neverStarted(`${stillRequested(known.id, waitedMs)}; roles ${roles.join(', ')}; missing worker`);
}

/** A standalone worker is no role of the stack. */
const hasWorker = async (client: Client, roles: readonly Role[]): Promise<boolean> =>
  roles.includes('worker') || (await client.workers.list()).some(({ status }) => status === 'active');

/** The first execution of a tree that is only requested. */
const firstRequested = (node: ExecutionNode): ExecutionNode | null =>
  node.status === 'requested' ? node : (node.children.map(firstRequested).find((one) => one !== null) ?? null);

const stillRequested = (id: number, waitedMs: number): string =>
  `execution ${id} is still requested after ${Math.floor(waitedMs / 1_000)} s`;

/** Of all platforms of the stack; null: it states none. */
async function rolesOf(client: Client): Promise<Role[] | null> {
  const stated = (await client.capabilities.getOrNull())?.capabilities['stack.roles'];
  const list = typeof stated === 'object' ? stated.roles : null;
  return Array.isArray(list) ? ROLES.filter((role) => list.includes(role)) : null;
}

async function workersOf(client: Client): Promise<string> {
  const workers = await client.workers.list();
  return workers.map(({ name, status }) => `${name} ${status ?? 'unknown'}`).join(', ') || 'none';
}

const neverStarted = (message: string): CommandError =>
  new CommandError(`EXECUTION_NEVER_STARTED: ${message}`, EXIT_CODES.testFailed);
