import type { JsonObject } from '../contract/json';
import type { Client } from './client/client';
import { executionToEnd } from './conditions';
import { ApiError } from './errors';
import { until } from './polling';

/** One key, and a workflow whose task takes it: does its process get the value? `signature` is what every fixture needs. */
export async function probeKeystore(
  client: Client,
  pack: string,
  signature: JsonObject,
  deadline: number,
): Promise<Record<string, boolean>> {
  const ref = `${pack}.probe-key`;
  const task = {
    name: 'take',
    action: `${pack}.hash-secrets`,
    input: { ...signature, secret_a: '{{ keystore.probe }}' },
  };
  const flow = { ref: `${pack}.keystore`, pack_ref: pack, label: 'keystore', version: '1.0.0' };
  try {
    await client.keys.create({ ref, name: 'probe', owner_type: 'pack', owner_pack_ref: pack, value: 'probe' });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return { 'workflows.keystore': false };
    throw error;
  }
  try {
    await client.workflows.create({ ...flow, definition: { version: '1.0.0', tasks: [task] } });
    const { id } = await client.executions.execute({ action_ref: flow.ref });
    const { status } = await until(executionToEnd(client, id), deadline);
    return { 'workflows.keystore': status === 'completed' };
  } finally {
    await client.keys.removeIfThere(ref);
  }
}
