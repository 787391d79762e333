import type { Received } from '../../../../contract/extension';
import { Worker, type WorkerState } from '../../../../contract/workers';
import type { CreateWorker } from '../../../../contract/tenant-workers';
import type { Client } from '../../../../helpers/client/client';
import type { Context } from '../../../../helpers/scenario/context';
import { until, type Condition } from '../../../../helpers/scenario/polling';

/** The worker is in this state now. Impossible once it has failed. */
export const workerToBe = (goal: WorkerState, client: Client, id: number): Condition<Received<typeof Worker>> => ({
  name: `worker ${id} to be ${goal}`,
  check: async () => {
    const worker = await client.workers.get(id);
    if (worker.state === goal) return { is: 'met', value: worker };
    const why = `it is ${worker.state}: ${worker.state_cause} ${worker.state_detail ?? ''}`;
    return worker.state === 'failed' ? { is: 'impossible', why } : { is: 'pending', why };
  },
});

/** Of a process that waits for a processor: silence is not what these tests are about. */
const HEARTBEAT_TIMEOUT_SECONDS = 60;

/** Creates a managed worker, which is removed after the test with what it has not finished. */
export async function createManagedWorker(
  { client, defer }: Pick<Context, 'client' | 'defer'>,
  body: Omit<CreateWorker, 'kind'>,
): ReturnType<Client['tenantWorkers']['create']> {
  const created = await client.tenantWorkers.create({
    kind: 'managed',
    heartbeat_timeout_seconds: HEARTBEAT_TIMEOUT_SECONDS,
    ...body,
  });
  defer(() => client.tenantWorkers.remove(created.id, { force: true }));
  return created;
}

/** The same, online. Returns its id. */
export async function startManagedWorker(
  ctx: Pick<Context, 'client' | 'defer' | 'deadline'>,
  body: Omit<CreateWorker, 'kind'> = { runtime: 'shell' },
): Promise<number> {
  const { id } = await createManagedWorker(ctx, body);
  await until(workerToBe('online', ctx.client, id), ctx.deadline);
  return id;
}
