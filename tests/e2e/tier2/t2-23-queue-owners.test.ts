// Spec: a work queue acts with the rights of its owner, and shows no secret.
import { rejectionStatus } from '../../../helpers/client/rejection-status';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { stays } from '../../../helpers/scenario/polling';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import { addItems, createQueue, drain, itemsAtEnd, statusesOf } from '../support/work-queues/queue';
import { SECRET_WAYS, SHOWN_ITEMS } from '../support/work-queues/secret-ways';

const NEEDS = ['core', 'ledger.shared'];
const SECRETS = [...NEEDS, 'secrets.redaction', 'executions.parameters_validated'];

/** A queue of a new user, with an item; it is enabled by the test's own user. */
const queueOfUser = async (ctx: Context) => {
  const { id, client } = await createTestUser(ctx, 'core.editor');
  const ref = await createQueue(ctx, 'core.noop', {}, client);
  await addItems(ctx, ref, [{ payload: {} }]);
  return { id, ref };
};

claim('T2.23k', [...NEEDS, 'rbac'], 'a queue starts nothing while its owner may not', async (ctx) => {
  const { identities, permissions, queues } = ctx.client;
  const [frozen, denied, control] = [await queueOfUser(ctx), await queueOfUser(ctx), await queueOfUser(ctx)];
  await identities.freeze(frozen.id);
  const [assignment] = await permissions.assignments(denied.id);
  await permissions.unassign(assignment!.id);
  const { id, client } = await createTestUser(ctx, 'core.editor');
  const ownerless = await createQueue(ctx, 'core.noop', { enabled: true }, client);
  await identities.remove(id);
  await addItems(ctx, ownerless, [{ payload: {} }]);

  await queues.update(frozen.ref, { enabled: true });
  await queues.update(denied.ref, { enabled: true });
  await drain(ctx, control.ref);
  const look = async () =>
    (await Promise.all([frozen.ref, denied.ref, ownerless].map((ref) => statusesOf(ctx, ref)))).flat();
  const fence = predicateToHold('the other queue to be empty', () => true);
  await stays(look, ['queued', 'queued', 'queued'], fence, ctx.quietMs, ctx.deadline);
  await identities.unfreeze(frozen.id);
  await permissions.assign({ identity_id: denied.id, permission_set_ref: 'core.executor' });
  await queues.update(denied.ref, { label: 'notifies' });

  await itemsAtEnd(ctx, frozen.ref);
  await itemsAtEnd(ctx, denied.ref);
  expect(await look()).toEqual(['failed', 'failed', 'queued']);
  await queues.update(ownerless, { label: 'of its next owner' });
  expect(await itemsAtEnd(ctx, ownerless)).toMatchObject([{ status: 'failed', attempt_count: 1 }]);
});

claim('T2.23l', SECRETS, 'a secret of an item gets into secret parameters only', async (ctx) => {
  const pack_ref = await ctx.ownPack();
  await ctx.client.packs.update(pack_ref, { conf_schema: { token: { type: 'string', secret: true } } });
  const text = { type: 'string' };
  const declared = await createScriptAction(ctx, pack_ref, 'exit 0', {
    token: { ...text, secret: true },
    name: text,
    text,
  });
  const plain = await createScriptAction(ctx, pack_ref, 'exit 0', { token: text, items: { type: 'array' }, text });
  const secret = { ...text, secret: true };
  const list = { type: 'array', secret: true };
  const taking = await createScriptAction(ctx, pack_ref, 'exit 0', { token: secret, item: secret, items: list });
  const rows = Object.entries(SECRET_WAYS);

  const statuses = rows.map(async ([name, { isDeclared, parts }]) => {
    const queue = { ref: ctx.name('queue'), label: name, enabled: false, ...parts, pack_ref };
    const create = ctx.client.queues.create({ ...queue, dispatch_action_ref: isDeclared ? declared : plain });
    return [name, await rejectionStatus(create)] as const;
  });

  expect(Object.fromEntries(await Promise.all(statuses))).toEqual(
    Object.fromEntries(rows.map(([name, { refused }]) => [name, refused])),
  );
  for (const [item_schema, payload, shown] of SHOWN_ITEMS(ctx.nonce)) {
    const ref = await createQueue(ctx, taking, { item_schema });
    const added = await ctx.client.queues.enqueue(ref, { payload });
    const changed = await ctx.client.queues.updateItem(ref, added.id, { payload });
    const [listed] = await ctx.client.queues.items(ref);
    expect([added, changed, listed].map((item) => item?.payload)).toEqual([shown, shown, shown]);
  }
});
