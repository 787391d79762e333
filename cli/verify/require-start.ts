import { EXIT_CODES } from '../../contract/errors';
import type { Execution } from '../../contract/executions';
import { ROLES, type Role } from '../../contract/capabilities';
import type { Client } from '../../helpers/client/client';
import { CommandError } from '../failures';

/** Without them nothing dispatches an execution, or runs an action. */
const NEEDED: readonly Role[] = ['executor', 'worker'];

/**
 * Throws CommandError, exit 1, EXECUTION_NEVER_STARTED: it is only requested, and the stack lacks
 * a role. A busy stack has its roles: the wait goes on. A platform that does not state its roles
 * must have started it.
 */
export async function requireStart(client: Client, { id, status }: Execution, waitedMs: number): Promise<void> {
  if (status !== 'requested') return;
  const after = `execution ${id} is still ${status} after ${Math.floor(waitedMs / 1_000)} s`;
  const roles = await rolesOf(client);
  if (roles === null) throw neverStarted(`${after}: no executor dispatches it; workers: ${await workersOf(client)}`);
  const missing = NEEDED.filter((role) => !roles.includes(role));
  if (missing.length > 0)
    throw neverStarted(`${after}; roles ${roles.join(', ') || 'none'}; missing ${missing.join(', ')}`);
}

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
