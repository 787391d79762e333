import { isTerminal, SHOWN_AS_RUNNING, STATUSES, type Status } from '../../contract/status';
import type { Client } from '../client/client';
import { nullOn404 } from '../client/null-on-not-found';
import { ApiError, messageOf } from '../errors';
import { mapConcurrently } from '../in-parallel';
import { cancelAndWait } from '../scenario/cancel-execution';
import { runPrefix } from '../scenario/names';

/** Requests at a time. */
const WIDTH = 8;

/** Where an execution comes from; null: it is gone. */
type Origin = {
  readonly action_ref: string;
  readonly rule_ref?: string | null;
  readonly trigger_ref?: string | null;
  readonly parent: number | null;
} | null;

/**
 * Ends what a run has left open on a target: its executions, its inquiries, and the identities of
 * its sensors. Returns a line for each that stays, with what to do.
 */
export async function endOpenWork(client: Client, run: string): Promise<string[]> {
  const prefix = runPrefix(run);
  const isOfRun = executionsOfRun(client, prefix);
  const executions = await endExecutions(client, isOfRun);
  return [
    ...executions,
    ...(await removeInquiries(client, isOfRun)),
    ...(await removeSensorIdentities(client, prefix)),
  ];
}

/** Whether an execution, or one that has caused it, is of an object of the run. */
function executionsOfRun({ executions }: Client, prefix: string): (id: number) => Promise<boolean> {
  const known = new Map<number, Promise<Origin>>();
  const originOf = (id: number): Promise<Origin> => {
    const origin = known.get(id) ?? nullOn404(executions.get(id));
    known.set(id, origin);
    return origin;
  };
  return async (id) => {
    const seen = new Set<number>();
    for (let next: number | null = id; next !== null && !seen.has(next);) {
      seen.add(next);
      const origin: Origin = await originOf(next);
      const refs = [origin?.action_ref, origin?.rule_ref, origin?.trigger_ref];
      if (refs.some((ref) => ref?.startsWith(prefix))) return true;
      next = origin?.parent ?? null;
    }
    return false;
  };
}

async function endExecutions(client: Client, isOfRun: (id: number) => Promise<boolean>): Promise<string[]> {
  const open = STATUSES.filter((status) => !isTerminal(status));
  const rows = (await mapConcurrently(open, WIDTH, (status) => listExecutions(client, status))).flat();
  rows.sort((one, other) => one.id - other.id);
  const own = (await mapConcurrently(rows, WIDTH, async (row) => ((await isOfRun(row.id)) ? [row] : []))).flat();
  const lines = await mapConcurrently(own, own.length, ({ id, action_ref }) =>
    lineUnless(
      () => cancelAndWait(client, id),
      `execution ${id} of ${action_ref} has not ended: POST /api/v1/executions/${id}/cancel, or end it in the database`,
    ),
  );
  return lines.flat();
}

/** A platform without suspension and pause rejects the names of their statuses. */
async function listExecutions({ executions }: Client, status: Status) {
  try {
    return await executions.list({ status });
  } catch (error) {
    if (error instanceof ApiError && error.status === 400 && SHOWN_AS_RUNNING.includes(status)) return [];
    throw error;
  }
}

async function removeInquiries({ inquiries }: Client, isOfRun: (id: number) => Promise<boolean>): Promise<string[]> {
  const pending = await inquiries.list({ status: 'pending' });
  const lines = await mapConcurrently(pending, WIDTH, async ({ id, execution }) => {
    if (!(await isOfRun(execution))) return [];
    return lineUnless(
      () => nullOn404(inquiries.remove(id)),
      `inquiry ${id} is pending: DELETE /api/v1/inquiries/${id}`,
    );
  });
  return lines.flat();
}

async function removeSensorIdentities({ identities }: Client, prefix: string): Promise<string[]> {
  const own = (await identities.list()).filter(({ login }) => login.startsWith(`sensor:${prefix}`));
  const lines = await mapConcurrently(own, WIDTH, ({ id, login }) =>
    lineUnless(() => nullOn404(identities.remove(id)), `identity ${login} is left: DELETE /api/v1/identities/${id}`),
  );
  return lines.flat();
}

/** No line if the work succeeds; else what is left, with the cause. */
async function lineUnless(work: () => Promise<unknown>, left: string): Promise<string[]> {
  try {
    await work();
    return [];
  } catch (error) {
    return [`${left} (${messageOf(error)})`];
  }
}
