// Spec: what belongs to a person opens to a program only where that person saved what started it.
import { uploadFixture } from '../../../helpers/fixtures/fixture-pack';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../helpers/scenario/polling';
import { createTestUser, type TestUser } from '../../../helpers/scenario/resources/test-users';
import { createWebhookRule } from '../../../helpers/scenario/resources/webhook-rule';
import { idsOf } from '../../../helpers/scenario/resources/list-filters';

const NEEDS = ['keys.from_actions', 'ownership', 'rbac', 'runtimes.node'];

/** A key of this person, and the action that reads it, which the person has uploaded. */
async function createReader(ctx: Context, { id, client }: TestUser) {
  const ref = ctx.name('own');
  await client.keys.create({ ref, name: ref, owner_type: 'identity', owner_identity: id, value: ctx.nonce });
  ctx.defer(() => client.keys.removeIfExists(ref));
  const { ref: packRef } = await uploadFixture(client, 'e2e-api', ctx.name('pack'), `${ctx.facts.directory}/fixtures`);
  ctx.defer(() => ctx.client.packs.remove(packRef));
  return { packRef, action: `${packRef}.read-key`, parameters: { ...ctx.ledgerInput('read'), refs: [ref] } };
}

/** The status of the response that the program of an execution received. */
async function readStatus({ client }: Context, id: number): Promise<unknown> {
  return ((await client.executions.get(id)).result as { data: { status: unknown } }).data.status;
}

claim('T3.33n', NEEDS, 'a key of a person is absent for a rule that another saved', async (ctx) => {
  const [person, other] = [await createTestUser(ctx, 'core.admin'), await createTestUser(ctx, 'core.admin')];
  const { packRef, action, parameters } = await createReader(ctx, person);
  const context = { client: person.client, packRef, name: ctx.name, defer: ctx.defer };
  const { rule, post } = await createWebhookRule(context, { action, actionParams: parameters });

  const statuses: unknown[] = [];
  for (const { client } of [person, other, person]) {
    await client.rules.update(rule.ref, { action_params: parameters, permission_set_refs: ['core.viewer'] });
    await post({});
    const runs = executionsToBe('completed', statuses.length + 1, ctx.client, { action_ref: action });
    statuses.push(await readStatus(ctx, Math.max(...idsOf(await until(runs, ctx.deadline)))));
  }

  expect(statuses).toEqual([200, 404, 200]);
});
