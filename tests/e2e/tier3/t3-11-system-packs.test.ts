// Spec: the standard pack is the same for all and cannot be changed; an own pack is private.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { createClient, type Client } from '../../../helpers/client/client';
import { uploadFixture } from '../../../helpers/fixtures/fixture-pack';
import { rejectionStatus } from '../../../helpers/client/rejection-status';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until, type Condition } from '../../../helpers/scenario/polling';
import { runAction } from '../../../helpers/scenario/resources/ended-executions';
import { createTestUser, createUserClient } from '../../../helpers/scenario/resources/test-users';

const NEEDS = ['rbac'];
const STANDARD = 'core';

/** What a user sees of the standard pack and its actions, in lists and by name. */
async function standardPackFor({ packs, actions }: Client) {
  const listed = (await packs.list()).find(({ ref }) => ref === STANDARD);
  const { id, version } = await packs.get(STANDARD);
  const ownActions = (await actions.list()).filter(({ pack_ref }) => pack_ref === STANDARD);
  return { listed: listed?.id, id, version, actions: ownActions.map((action) => [action.id, action.ref]) };
}

claim('T3.11a', NEEDS, 'a user without any right sees the standard pack as others do', async (ctx) => {
  const { client: A } = await createTestUser(ctx, null);
  const B = await createUserClient(ctx, 'core.editor');

  const [seenByA, seenByB] = [await standardPackFor(A), await standardPackFor(B)];

  expect(seenByB).toEqual(seenByA);
  expect(seenByA.listed).toBe(seenByA.id);
  expect(seenByA.actions.map(([, ref]) => ref)).toEqual(expect.arrayContaining(['core.echo', 'core.noop']));
});

/** Resolves to those of the refs that the user lists. A list may miss rows while others go. */
const ownPackToBeListed = ({ packs }: Client, own: string, refs: readonly string[]): Condition<string[]> => ({
  name: `pack ${own} to be listed`,
  check: async () => {
    const value = (await packs.list()).map(({ ref }) => ref).filter((ref) => refs.includes(ref));
    return value.includes(own) ? { is: 'met', value } : { is: 'pending', why: 'it is not' };
  },
});

/** A user with every right, and a pack that the user has created. */
async function createOwner(ctx: Context, part: string) {
  const { client } = await createTestUser(ctx, 'core.admin');
  const { ref } = await client.packs.create({ ref: ctx.name(part), label: part, version: '1.0.0' });
  ctx.defer(() => client.packs.remove(ref));
  return { client, ref };
}

type Owner = Awaited<ReturnType<typeof createOwner>>;

/** How a read, a change and a removal of the pack are rejected. */
const tryAll = async ({ packs }: Client, ref: string) => [
  await rejectionStatus(packs.get(ref)),
  await rejectionStatus(packs.update(ref, { label: 'changed' })),
  await rejectionStatus(packs.remove(ref)),
];

claim('T3.11b', NEEDS, 'a pack that a user creates does not exist for others', async (ctx) => {
  const [A, B] = [await createOwner(ctx, 'a'), await createOwner(ctx, 'b')];
  const listed = ({ client, ref }: typeof A) => until(ownPackToBeListed(client, ref, [A.ref, B.ref]), ctx.deadline);
  const contents = async () => [await A.client.packs.get(A.ref), await B.client.packs.get(B.ref)];
  const before = await contents();

  const byOthers = [await tryAll(A.client, B.ref), await tryAll(B.client, A.ref)];

  expect([await listed(A), await listed(B)]).toEqual([[A.ref], [B.ref]]);
  const { hiddenWriteStatus } = ctx.facts.choices;
  const statuses = [404, hiddenWriteStatus, hiddenWriteStatus];
  expect(byOthers).toEqual([statuses, statuses]);
  expect(await contents()).toEqual(before);
});

/** What the process of a sensor ended with, once it has; undefined: it has not. */
const errorOf = async ({ sensors }: Client, ref: string) => (await sensors.get(ref)).process?.error ?? undefined;

claim('T3.11e', [...NEEDS, 'tenants'], 'the programs of an own pack are hidden from others', async (ctx) => {
  const [A, B] = [await createOwner(ctx, 'a'), await createOwner(ctx, 'b')];
  const program = { pack_ref: A.ref, label: 'own', runtime_ref: 'core.shell', entrypoint: `echo ${ctx.nonce}` };
  const trigger_ref = `${A.ref}.trigger`;
  const runsSensors = ctx.canProve('sensors.custom');
  const { actions, sensors, triggers, workflows, rules } = A.client;
  await triggers.create({ ref: trigger_ref, pack_ref: A.ref, label: 'own' });
  const { ref: action } = await actions.create({ ...program, ref: `${A.ref}.action` });
  await rules.create({ ref: `${A.ref}.rule`, pack_ref: A.ref, label: 'own', trigger_ref, action_ref: action });
  const watcher = { ...program, ref: `${A.ref}.sensor`, trigger_ref, enabled: runsSensors };
  const { ref: sensor } = await sensors.create(watcher); // it has no such file: its process fails
  const flow = { ref: `${A.ref}.flow`, pack_ref: A.ref, label: 'own', version: '1.0.0' };
  await workflows.create({ ...flow, definition: { tasks: [{ name: 'T', action }] } });
  const shownTo = async ({ client }: typeof A) => [
    (await client.actions.get(action)).entrypoint,
    (await client.actions.list()).find(({ ref }) => ref === action)?.entrypoint,
    (await client.packs.actions(A.ref)).find(({ ref }) => ref === action)?.entrypoint,
    (await client.sensors.get(sensor)).entrypoint,
    await rejectionStatus(client.workflows.get(flow.ref)),
  ];

  const hasFailed = async () => (await errorOf(A.client, sensor)) !== undefined;
  if (runsSensors) await until(predicateToHold('the sensor to fail', hasFailed), ctx.deadline);

  const shown = [await shownTo(A), await shownTo(B)];

  const failures = [await errorOf(A.client, sensor), await errorOf(B.client, sensor)];
  if (runsSensors) expect(failures).toEqual([expect.stringMatching(/./), '']);
  expect(shown).toEqual([
    [...Array<string>(4).fill(program.entrypoint), null],
    [...Array<string>(4).fill(''), 404],
  ]);
});

/** A sensor that runs, and one that only its token names: what reads with their tokens. */
async function sensorsOf(ctx: Context, { client, ref: pack_ref }: Owner): Promise<readonly Client[]> {
  const trigger_ref = `${pack_ref}.trigger`;
  await client.triggers.create({ ref: trigger_ref, pack_ref, label: 'own' });
  const program = { pack_ref, label: 'own', runtime_ref: 'core.shell', entrypoint: 'true', enabled: false };
  const { ref: registered } = await client.sensors.create({ ...program, ref: `${pack_ref}.sensor`, trigger_ref });
  const tokens = [registered, `${pack_ref}.other`].map((sensor_ref) =>
    ctx.client.auth.sensorToken({ sensor_ref, trigger_types: [trigger_ref] }),
  );
  return (await Promise.all(tokens)).map(({ token }) => createClient({ baseUrl: ctx.facts.url, token }));
}

claim('T3.11f', [...NEEDS, 'tenants'], 'the files of an own pack are for its own sensors alone', async (ctx) => {
  const owners = [await createOwner(ctx, 'a'), await createOwner(ctx, 'b')];
  for (const { client, ref } of owners)
    await uploadFixture(client, 'e2e-rights', ref, ctx.facts.directory, { force: true });
  const sensors = (await Promise.all(owners.map((owner) => sensorsOf(ctx, owner)))).flat();
  const answers = (ref: string) => Promise.all(sensors.map(({ packs }) => rejectionStatus(packs.archive(ref))));

  expect(await Promise.all(owners.map(({ ref }) => answers(ref)))).toEqual([
    [null, null, 404, 404],
    [404, 404, null, null],
  ]);
});

claim('T3.11c', NEEDS, 'every user runs an action of the standard pack as themselves', async (ctx) => {
  const users = [await createTestUser(ctx, 'core.executor'), await createTestUser(ctx, 'core.executor')];
  const messages = users.map((_user, n) => `${ctx.nonce}-${n}`);

  const ended = await Promise.all(
    users.map(({ client }, n) =>
      runAction({ client, deadline: ctx.deadline }, 'core.echo', { parameters: { message: messages[n]! } }),
    ),
  );

  const own = await Promise.all(users.map(({ id }) => ctx.client.executions.list({ executor: id })));
  expect(own.map((rows) => rows.map(({ id }) => id))).toEqual(ended.map(({ id }) => [id]));
  expect(ended.map(({ executor }) => executor)).toEqual(users.map(({ id }) => id));
  expect(ended.map(({ config }) => config?.message)).toEqual(messages);
  expect(ended.map(({ result }) => JSON.stringify(result).includes(ctx.nonce))).toEqual([true, true]);
});

/**
 * How changes of the standard pack and of one of its actions are rejected. First those that change
 * nothing where they are accepted: only a platform that rejects them gets the others.
 */
async function tryToChangeStandard({ packs, actions }: Client) {
  const [{ label }, action] = [await packs.get(STANDARD), await actions.get('core.echo')];
  const harmless = [
    await rejectionStatus(packs.update(STANDARD, { label })),
    await rejectionStatus(actions.update('core.echo', { label: action.label })),
  ];
  expect(harmless).toEqual([403, 403]);
  return [await rejectionStatus(packs.remove(STANDARD)), await rejectionStatus(actions.remove('core.echo'))];
}

// Where the standard pack is not protected, all users of the platform share it: nothing is tried.
claim('T3.11d', [...NEEDS, 'tenants'], 'only the standard pack is marked, and no user changes it', async (ctx) => {
  const { client } = await createTestUser(ctx, 'core.admin');
  const { ref: own } = await ctx.ownCopy('e2e');
  const content = async () => [await client.packs.get(STANDARD), await client.actions.get('core.echo')];
  const before = await content();

  const statuses = await tryToChangeStandard(client);

  expect(statuses).toEqual([403, 403]);
  expect(await content()).toEqual(before);
  const marks = [await client.packs.get(STANDARD), await client.packs.get(own)];
  expect(marks.map(({ is_standard }) => is_standard)).toEqual([true, false]);
});
