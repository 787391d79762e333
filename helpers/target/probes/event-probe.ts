import { requireThat, type Probe } from './probe-context';

const EXPRESSION = 'event.payload.n > 1';

/** Posts an event that a rule does not match: the target explains the decision. */
export const probeEventDecisions: Probe = async ({ client, pack, defer }) => {
  const [trigger_ref, ref] = [`${pack}.probe-hook`, `${pack}.probe-rule`];
  await client.triggers.create({ ref: trigger_ref, pack_ref: pack, label: 'probe' });
  defer(() => client.triggers.remove(trigger_ref));
  const { webhook_key: key } = await client.triggers.enableWebhook(trigger_ref);
  const conditions = { expression: EXPRESSION };
  await client.rules.create({ ref, pack_ref: pack, label: 'probe', trigger_ref, action_ref: 'core.noop', conditions });
  defer(() => client.rules.remove(ref));
  const { event_id: event } = await client.webhooks.post(key ?? '', { n: 1 });
  const [decision] = await client.events.decisions(event);
  requireThat(
    decision?.matched === false && decision.decided_by === EXPRESSION,
    `the decisions about event ${event} do not name the expression that did not match`,
  );
};
