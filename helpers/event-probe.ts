import type { Client } from './client/client';
import { ApiError } from './errors';

/**
 * One webhook, one rule that does not match: does the platform say why? Made in the probe's pack, which takes both with it.
 * An attached platform without the core routes is not one that scenarios can run on: ApiError.
 */
export async function probeEvents(client: Client, pack: string): Promise<Record<string, boolean>> {
  const ref = `${pack}.probe-hook`;
  await client.triggers.create({ ref, pack_ref: pack, label: 'probe' });
  const { webhook_key: key } = await client.triggers.enableWebhook(ref);
  await client.rules.create({
    ...{
      ref: `${pack}.probe-rule`,
      pack_ref: pack,
      label: 'probe',
      trigger_ref: ref,
      action_ref: `${pack}.echo-params`,
    },
    conditions: { expression: 'event.payload.n > 1' },
    action_params: { key: 'probe', ledger: '{{ event.payload.ledger }}' },
  });
  const { event_id: event } = await client.webhooks.post(key ?? '', { n: 1 });
  try {
    const [decision] = await client.events.decisions(event);
    return { 'events.causation': decision?.matched === false && decision.decided_by === 'event.payload.n > 1' };
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return { 'events.causation': false };
    throw error;
  } finally {
    await client.rules.remove(`${pack}.probe-rule`);
    await client.triggers.remove(ref);
  }
}
