import { join } from 'node:path';
import type { Client } from './client/client';
import { uploadFixture } from './fixtures';
import { orNull } from './or-null';
import { until, type Condition } from './polling';

/** A sensor of a pack, and a rule on its trigger: does the platform run it, so that an event comes? */
export async function probeSensors(
  client: Client,
  pack: string,
  directory: string,
  deadline: number,
): Promise<Record<string, boolean>> {
  const ref = `${pack}-sensors`;
  await uploadFixture(client, 'e2e-sensors', ref, join(directory, 'fixtures'));
  try {
    const ends = { trigger_ref: `${ref}.announced`, action_ref: 'core.noop' };
    const conditions = { expression: 'event.payload.pid == 0' };
    await client.rules.create({ ref: `${ref}.probe`, pack_ref: ref, label: 'probe', ...ends, conditions });
    const events = await orNull(until(eventsOf(client, ends.trigger_ref), deadline));
    return { 'sensors.custom': events !== null };
  } finally {
    await client.packs.remove(ref);
  }
}

const eventsOf = (client: Client, trigger: string): Condition<number> => ({
  name: `an event of ${trigger}`,
  look: async () => {
    const { length } = await client.events.list({ trigger_ref: trigger });
    return length > 0 ? { is: 'met', value: length } : { is: 'pending', why: 'none yet' };
  },
  evidence: () => Promise.resolve(''),
});
