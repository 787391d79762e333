// Spec: every route enforces its declared grants, and hides other tenants' resources completely.
import { dirSync } from 'tmp';
import { createClient, logIn } from '../../../helpers/client/client';
import { mapConcurrently } from '../../../helpers/in-parallel';
import { connectNotifier } from '../../../helpers/client/notifier-socket';
import { readOperations, type DocumentedOperation } from '../support/matrix/openapi-operations';
import { expectedStatus, OTHER_TENANT_ADMIN, createPrincipals, type Principal } from '../support/matrix/principals';
import { fixtureForCall, callPath, ROUTE_ROWS } from '../support/matrix/routes';
import {
  bodyCalls,
  filterCalls,
  pathCalls,
  unlistedQueries,
  unlistedBodyReferences,
  type CallPair,
} from '../support/matrix/cross-tenant-calls';
import { sendRequest, type MatrixResponse } from '../support/matrix/send-request';
import { createFixtures } from '../support/matrix/fixtures';
import { disableSensors, readEverything, type TenantSide } from '../support/matrix/tenant-side';
import { forgeProgramToken, readTokenSecret } from '../support/forge-token';
import { notificationsToArrive, type Notification } from '../../../helpers/scenario/resources/notifications';
import { resolveNotifierUrl } from '../../../helpers/target/notifier-address';
import { until } from '../../../helpers/scenario/polling';
import { randomName } from '../../../helpers/scenario/names';
import { currentRunFacts } from '../../../helpers/target/run-facts';
import { openTargetDatabase } from '../../../helpers/target/target-database';
import { systemTest, systemTestNeeding } from '../support/system-test';

const facts = currentRunFacts();
const platform = createClient({ baseUrl: facts.url, token: facts.token });
/** Requests in parallel. */
const CONCURRENCY = 12;

let operations: DocumentedOperation[];
/** Those with a row; the first test reports the others. */
let coveredOperations: DocumentedOperation[];
let tenant: TenantSide;
let otherTenant: TenantSide;
let principals: Principal[];
/** A token of an execution of the other tenant, for routes that accept no access token. */
let foreignExecution: string;

async function createTenant(directory: string): Promise<TenantSide> {
  const slug = `e2e-matrix-${randomName(8)}`;
  const admin = { login: `${slug}@example.test`, password: 'Matrix-pass-1' };
  const created = await platform.tenants.create({ slug, name: 'matrix', admin });
  const { client, token } = await logIn({ baseUrl: facts.url }, admin.login, admin.password);
  return { slug, token, client, admin: created.admin.id, fixtures: await createFixtures(client, directory) };
}

const scratch = dirSync({ tmpdir: facts.directory, prefix: 'matrix', unsafeCleanup: true });

beforeAll(async () => {
  operations = await readOperations(facts.url);
  coveredOperations = operations.filter(({ route }) => Object.hasOwn(ROUTE_ROWS, route));
  [tenant, otherTenant] = await Promise.all([createTenant(scratch.name), createTenant(scratch.name)]);
  const execution = otherTenant.fixtures.runningExecution;
  const claims = { identity: otherTenant.admin, execution, permissionSets: [] };
  foreignExecution = await forgeProgramToken(await readTokenSecret(facts), claims);
  principals = await createPrincipals(
    facts,
    tenant.fixtures,
    { id: tenant.admin, token: tenant.token },
    otherTenant.token,
  );
}, 60_000);

afterAll(async () => {
  scratch.removeCallback();
  for (const { slug } of [tenant, otherTenant]) {
    await platform.tenants.update(slug, { frozen: true });
    await platform.tenants.remove(slug);
  }
}, 60_000);

systemTest('AZ-01 every route has a row and declares the grants of its row', async () => {
  const declared = operations.map(({ route, isPublic, grant, withoutGrant, tokenKinds }) => {
    if (isPublic) return { route, grant: 'public' };
    return { route, grant, lack: grant === null ? null : withoutGrant, kinds: [...tokenKinds].sort() };
  });
  const rows = operations.map(({ route }) => {
    const row = ROUTE_ROWS[route];
    if (!row) return { route, grant: 'has no row in tests/e2e/support/matrix/routes.ts' };
    if (row.grant === 'public') return { route, grant: 'public' };
    const kinds = [...(row.kinds ?? ['access', 'execution'])].sort();
    return { route, grant: row.grant, lack: row.grant === null ? null : (row.withoutGrant ?? 403), kinds };
  });

  expect(declared).toEqual(rows);
  return Promise.resolve();
});

interface Cell {
  readonly route: string;
  readonly principal: Principal;
}

/** Sends the request of a route's row as this caller. Returns response and declared status. */
const callAs = async ({ route, principal }: Cell) => {
  const row = ROUTE_ROWS[route]!;
  const policyStatus = expectedStatus(row, principal);
  const named = await fixtureForCall(row, tenant.fixtures, policyStatus === row.okStatus);
  const body = await row.body?.(principal.name === OTHER_TENANT_ADMIN ? otherTenant.fixtures : tenant.fixtures);
  const [method = ''] = route.split(' ');
  const { status, text } = await sendRequest(
    facts.url,
    { method, path: callPath(route, row, named), body },
    row.endsSession ? null : principal.token,
  );
  return { cell: `${route} by ${principal.name}`, policyStatus, status, text };
};

systemTest('AZ-01 every route responds to each type of caller as declared', 60, async () => {
  const cells = coveredOperations.flatMap(({ route }) => principals.map((principal) => ({ route, principal })));
  const isAlone = ({ route }: Cell): boolean => ROUTE_ROWS[route]?.isSequential ?? false;
  const concurrentCells = cells.filter((cell) => !isAlone(cell));

  const responses = [
    ...(await mapConcurrently(concurrentCells, CONCURRENCY, callAs)),
    ...(await mapConcurrently(cells.filter(isAlone), 1, callAs)),
  ];
  await disableSensors(tenant);

  const violations = responses
    .filter(({ policyStatus, status }) => policyStatus !== status)
    .map(({ cell, policyStatus, status, text }) => `${cell}: ${status}, not ${policyStatus}: ${text.slice(0, 120)}`);
  expect(violations).toEqual([]);
  expect(responses.length).toBe(coveredOperations.length * principals.length);
});

interface PairResult {
  readonly title: string;
  readonly status: number;
  readonly text: string;
  readonly differs: boolean;
}

/** Sends both requests of each pair as the other tenant, and compares their responses. */
const compareAsOtherTenant = (pairs: readonly CallPair[]): Promise<PairResult[]> =>
  mapConcurrently(pairs, CONCURRENCY, async ({ title, crossTenant, nonexistent, names }) => {
    const kinds = ROUTE_ROWS[title.replace(/ (by|naming) .*|\?.*/, '')]?.kinds;
    const token = kinds && !kinds.includes('access') ? foreignExecution : otherTenant.token;
    const [one, other] = [
      await sendRequest(facts.url, crossTenant, token),
      await sendRequest(facts.url, nonexistent, token),
    ];
    const rendered = ({ status, type, text }: MatrixResponse) => [status, type, text].join(' ');
    const differs = rendered(one) !== rendered(other).replaceAll(names.nonexistent, names.crossTenant);
    return { title, status: one.status, text: one.text, differs };
  });

const describePair = ({ title, status, text }: PairResult): string => `${title}: ${status} ${text.slice(0, 160)}`;

systemTest("AZ-02 another tenant's resource gets the response of a missing one", 60, async () => {
  const before = await readEverything(tenant);
  const pairs = await Promise.all(
    coveredOperations.map((operation) => pathCalls(operation, tenant.fixtures, otherTenant.fixtures)),
  );

  const results = await compareAsOtherTenant(pairs.flat());

  expect(results.length).toBeGreaterThan(50);
  expect(results.filter(({ differs }) => differs).map(describePair)).toEqual([]);
  const unexpectedStatus = results.filter(
    ({ title, status }) => status !== (ROUTE_ROWS[title.replace(' by path', '')]?.crossTenantStatus ?? 404),
  );
  expect(unexpectedStatus.map(describePair)).toEqual([]);
  expect(await readEverything(tenant)).toBe(before);
});

/** An empty page, list, search or stream. */
const EMPTY = /"(?:items|hits)":\[\]|^\{"data":\[\]\}$|^\[\]$|^: listening\s*$/;

systemTest('AZ-02 a list filtered by a resource of another tenant is empty', 60, async () => {
  expect(unlistedQueries(coveredOperations)).toEqual([]);
  const pairs = coveredOperations.flatMap((operation) => filterCalls(operation, tenant.fixtures, otherTenant.fixtures));

  const results = await compareAsOtherTenant(pairs);

  expect(results.length).toBeGreaterThan(15);
  expect(results.filter(({ differs }) => differs).map(describePair)).toEqual([]);
  const notEmpty = results.filter(({ status, text }) => status === 200 && !EMPTY.test(text));
  expect(notEmpty.map(describePair)).toEqual([]);
});

systemTest('AZ-03 a foreign ref in a body is rejected like an unknown ref', 60, async () => {
  expect(unlistedBodyReferences(coveredOperations)).toEqual([]);
  const before = await readEverything(tenant);
  const pairs = (
    await Promise.all(coveredOperations.map((operation) => bodyCalls(operation, tenant.fixtures, otherTenant.fixtures)))
  ).flat();
  const otherTenantBefore = await readEverything(otherTenant);

  const results = await compareAsOtherTenant(pairs);

  expect(results.length).toBeGreaterThan(25);
  expect(results.filter(({ differs }) => differs).map(describePair)).toEqual([]);
  expect(results.filter(({ status }) => status < 400 || status >= 500).map(describePair)).toEqual([]);
  expect(await readEverything(otherTenant)).toBe(otherTenantBefore);
  expect(await readEverything(tenant)).toBe(before);
});

/** Starts an execution that ends at once. Returns its id. */
const runNoop = async ({ client }: TenantSide): Promise<number> =>
  (await client.executions.execute({ action_ref: 'core.noop' })).id;

const FOREIGN_RUNS = 50;
/** All executions end within this also on a busy host. */
const LISTEN_MS = 12_000;

/** The ids in the payloads of a stream, without repetitions. */
const entityIds = (text: string): number[] => {
  const payloads = [...text.matchAll(/^data: (.*)$/gm)].map(
    ([, json = '{}']) => JSON.parse(json) as { entity_id: number },
  );
  return [...new Set(payloads.map(({ entity_id }) => entity_id))];
};

systemTest("WS-02 a subscriber receives only its own tenant's notifications", 60, async (ctx) => {
  const { execution, runningExecution, event, inquiry } = tenant.fixtures;
  const byEntity = [`entity:execution:${runningExecution}`, `entity:event:${event}`, `entity:inquiry:${inquiry}`];
  const byType = ['all', 'entity_type:execution', 'notification_type:execution_created', 'entity_type:event'];
  const url = resolveNotifierUrl(facts.url, facts.capabilities, process.env);
  await using socket = await connectNotifier({ url, token: otherTenant.token });
  await socket.subscribe(...byEntity, ...byType);
  const streams = ['', `?execution_id=${execution}`, `?execution_id=${runningExecution}`].map((query) => ({
    method: 'GET',
    path: `/api/v1/executions/stream${query}`,
  }));
  const listening = Promise.all(streams.map((stream) => sendRequest(facts.url, stream, otherTenant.token, LISTEN_MS)));

  await mapConcurrently(Array.from({ length: FOREIGN_RUNS }), CONCURRENCY, () => runNoop(tenant));
  const own = await runNoop(otherTenant);

  const isCreation = ({ notification_type }: Notification) => notification_type === 'execution_created';
  await until(notificationsToArrive(1, 'creation', socket, isCreation), ctx.deadline);
  const streamed = await listening;
  // notifications of other executions of its own tenant may arrive as well
  const allowed = new Set((await otherTenant.client.executions.list({})).map(({ id }) => `execution ${id}`));
  const notified = socket.notifications.map(({ entity_type, entity_id }) => `${entity_type} ${entity_id}`);
  expect(notified).toContain(`execution ${own}`);
  expect(notified.filter((entity) => !allowed.has(entity))).toEqual([]);
  expect(streamed.map(({ status }) => status)).toEqual([200, 200, 200]);
  const [all, ...foreign] = streamed.map(({ text }) => entityIds(text));
  expect(all).toContain(own);
  expect(all!.filter((id) => !allowed.has(`execution ${id}`))).toEqual([]);
  expect(foreign).toEqual([[], []]);
});

const systemTestWithDatabase = systemTestNeeding('sql');

// runs last, on all rows that the tests above wrote
systemTestWithDatabase('AZ-03 no row of any table references a row of another tenant', async () => {
  await using database = await openTargetDatabase(facts.databaseUrl);

  expect(await database.crossTenantReferences()).toEqual([]);
});
