// Spec: a secret is shown by a right of its own, also when it is no longer declared.
import type { Client } from '../../../helpers/client/client';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../helpers/scenario/polling';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { sha256OfJson } from '../../../helpers/scenario/resources/sha256-of-json';
import { createTestTenant } from '../../../helpers/scenario/resources/test-tenant';
import { callApi } from '../support/api-call';
import { createChangeableSet } from '../support/matrix/changeable-set';
import { forgeProgramToken, readTokenSecret } from '../support/forge-token';
import { loggedInByToken } from '../support/matrix/granted-callers';
import { DECLARED_BY, type SecretWorld, type StoredSecret } from '../support/secrets/former-secrets';
import { PRINT_VALUE, SCHEMA, STORED_IN } from '../support/secrets/sent-back';
import { startSleeping } from '../support/sleeping-execution';

const PARAM_SCHEMA = { token: { type: 'string', secret: true } };

type NewComponent = Readonly<Record<'ref' | 'pack_ref' | 'label', string>>;

/** What a rule starts with a secret parameter: a task of a workflow does not get it. */
const STARTED: Readonly<Record<string, (client: Client, common: NewComponent) => Promise<{ readonly ref: string }>>> = {
  action: ({ actions }, common) =>
    actions.create({ ...common, runtime_ref: 'core.shell', entrypoint: 'true', param_schema: PARAM_SCHEMA }),
  workflow: ({ workflows }, common) => {
    const tasks = [{ name: 'one', action: 'core.noop', input: { message: 'm' } }];
    return workflows.create({
      ...common,
      version: '1.0.0',
      definition: { version: '1.0.0', parameters: PARAM_SCHEMA, tasks },
    });
  },
};

/** The paths of an enforcement whose rule has a secret parameter, and of its execution. */
async function createSecretRows({ deadline, name }: Context, client: Client, started: string, token: string) {
  const { ref: pack_ref } = await client.packs.create({ ref: name('p'), label: 'p', version: '1.0.0' });
  const of = (part: string) => ({ pack_ref, ref: `${pack_ref}.${part}`, label: part });
  const { ref: action_ref } = await STARTED[started]!(client, of('started'));
  const { ref: trigger_ref } = await client.triggers.create(of('trigger'));
  const { webhook_key: key } = await client.triggers.enableWebhook(trigger_ref);
  const rule = await client.rules.create({ ...of('rule'), action_ref, trigger_ref, action_params: { token } });
  await client.webhooks.post(key!, {});
  const filter = { rule_ref: rule.ref };
  const [run] = await until(executionsToBe('completed', 1, client, { ...filter, top_level_only: true }), deadline);
  const [enforcement] = await client.enforcements.list(filter);
  return { enforcements: `/enforcements/${enforcement!.id}`, executions: `/executions/${run!.id}` };
}

const QUERIES = ['', '?include_secret_values=false', '?include_secret_values=true'];

claim('T3.35d', ['rbac', 'tenants'], 'a secret parameter is shown by a right of its own', async (ctx) => {
  const { client } = await createTestTenant(ctx, 'own');
  const rows: (readonly [resource: string, path: string])[] = [];
  for (const started of Object.keys(STARTED))
    rows.push(...Object.entries(await createSecretRows(ctx, client, started, ctx.nonce)));
  const set = await createChangeableSet(client, `${ctx.facts.directory}/fixtures`);
  const user = await loggedInByToken(client, ctx.facts.url, set.ref);
  const read = async (path: string) => {
    const { status, text } = await callApi(user.token, 'GET', path);
    return status === 200 ? text.includes(ctx.nonce) : status;
  };
  const seen: object[] = [];

  for (const [resource, path] of rows) {
    for (const actions of [['read'], ['decrypt'], ['read', 'decrypt']]) {
      await set.grant([{ resource, actions }]);
      const shown = [];
      for (const query of QUERIES) shown.push(await read(`${path}${query}`));
      seen.push({ resource, actions, shown });
    }
  }

  const expected = (resource: string) => [
    { resource, actions: ['read'], shown: [false, false, 403] },
    { resource, actions: ['decrypt'], shown: [403, 403, 403] },
    { resource, actions: ['read', 'decrypt'], shown: [false, false, true] },
  ];
  expect(seen).toEqual(rows.flatMap(([resource]) => expected(resource)));
  const audited = await client.auditEvents.list({ actor_identity: user.id, http_method: 'GET', outcome: 'success' });
  expect(audited.map((row) => row.http_path).reverse()).toEqual(rows.map(([, path]) => `/api/v1${path}`));
});

/** What becomes of a declaration. */
const ENDS: Readonly<Record<string, (token: string, stored: StoredSecret) => Promise<unknown>>> = {
  'it is as it was': () => Promise.resolve(),
  'it is taken back': async (token, { owner, change }) => {
    const { status, text } = await callApi(token, 'PUT', owner, change);
    expect([text, status]).toEqual([text, 200]);
  },
  'it is removed': (token, { owner }) => callApi(token, 'DELETE', owner),
};

/** Whether each path shows the secret, and the value beside it; otherwise its status. */
async function shownBy({ tenant: { token }, values }: SecretWorld, paths: readonly string[]) {
  const rows = paths.map(async (path) => {
    const { status, text } = await callApi(token, 'GET', path);
    return [path, status === 200 ? [text.includes(values.token), text.includes(values.open)] : status] as const;
  });
  return Object.fromEntries(await Promise.all(rows));
}

const DECLARED = ['rbac', 'tenants', 'secrets.redaction'];

claim('T3.35e', DECLARED, 'what was declared secret stays hidden', async (ctx) => {
  const tenant = await createTestTenant(ctx, 'own');
  const { ref: pack } = await tenant.client.packs.create({ ref: ctx.name('p'), label: 'p', version: '1.0.0' });
  const values = { token: `${ctx.nonce}-hidden`, open: `${ctx.nonce}-open` };
  const world = { ctx, tenant, pack, values };
  const [seen, expected]: [object[], object[]] = [[], []];

  for (const [n, [by, create]] of Object.entries(DECLARED_BY).entries()) {
    for (const [m, [end, apply]] of Object.entries(ENDS).entries()) {
      const stored = await create(world, `of-${n}-${m}`);
      await apply(tenant.token, stored);
      seen.push({ by, end, shown: await shownBy(world, stored.shown) });
      // the items of a queue go with it
      const isGone = by === 'a queue' && end === 'it is removed';
      const shown = stored.shown.map((path) => [path, isGone ? 404 : [false, true]] as const);
      expected.push({ by, end, shown: Object.fromEntries(shown) });
    }
  }

  expect(seen).toEqual(expected);
});

const RESPONSES = ['core', 'rbac', 'secrets.redaction', 'sql'];

claim('T3.35f', RESPONSES, 'a secret response is read by the execution that asked', async (ctx) => {
  const [id, other] = [await startSleeping(ctx), await startSleeping(ctx)];
  const { id: identity } = await ctx.client.auth.me();
  const secret = await readTokenSecret(ctx.facts);
  const program = (execution: number) =>
    forgeProgramToken(secret, { identity, execution, permissionSets: ['core.admin'] });
  const response_schema = { pin: { type: 'string', secret: true }, note: { type: 'string' } };
  const inquiry = await ctx.client.inquiries.create({ execution: id, prompt: 'Which?', response_schema });
  const path = `/inquiries/${inquiry.id}`;
  const [pin, note] = [`${ctx.nonce}-pin`, `${ctx.nonce}-note`];

  const responded = await ctx.client.inquiries.respond(inquiry.id, { pin, note });

  const readers = { user: ctx.facts.token, 'its program': await program(id), 'another program': await program(other) };
  const shown = Object.entries(readers).map(async ([name, token]) => {
    const { text } = await callApi(token, 'GET', path);
    return [name, [text.includes(pin), text.includes(note)]] as const;
  });
  expect(Object.fromEntries(await Promise.all(shown))).toEqual({
    user: [false, true],
    'its program': [true, true],
    'another program': [false, true],
  });
  expect(responded.response).toMatchObject({ note, pin: { redacted: true } });
});

claim('T3.35g', ['core', 'secrets.redaction'], 'a secret that is sent back as it was shown is kept', async (ctx) => {
  const pack = await ctx.ownPack();
  const hidden = { $attune_secret: true, redacted: true };
  const secretOf = (place: string) => `${ctx.nonce}-${place}`;
  const rows = Object.entries(STORED_IN).map(async ([place, store]) => {
    const action = await createScriptAction(ctx, pack, PRINT_VALUE, SCHEMA);
    const stored = await store(ctx, action, { token: secretOf(place), open: 'before' });
    const changed = await stored.change({ ...stored.shown, open: 'after' });
    return [place, { shown: stored.shown, changed, received: await stored.received() }] as const;
  });

  const expected = Object.keys(STORED_IN).map((place) => {
    const [shown, changed] = ['before', 'after'].map((open) => ({ token: hidden, open }));
    return [place, { shown, changed, received: `after ${sha256OfJson(secretOf(place))}` }] as const;
  });
  expect(Object.fromEntries(await Promise.all(rows))).toEqual(Object.fromEntries(expected));
});
