// Spec: nobody gets more than they were granted, by whatever field, token or detour they try.
import { newcomer, refusalOf, shoot, type Hit, type Person, type Shot } from '../../../helpers/attack';
import { createClient } from '../../../helpers/client/client';
import { executionToEnd } from '../../../helpers/conditions';
import { eventToBeDecided } from '../../../helpers/event-conditions';
import { mint, tokenSecretOf } from '../../../helpers/mint';
import { randomName } from '../../../helpers/names';
import { until } from '../../../helpers/polling';
import { currentRun } from '../../../helpers/run';
import { openStore } from '../../../helpers/sql';

const facts = currentRun();
const admin = createClient({ baseUrl: facts.url, token: facts.token });
const pack = `az-${facts.run}-${randomName(6)}`;
const named = (part: string): string => `${pack}.${part}-${randomName(6)}`;
const people: Person[] = [];
const gone = new Set<number>();
const soon = (): number => performance.now() + 20_000;
let me: number;

beforeAll(async () => {
  me = (await admin.auth.me()).id;
  await admin.packs.create({ ref: pack, label: pack, version: '1.0.0' });
  await admin.triggers.create({ ref: `${pack}.hook`, pack_ref: pack, label: 'hook' });
});

afterAll(async () => {
  for (const { ref } of (await admin.keys.list()).filter((key) => key.ref.startsWith(pack)))
    await admin.keys.remove(ref);
  for (const { ref } of await admin.packs.list()) if (ref.startsWith(pack)) await admin.packs.remove(ref);
  for (const { id } of people) if (!gone.has(id)) await admin.identities.remove(id);
});

async function person(...sets: string[]): Promise<Person> {
  const made = await newcomer(facts, admin, ...sets);
  people.push(made);
  return made;
}

const as = (token: string, method: Shot['method'], path: string, body?: object): Promise<Hit> =>
  shoot(facts, { method: method ?? 'GET', path: `/api/v1${path}`, token, ...(body && { body }) });
const forbidden = (right: string) => ({
  status: 403,
  text: JSON.stringify({ error: `Insufficient permissions: ${right}`, code: 'FORBIDDEN' }),
});

/** What nobody says of what they make. */
const ASSIGNED = {
  ...{ tenant: 77, id: 4_711, owner_identity: 1, installed_by: 1, status: 'completed', result: { stolen: true } },
  ...{ parent: 1, is_adhoc: false, created: '2001-01-01T00:00:00Z', webhook_key: 'wh_mine', executor: 1 },
  ...{ grants: [{ resource: 'packs', actions: ['delete'] }], storage: '/etc', frozen: true, version_of: 3 },
};

const component = (ref: string) => ({ ref, pack_ref: pack, label: 'made' });
const definition = { version: '1.0.0', tasks: [{ name: 'one', action: 'core.noop' }] };
const CREATED: Readonly<Record<string, (ref: string) => { path: string; body: object; spares?: string[] }>> = {
  pack: (ref) => ({ path: '/packs', body: { ref: ref.replace('.', '-'), label: 'made', version: '1.0.0' } }),
  action: (ref) => ({ path: '/actions', body: { ...component(ref), entrypoint: 'true', runtime_ref: 'core.shell' } }),
  trigger: (ref) => ({ path: '/triggers', body: component(ref) }),
  rule: (ref) => ({
    path: '/rules',
    body: { ...component(ref), action_ref: 'core.noop', trigger_ref: `${pack}.hook` },
  }),
  workflow_definition: (ref) => ({ path: '/workflows', body: { ...component(ref), version: '1.0.0', definition } }),
  // Not the system's: those are handed to every process, and another file's parameters would no longer be what it sent.
  key: (ref) => ({
    path: '/keys',
    body: { ref, name: ref, owner_type: 'identity', owner_identity: me, value: 1 },
    spares: ['owner_identity'],
  }),
};

/** What two rows of one kind cannot have in common, and what their names appear in. */
const OWN = new Set(['id', 'ref', 'name', 'created', 'updated', 'workflow_def', 'definition', 'value']);

test.each(Object.entries(CREATED))(
  'AZ-04 what a %s is given besides its fields changes nothing',
  async (table, made) => {
    await using store = await openStore(facts.databaseUrl!);
    const rows = await Promise.all(
      [{}, ASSIGNED].map(async (more) => {
        const { path, body, spares = [] } = made(named('made'));
        const extra = Object.fromEntries(Object.entries(more).filter(([name]) => !spares.includes(name)));
        const { status, text } = await as(facts.token, 'POST', path, { ...extra, ...body });
        expect([status, text]).toEqual([201, expect.any(String)]);
        const { ref } = (JSON.parse(text) as { data: { ref: string } }).data;
        return store.row(table, 'ref', ref);
      }),
    );

    const [clean, dirty] = rows.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([name]) => !OWN.has(name))),
    );
    expect(dirty).toEqual(clean);
    expect(clean).toHaveProperty('tenant', 1);
  },
);

test('AZ-04 an execution begins as every other, whatever it is said to be', async () => {
  const { status, text } = await as(facts.token, 'POST', '/executions/execute', {
    action_ref: 'core.noop',
    ...ASSIGNED,
  });
  const { data } = JSON.parse(text) as { data: { id: number; status: string; parent: number | null; result: unknown } };

  expect(status).toBe(201);
  expect(data).toMatchObject({ status: 'requested', parent: null, executor: me });
  expect(data.id).not.toBe(ASSIGNED.id);
  expect((await until(executionToEnd(admin, data.id), soon())).result).not.toEqual(ASSIGNED.result);
});

test('AZ-04 an identity is made without the rights it asks for, and not under the id it asks for', async () => {
  const login = `${randomName(12)}@example.test`;
  const { status, text } = await as(facts.token, 'POST', '/identities', { login, ...ASSIGNED, roles: ['admins'] });
  const { data } = JSON.parse(text) as { data: { id: number } };

  expect([status, data.id === ASSIGNED.id]).toEqual([201, false]);
  expect(await admin.identities.get(data.id)).toMatchObject({
    login,
    frozen: false,
    roles: [],
    direct_permissions: [],
  });
  await admin.identities.remove(data.id);
});

test('AZ-05 an editor makes nobody an administrator, and hands on nothing that is not theirs', async () => {
  const { id, token } = await person('core.editor');
  const beyond = { permission_set_refs: ['core.admin'] };

  expect(
    await as(token, 'POST', '/permissions/assignments', { identity_id: id, permission_set_ref: 'core.admin' }),
  ).toMatchObject(forbidden('permissions:manage'));
  expect(await as(token, 'POST', `/identities/${id}/roles`, { role: 'admins' })).toMatchObject(
    forbidden('permissions:manage'),
  );
  expect(await as(token, 'PUT', `/identities/${id}`, { attributes: { team: 'ops' } })).toMatchObject(
    forbidden('identities:update'),
  );
  const rule = { ...component(named('rule')), action_ref: 'core.noop', trigger_ref: `${pack}.hook`, ...beyond };
  expect(refusalOf(await as(token, 'POST', '/rules', rule))).toEqual([403, 'FORBIDDEN']);
  const run = { action_ref: 'core.noop', ...beyond };
  expect(refusalOf(await as(token, 'POST', '/executions/execute', run))).toEqual([403, 'FORBIDDEN']);
  const foreign = { action_ref: 'core.noop', permission_set_refs: ['elsewhere.everything'] };
  expect(refusalOf(await as(token, 'POST', '/executions/execute', foreign))).toEqual([404, 'NOT_FOUND']);
});

test('AZ-05 the last administrator stays: not by deletion, freezing or giving the set back', async () => {
  const { direct_permissions: sets } = await admin.identities.get(me);
  const held = sets.find((set) => set.permission_set_ref === 'core.admin')!;

  expect(refusalOf(await as(facts.token, 'DELETE', `/identities/${me}`))).toEqual([400, 'BAD_REQUEST']);
  expect(refusalOf(await as(facts.token, 'POST', `/identities/${me}/freeze`))).toEqual([400, 'BAD_REQUEST']);
  expect(refusalOf(await as(facts.token, 'DELETE', `/permissions/assignments/${held.id}`))).toEqual([
    ...[409, 'CONFLICT', 'LAST_ADMIN'],
  ]);
  expect((await admin.auth.me()).assigned_permission_set_refs).toContain('core.admin');
});

/** A rule that is a person's, on a webhook of its own; `post` answers what it decided about one payload. */
async function ruleOf(owner: Person) {
  const trigger = named('hook');
  await admin.triggers.create({ ref: trigger, pack_ref: pack, label: 'hook' });
  const { webhook_key: key } = await admin.triggers.enableWebhook(trigger);
  const rule = await owner.client.rules.create({
    ...component(named('rule')),
    action_ref: 'core.noop',
    trigger_ref: trigger,
  });
  const post = async () => {
    const { event_id: event } = await admin.webhooks.post(key!, { payload: {} });
    await until(eventToBeDecided(1, admin, event), soon());
    const [decision] = await admin.events.decisions(event);
    return { code: decision?.code, executions: (await admin.executions.list({ rule_ref: rule.ref })).length };
  };
  return { rule, post };
}

test('AZ-05 a rule does no more than its owner may do when it fires', async () => {
  const owner = await person('core.editor');
  const { rule, post } = await ruleOf(owner);
  expect(await post()).toEqual({ code: null, executions: 1 });

  const [assignment] = await admin.permissions.of(owner.id);
  await admin.permissions.unassign(assignment!.id);
  expect(await post()).toEqual({ code: 'OWNER_NOT_ALLOWED', executions: 1 });

  await admin.permissions.assign({ identity_id: owner.id, permission_set_ref: 'core.executor' });
  expect(await post()).toEqual({ code: null, executions: 2 });

  await admin.identities.freeze(owner.id);
  expect(await post()).toEqual({ code: 'OWNER_NOT_ALLOWED', executions: 2 });

  await admin.identities.remove(owner.id);
  gone.add(owner.id);
  expect(await post()).toEqual({ code: 'OWNER_NOT_ALLOWED', executions: 2 });

  await admin.rules.update(rule.ref, { label: 'mine now' });
  expect(await post()).toEqual({ code: null, executions: 3 });
});

test('AZ-05 what was taken back or given to a role counts with the next request', async () => {
  const { id, token } = await person();
  expect((await as(token, 'GET', '/keys')).status).toBe(403);

  const given = await admin.permissions.assign({ identity_id: id, permission_set_ref: 'core.viewer' });
  expect((await as(token, 'GET', '/keys')).status).toBe(200);
  await admin.permissions.unassign(given.id);
  expect((await as(token, 'GET', '/keys')).status).toBe(403);
});

interface Running {
  readonly id: number;
  readonly token: string;
}

/** An execution that runs for a while, with the token that its process would have. */
async function running(...sets: string[]): Promise<Running> {
  const { id } = await admin.executions.execute({ action_ref: 'core.sleep', parameters: { seconds: 60 } });
  const metadata = {
    ...{ execution_id: id, action_ref: 'core.sleep', permission_set_refs: sets },
    ...{ standard_access_action_refs: ['core.sleep'], standard_access_pack_refs: ['core'] },
  };
  const minted = { identity: me, login: `execution:${id}`, type: 'execution', metadata } as const;
  return { id, token: await mint(await tokenSecretOf(facts), minted) };
}

const stop = async ({ id }: Running): Promise<void> => {
  await admin.executions.cancel(id);
  await until(executionToEnd(admin, id), soon());
};

test('AZ-06 a running action writes nothing that its sets do not grant, whoever had it made', async () => {
  const run = await running('core.viewer');
  const { token } = run;

  const made = component(named('made'));
  expect(
    await as(token, 'POST', '/packs', { ref: named('p').replace('.', '-'), label: 'p', version: '1.0.0' }),
  ).toMatchObject(forbidden('packs:create'));
  expect(await as(token, 'POST', '/actions', { ...made, entrypoint: 'true' })).toMatchObject(
    forbidden('actions:create'),
  );
  expect(
    await as(token, 'POST', '/rules', { ...made, action_ref: 'core.noop', trigger_ref: `${pack}.hook` }),
  ).toMatchObject(forbidden('rules:create'));
  expect(await as(token, 'POST', '/workflows', { ...made, version: '1.0.0', definition })).toMatchObject(
    forbidden('actions:create'),
  );
  expect(await as(token, 'POST', '/triggers', made)).toMatchObject(forbidden('triggers:create'));
  expect(await as(token, 'POST', `/triggers/${pack}.hook/webhooks/enable`)).toMatchObject(forbidden('triggers:update'));
  expect(await as(token, 'POST', `/executions/${run.id}/cancel`)).toMatchObject(forbidden('executions:cancel'));
  expect(await as(token, 'GET', '/identities')).toMatchObject(forbidden('identities:read'));
  await stop(run);
});

test('AZ-06 a running action sees the keys that are its own, and no others', async () => {
  const [own, other] = [named('own'), named('other')];
  for (const [ref, owner_action_ref] of [
    [own, 'core.sleep'],
    [other, 'core.echo'],
  ] as const) {
    await admin.keys.create({ ref, name: ref, owner_type: 'action', owner_action_ref, value: ref });
  }
  const run = await running('standard');

  const { items } = JSON.parse((await as(run.token, 'GET', '/keys?per_page=1000')).text) as {
    items: { ref: string }[];
  };
  const mine = items.map(({ ref }) => ref).filter((ref) => ref.startsWith(pack));

  expect(mine).toEqual([own]);
  expect(refusalOf(await as(run.token, 'GET', `/keys/${other}`))).toEqual([404, 'NOT_FOUND', 'KEY_NOT_FOUND']);
  expect((await as(run.token, 'GET', `/keys/${own}`)).status).toBe(200);
  await stop(run);
});

test('AZ-06 nobody answers what they ask themselves', async () => {
  const run = await running('core.admin');
  const { id } = await admin.inquiries.create({ execution: run.id, prompt: 'May I?' });

  const answer = await as(run.token, 'POST', `/inquiries/${id}/respond`, { response: true });

  expect(refusalOf(answer)).toEqual([403, 'FORBIDDEN', 'PRIVILEGE_LOOP']);
  expect(answer.text).toContain('privilege loop');
  expect((await admin.inquiries.get(id)).status).toBe('pending');
  await stop(run);
});

test('AZ-06 a running action’s token ends with its execution', async () => {
  const run = await running('core.viewer');
  expect((await as(run.token, 'GET', '/keys')).status).toBe(200);

  await stop(run);

  const after = await as(run.token, 'GET', '/keys');
  expect([after.status, after.text]).toEqual([401, '{"error":{"code":401,"message":"Invalid authentication token"}}']);
  // One that names an execution that never was is judged by its grants.
  const never = { execution_id: 999_999_999, permission_set_refs: ['core.viewer'] };
  const minted = { identity: me, login: 'execution:999999999', type: 'execution', metadata: never } as const;
  expect((await as(await mint(await tokenSecretOf(facts), minted), 'GET', '/keys')).status).toBe(200);
});

test('AZ-07 tokens for sensors are for who may change their triggers', async () => {
  const { token } = await person('core.editor');
  const body = { sensor_ref: named('sensor'), trigger_types: [`${pack}.hook`] };
  const at = (path: string, bearer?: string) =>
    shoot(facts, { method: 'POST', path, body, ...(bearer !== undefined && { token: bearer }) });

  expect((await at('/auth/internal/sensor-token')).status).toBe(401);
  expect(refusalOf(await at('/auth/internal/sensor-token', facts.token))).toEqual([403, 'FORBIDDEN']);
  expect((await at('/auth/sensor-token')).status).toBe(401);
  expect(await at('/auth/sensor-token', token)).toMatchObject(forbidden('triggers:update'));
});

test('AZ-07 a sensor’s token brings events of its own triggers, reads its own keys, and does nothing else', async () => {
  const sensor = named('sensor');
  const mine = named('mine');
  const made = await admin.auth.sensorToken({ sensor_ref: sensor, trigger_types: [mine], ttl_seconds: 3_600 });
  for (const ref of [mine, `${pack}.theirs`]) await admin.triggers.create({ ref, pack_ref: pack, label: ref });
  const [own, foreign] = [named('own'), named('foreign')];
  await admin.keys.create({ ref: own, name: own, owner_type: 'pack', owner_pack_ref: pack, value: 1 });
  await admin.keys.create({ ref: foreign, name: foreign, owner_type: 'pack', owner_pack_ref: 'core', value: 1 });
  const { token, identity_id: identity } = made;

  expect((await as(token, 'POST', '/events', { trigger_ref: mine, payload: {} })).status).toBe(201);
  expect((await as(token, 'POST', '/events', { trigger_ref: `${pack}.theirs`, payload: {} })).status).toBe(403);
  expect((await as(token, 'GET', `/keys/${own}`)).status).toBe(200);
  expect((await as(token, 'GET', `/keys/${foreign}`)).status).toBe(404);
  for (const [method, path, body] of [
    ['POST', '/keys', { ref: named('new'), name: 'new', owner_type: 'system', value: 1 }],
    ['GET', '/identities', undefined],
    ['GET', '/executions', undefined],
    ['POST', '/executions/execute', { action_ref: 'core.noop' }],
    ['GET', '/packs', undefined],
    ['PUT', `/triggers/${mine}`, { label: 'mine' }],
  ] as const) {
    expect([path, (await as(token, method, path, body)).status]).toEqual([path, 403]);
  }
  await admin.identities.remove(identity);
  await admin.keys.remove(own);
});
