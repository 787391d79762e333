import { executionsToBe } from '../../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { SUCCESS, createAction, createPack, expectNotServed, type VerbTestContext } from './verb-test-context';

const FIRST_ROW = { page: 1, per_page: 1 };

/** From a webhook to an execution. */
export async function events(setup: VerbTestContext): Promise<void> {
  const { ctx, client, hasExtensions } = setup;
  const pack = await createPack(setup);
  const { ref: action } = await createAction(setup, pack, 'act', 'true');
  const { ref } = await client.triggers.create({ ref: `${pack}.hook`, pack_ref: pack, label: 'hook' });
  await client.triggers.update(ref, { label: 'changed' });
  await client.triggers.disable(ref);
  expect(await client.triggers.enable(ref)).toMatchObject({ enabled: true, label: 'changed' });
  const rule = { ref: `${pack}.rule`, pack_ref: pack, label: 'rule', trigger_ref: ref, action_ref: action };
  await client.rules.create({ ...rule, action_params: {} });
  await client.rules.update(rule.ref, { label: 'changed' });
  await client.rules.disable(rule.ref);
  expect(await client.rules.enable(rule.ref)).toMatchObject({ enabled: true, label: 'changed' });
  const lists = [client.rules.list, client.rules.enabled, () => client.triggers.rules(ref)];
  for (const list of lists) expect((await list()).map((one) => one.ref)).toContain(rule.ref);
  for (const list of [client.triggers.list, client.triggers.enabled]) {
    expect((await list()).map((one) => one.ref)).toContain(ref);
  }

  const { event_id: firedEvent } = await client.webhooks.fire(ref, { n: 0 });
  await client.triggers.enableWebhook(ref);
  const secured = client.triggers.secureWebhook(ref, { payload_size_limit_kb: 64 });
  if (hasExtensions) await secured;
  else await expectNotServed(secured);
  const { webhook_key: key } = await client.triggers.regenerateWebhook(ref);
  const { event_id: event } = await client.webhooks.post(key ?? '', { n: 1 });
  await expect(client.webhooks.postWithoutBody(key ?? '')).rejects.toMatchObject({ status: 400 });
  const [, second] = await until(executionsToBe('completed', 2, client, { rule_ref: rule.ref }), ctx.deadline);

  expect((await client.events.get(event)).payload).toEqual({ n: 1 });
  expect((await client.events.list({ trigger_ref: ref })).map(({ id }) => id)).toEqual([event, firedEvent]);
  const decisions = client.events.decisions(event);
  if (hasExtensions) expect((await decisions).map(({ matched }) => matched)).toEqual([true]);
  else await expectNotServed(decisions);
  const ofRule = client.rules.decisions(rule.ref, { event });
  if (hasExtensions) expect((await ofRule).items.map(({ decision }) => decision)).toEqual(['fired']);
  else await expectNotServed(ofRule);
  const [{ id } = { id: 0 }] = await client.enforcements.list({ event });
  expect(await client.enforcements.get(id)).toMatchObject({ event, status: 'processed' });
  expect((await client.enforcements.executions(id)).map((one) => one.id)).toEqual([second!.id]);
  const pages = [
    await client.events.page({ trigger_ref: ref }, FIRST_ROW),
    await client.enforcements.page({ event }, FIRST_ROW),
    await client.executions.page({ rule_ref: rule.ref }, FIRST_ROW),
  ];
  expect(pages.map(({ items }) => items.map((row) => row.id))).toEqual([[event], [id], [second!.id]]);
  expect((await client.rules.get(rule.ref)).trigger_ref).toBe(ref);
  const fires = client.rules.fires(rule.ref);
  if (hasExtensions) await expect(fires).rejects.toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  else await expectNotServed(fires);
  await client.triggers.disableWebhook(ref);
  expect((await client.triggers.get(ref)).webhook_enabled).toBe(false);
  expect([await client.rules.remove(rule.ref), await client.triggers.remove(ref)]).toMatchObject([SUCCESS, SUCCESS]);
  await expect(client.events.create({ trigger_ref: ref, payload: {} })).rejects.toMatchObject({ status: 403 });
}
