// Spec: what belongs to a person opens to a program only where that person saved what started it.
import type { Client } from '../../../helpers/client/client';
import { uploadFixture } from '../../../helpers/fixtures/fixture-pack';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToExist } from '../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../helpers/scenario/polling';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { idsOf } from '../../../helpers/scenario/resources/list-filters';
import { createTestUser, type TestUser } from '../../../helpers/scenario/resources/test-users';
import { createWebhookRule } from '../../../helpers/scenario/resources/webhook-rule';
import { createQueue } from '../support/work-queues/queue';

const NEEDS = ['keys.from_actions', 'ownership', 'rbac', 'runtimes.node'];

type Reader = Awaited<ReturnType<typeof createReader>>;

/** A key of this person, and the action that reads it, which the person has uploaded. */
async function createReader(ctx: Context, { id, client }: TestUser) {
  const ref = ctx.name('own');
  await client.keys.create({ ref, name: ref, owner_type: 'identity', owner_identity: id, value: ctx.nonce });
  ctx.defer(() => client.keys.removeIfExists(ref));
  const { ref: packRef } = await uploadFixture(client, 'e2e-api', ctx.name('pack'), `${ctx.facts.directory}/fixtures`);
  ctx.defer(() => ctx.client.packs.remove(packRef));
  return { client, packRef, action: `${packRef}.read-key`, parameters: { ...ctx.ledgerInput('read'), refs: [ref] } };
}

/** What starts the action with `SETS`, and is of the person. */
interface Starter {
  /** The same again. */
  readonly save: (client: Client) => Promise<unknown>;
  readonly start: () => Promise<unknown>;
  /** How the execution of the action ends. Default: `completed`. */
  readonly ended?: Parameters<typeof waitForStatus>[2];
}

const SETS = { permission_set_refs: ['core.viewer'] };

const STARTERS: Readonly<Record<string, (ctx: Context, reader: Reader) => Promise<Starter>>> = {
  rule: async ({ name, defer }, { client, packRef, action, parameters }) => {
    const parts = { action, actionParams: parameters };
    const { rule, post } = await createWebhookRule({ client, packRef, name, defer }, parts);
    const save = ({ rules }: Client) => rules.update(rule.ref, { action_params: parameters, ...SETS });
    return { save, start: () => post({}) };
  },
  queue: async (ctx, { client, action, parameters }) => {
    const ref = await createQueue(ctx, action, { enabled: true }, client);
    const save = ({ queues }: Client) => queues.update(ref, { action_params: parameters, ...SETS });
    // The action acknowledges no item.
    return { save, start: () => client.queues.enqueue(ref, { payload: {} }), ended: 'failed' };
  },
  workflow: async ({ name }, { client, packRef, action, parameters }) => {
    const ref = `${packRef}.${name('flow')}`;
    const definition = { tasks: [{ name: 'read', action, input: parameters, ...SETS }] };
    await client.workflows.create({ ref, pack_ref: packRef, label: 'flow', version: '1.0.0', definition });
    const save = ({ workflows }: Client) => workflows.update(ref, { definition });
    return { save, start: () => client.executions.execute({ action_ref: ref }) };
  },
  action: ({}, { client, action, parameters }) => {
    const save = ({ actions }: Client) => actions.update(action, { timeout_seconds: 20 });
    return Promise.resolve({
      save,
      start: () => client.executions.execute({ action_ref: action, parameters, ...SETS }),
    });
  },
};

claim('T3.33n', NEEDS, 'a key of a person is absent for what another saved', async (ctx) => {
  const [person, other] = [await createTestUser(ctx, 'core.admin'), await createTestUser(ctx, 'core.admin')];
  const reader = await createReader(ctx, person);
  let runs = 0;
  /** The status of the response that the program receives. */
  const statusOf = async ({ start, ended = 'completed' }: Starter) => {
    await start();
    const rows = await until(executionsToExist(++runs, ctx.client, { action_ref: reader.action }), ctx.deadline);
    const { result } = await waitForStatus(ctx, Math.max(...idsOf(rows)), ended);
    return (result as { data: { status: unknown } }).data.status;
  };

  const statuses: Record<string, unknown[]> = {};
  for (const [name, create] of Object.entries(STARTERS)) {
    const starter = await create(ctx, reader);
    statuses[name] = [];
    for (const { client } of [person, other, person]) {
      await starter.save(client);
      statuses[name].push(await statusOf(starter));
    }
  }

  expect(statuses).toEqual(Object.fromEntries(Object.keys(STARTERS).map((name) => [name, [200, 404, 200]])));
});
