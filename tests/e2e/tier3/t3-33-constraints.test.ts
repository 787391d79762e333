// Spec: a constrained grant opens what each of its constraints names, and nothing else.
import { createClient, type Client } from '../../../helpers/client/client';
import { nullOn404 } from '../../../helpers/client/null-on-not-found';
import { mapConcurrently } from '../../../helpers/in-parallel';
import { claim } from '../../../helpers/scenario/claim';
import { randomName } from '../../../helpers/scenario/names';
import { createTestTenant } from '../../../helpers/scenario/resources/test-tenant';
import {
  BY_ID,
  createExecutionWorld,
  EXECUTION_CONSTRAINTS,
  INQUIRY_CONSTRAINTS,
  type ExecutionName,
  type ExecutionWorld,
} from '../support/matrix/execution-constraints';
import { callApi } from '../support/api-call';
import {
  CONSTRAINTS,
  CREATED_BY,
  createConstraintWorld,
  createdKeys,
  type ConstraintWorld,
} from '../support/matrix/constraints';
import { createTwoPacksWorld, type TwoPacksWorld } from '../support/matrix/unreadable-task';
import { createChangeableSet } from '../support/matrix/changeable-set';
import { loggedInByToken } from '../support/matrix/granted-callers';
import { createConstrainedCaller, WITHOUT_OBJECT } from '../support/matrix/constraints-without-object';

const NEEDS = ['rbac', 'tenants', 'keys.encryption'];

/** The names of the keys that the reader is shown by their refs, and those that it is listed. */
async function shownKeys(url: string, { reader, keys }: ConstraintWorld) {
  const client = createClient({ baseUrl: url, token: reader.token });
  const listed = new Set((await client.keys.list()).map(({ ref }) => ref));
  const { effective_permissions } = await client.auth.me(); // what is allowed without a constraint
  const found = await Promise.all(Object.values(keys).map((ref) => nullOn404(client.keys.get(ref))));
  const names = Object.keys(keys);
  return {
    plain: effective_permissions.map(({ resource, actions }) => `${resource}:${actions.join()}`),
    listed: names.filter((name) => listed.has(keys[name as keyof typeof keys])),
    read: names.filter((_, n) => found[n] !== null),
  };
}

claim('T3.33f', NEEDS, 'each constraint of a grant opens what it names, and nothing else', async (ctx) => {
  const { client } = await createTestTenant(ctx, 'own');
  const world = await createConstraintWorld(client, ctx.facts.url, `${ctx.facts.directory}/fixtures`);
  const seen: object[] = [];

  for (const [constraintsOf] of CONSTRAINTS) {
    const constraints = constraintsOf(world);
    await world.set.grant([{ resource: 'keys', actions: ['read'], constraints }]);
    seen.push({ constraints, ...(await shownKeys(ctx.facts.url, world)) });
  }

  expect(seen).toEqual(
    CONSTRAINTS.map(([of, opened]) => {
      const constraints = of(world);
      const plain = Object.keys(constraints).length === 0 ? ['keys:read'] : [];
      return { constraints, plain, listed: [...opened], read: [...opened] };
    }),
  );
  const reader = createClient({ baseUrl: ctx.facts.url, token: world.reader.token });
  const created: object[] = [];
  for (const [constraintsOf] of CREATED_BY) {
    await world.set.grant([{ resource: 'keys', actions: ['create'], constraints: constraintsOf(world) }]);
    created.push(await createdKeys(reader, world));
  }
  expect(created).toEqual(CREATED_BY.map(([, expected]) => expected));
});

/** Everything that is read like the execution itself. */
const OF_EXECUTION = ['', '/log', '/tree', '/waiting'];

/** Of each execution: the statuses of the requests that read it. */
async function readStatuses({ token, ids }: ExecutionWorld) {
  const rows = await mapConcurrently(Object.entries(ids), 4, async ([name, id]) => {
    const read = (part: string) => callApi(token, 'GET', `/executions/${id}${part}`);
    return [name, (await mapConcurrently(OF_EXECUTION, 1, read)).map(({ status }) => status)] as const;
  });
  return Object.fromEntries(rows);
}

/** The statuses of searches in what a list does not show, and for the caller's executions. */
async function searchStatuses({ token, reader, admin }: ExecutionWorld) {
  const search = (query: string) => callApi(token, 'GET', `/executions?${query}`);
  const queries = ['result_contains=x', `executor=${admin}`, `result_contains=x&executor=${reader}`];
  const statuses = (await mapConcurrently([...queries, `executor=${reader}`], 2, search)).map(({ status }) => status);
  return { hidden: statuses.slice(0, -1), own: statuses.at(-1) };
}

/** The names of the inquiries that the reader changes, here not at all. */
async function changedInquiries({ token, inquiries }: ExecutionWorld) {
  const rows = await mapConcurrently(Object.entries(inquiries), 4, async ([name, id]) => {
    return [name, (await callApi(token, 'PUT', `/inquiries/${id}`, {})).status] as const;
  });
  return rows.flatMap(([name, status]) => (status === 200 ? [name] : []));
}

claim('T3.33h', ['rbac', 'tenants'], 'each constraint opens the executions that it names', async (ctx) => {
  const { client } = await createTestTenant(ctx, 'own');
  const { url, directory } = ctx.facts;
  const world = await createExecutionWorld(client, {
    url,
    directory: `${directory}/fixtures`,
    deadline: ctx.deadline,
  });
  const seen: object[] = [];

  const rows = [...EXECUTION_CONSTRAINTS, ...BY_ID];
  for (const [constraintsOf] of rows) {
    const constraints = constraintsOf(world);
    await world.set.grant([{ resource: 'executions', actions: ['read'], constraints }]);
    seen.push({ constraints, statuses: await readStatuses(world), searches: await searchStatuses(world) });
  }

  const statusesOf = (status: number) => OF_EXECUTION.map(() => status);
  const names = Object.keys(world.ids) as ExecutionName[];
  expect(seen).toEqual(
    rows.map(([of, opened]) => ({
      constraints: of(world),
      statuses: Object.fromEntries(names.map((name) => [name, statusesOf(opened.includes(name) ? 200 : 403)])),
      searches: { hidden: Array<number>(3).fill(opened.length === names.length ? 200 : 403), own: 200 },
    })),
  );
  const changed: object[] = [];
  for (const [constraintsOf] of INQUIRY_CONSTRAINTS) {
    await world.set.grant([{ resource: 'inquiries', actions: ['update'], constraints: constraintsOf(world) }]);
    changed.push(await changedInquiries(world));
  }
  expect(changed).toEqual(INQUIRY_CONSTRAINTS.map(([, names]) => names));
});

/** What a user reads of a workflow, and of its task by way of the workflow. */
async function readByWorkflow(url: string, { reader, printed, ids }: TwoPacksWorld) {
  const client = createClient({ baseUrl: url, token: reader.token });
  const tree = await client.executions.tree(ids.flow);
  const entries = await client.executions.log(ids.flow);
  const [{ exit_code, stdout_tail, stderr_tail, error }] = tree.children as [typeof tree];
  const read = JSON.stringify([tree, entries]);
  return {
    task: { exit_code, stdout_tail, stderr_tail, error },
    printed: printed.map((text) => read.includes(text)),
    logged: Object.values(ids).map((id) => entries.some(({ execution }) => execution === id)),
    replay: (await callApi(reader.token, 'POST', `/executions/${ids.flow}/replay`, { revision: 1 })).status,
  };
}

const SHOWN = ['rbac', 'tenants', 'executions.log', 'workflows.revisions'];

claim('T3.33l', SHOWN, 'a workflow shows no output of a task that is not to be read', async (ctx) => {
  const { client } = await createTestTenant(ctx, 'own');
  const { url, directory } = ctx.facts;
  const world = await createTwoPacksWorld(client, { url, directory: `${directory}/fixtures`, deadline: ctx.deadline });
  const grant = (constraints: { pack_refs?: string[] }) =>
    world.set.grant([
      { resource: 'executions', actions: ['read'], constraints },
      // a replay is of a version of the workflow
      { resource: 'packs', actions: ['read'], constraints: { pack_refs: [world.flowPack] } },
    ]);

  await grant({ pack_refs: [world.flowPack] });
  const ofFlow = await readByWorkflow(url, world);
  expect((await callApi(world.reader.token, 'GET', `/executions/${world.ids.task}`)).status).toBe(403);
  await grant({});
  const ofAll = await readByWorkflow(url, world);

  const [stdout, stderr] = world.printed;
  const none = { exit_code: null, stdout_tail: '', stderr_tail: '', error: null };
  const all = { exit_code: 7, stdout_tail: `${stdout}\n`, stderr_tail: `${stderr}\n`, error: `${stderr}\n` };
  expect([ofFlow, ofAll]).toEqual([
    { task: none, printed: [false, false], logged: [true, false], replay: 403 },
    { task: all, printed: [true, true], logged: [true, true], replay: 200 },
  ]);
});

claim('T3.33i', ['rbac', 'tenants'], 'a constraint on what a call does not name opens nothing', async (ctx) => {
  const { client } = await createTestTenant(ctx, 'own');
  const caller = await createConstrainedCaller(client, ctx.facts.url, `${ctx.facts.directory}/fixtures`);
  const seen: object[] = [];

  for (const [constraints] of WITHOUT_OBJECT) seen.push({ constraints, ...(await caller.callWith(constraints)) });

  const outcomes = (opens: boolean) => (opens ? { created: 201, read: 200 } : { created: 403, read: 403 });
  expect(seen).toEqual(WITHOUT_OBJECT.map(([constraints, opens]) => ({ constraints, ...outcomes(opens) })));
});

/** A list whose rows are those that a grant covers. */
interface CoveredList {
  readonly grant: readonly [resource: string, action: string];
  /** A row of this name. Returns what a constraint names it by. */
  readonly create: (client: Client, pack_ref: string, name: string) => Promise<string>;
  readonly list: (reader: Client, token: string) => Promise<readonly string[]>;
}

const refsOf = (rows: readonly { readonly ref: string }[]): string[] => rows.map(({ ref }) => ref);

/** A key of the pack with a name of its own. */
const createdKey = async ({ keys }: Client, pack: string, name: string): Promise<string> => {
  const ref = `row-${randomName(8)}-${name}`;
  const owner = { owner_type: 'pack', owner_pack_ref: pack } as const;
  return (await keys.create({ ref, name: ref, value: 'row', ...owner })).ref;
};

const COVERED_LISTS: Readonly<Record<string, CoveredList>> = {
  identities: {
    grant: ['identities', 'read'],
    create: async ({ identities }, _pack, name) => (await identities.create({ login: `${name}@example.test` })).login,
    list: async ({ identities }) => (await identities.list()).map(({ login }) => login),
  },
  packs: {
    grant: ['packs', 'read'],
    create: async ({ packs }, _pack, ref) => (await packs.create({ ref, label: ref, version: '1.0.0' })).ref,
    list: async ({ packs }) => refsOf(await packs.list()),
  },
  queues: {
    grant: ['queues', 'read'],
    create: async ({ queues }, _pack, ref) =>
      (await queues.create({ ref, label: ref, dispatch_action_ref: 'core.noop', enabled: false })).ref,
    list: async ({ queues }) => refsOf(await queues.list()),
  },
  'permission sets': {
    grant: ['permissions', 'read'],
    create: (_client, pack_ref, name) => Promise.resolve(`${pack_ref}.${name.endsWith('one') ? 'two' : 'three'}`),
    list: async ({ permissions }) => refsOf(await permissions.sets()),
  },
  keys: {
    grant: ['keys', 'read'],
    create: createdKey,
    list: async ({ keys }) => refsOf(await keys.list()),
  },
  'keys that a search finds': {
    grant: ['keys', 'read'],
    create: createdKey,
    list: async ({ search }) => refsOf((await search.find('row', 'fulltext', { limit: 100 })).hits),
  },
  'actions to execute': {
    grant: ['actions', 'execute'],
    create: async (client, pack_ref, name) => {
      const program = { pack_ref, label: name, runtime_ref: 'core.shell', entrypoint: 'true' };
      return (await client.actions.create({ ref: `${pack_ref}.${name}`, ...program })).ref;
    },
    list: async (_reader, token) => {
      const { text } = await callApi(token, 'GET', '/actions?executable_with_current_access=true');
      return refsOf((JSON.parse(text) as { readonly items: readonly { readonly ref: string }[] }).items);
    },
  },
};

claim('T3.33q', ['rbac', 'tenants', 'search'], 'a list holds the rows that a constrained grant names', async (ctx) => {
  const { url, directory } = ctx.facts;
  const { client } = await createTestTenant(ctx, 'own');
  const set = await createChangeableSet(client, `${directory}/fixtures`);
  const { token } = await loggedInByToken(client, url, set.ref);
  const reader = createClient({ baseUrl: url, token });
  const seen: Record<string, readonly string[]> = {};
  const named: Record<string, readonly string[]> = {};

  for (const [name, { grant, create, list }] of Object.entries(COVERED_LISTS)) {
    const rows = [await create(client, set.pack, 'row-one'), await create(client, set.pack, 'row-other')];
    const [resource, action] = grant;
    await set.grant([{ resource, actions: [action], constraints: { refs: rows.slice(1) } }]);
    seen[name] = (await list(reader, token)).filter((row) => rows.includes(row));
    named[name] = rows.slice(1);
  }

  expect(seen).toEqual(named);
});
