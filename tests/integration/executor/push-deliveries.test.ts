import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { createGuard } from '../../../platform/egress/egress-guard';
import { claimPushDeliveries } from '../../../platform/store/executions/push-deliveries';
import { addExternalWorker, setDelivery, setWorkerState } from '../../../platform/store/workers/tenant-workers';
import { renewHeartbeat } from '../../../platform/store/workers/workers';
import { deliver } from '../../../platform/workers/external/deliver';
import { TENANT, withExecutor } from './with-executor';

const HOUR_MS = 3_600_000;
const testPlatform = withExecutor();
const LIMITS = { maxCount: 10, maxPerWorker: 4 };

/** Of its response; null: it does not respond. */
let status: number | null = 422;
/** What the agent refuses an execution with. */
let rejection: Buffer;
/** Deliveries. */
let received = 0;
let agent: Server;
beforeAll(async () => {
  agent = createServer((request, response) => {
    received++;
    request.resume().on('end', () => status !== null && response.writeHead(status).end(rejection));
  });
  await new Promise<void>((listening) => agent.listen(0, '127.0.0.1', listening));
});
afterAll(async () => {
  agent.closeAllConnections();
  await new Promise((closed) => agent.close(closed));
});

async function addPushWorker(leaseMs = 60_000): Promise<number> {
  const url = `http://127.0.0.1:${(agent.address() as AddressInfo).port}/`;
  const limits = { queueLimit: 100, heartbeatTimeoutMs: HOUR_MS, leaseMs };
  return testPlatform.db().inTenant(TENANT, async (transaction) => {
    const { id } = await addExternalWorker(transaction, { tenant: TENANT, runtime: 'relay', ...limits });
    await setDelivery(transaction, id, { mode: 'push', url });
    await setWorkerState(transaction, id, { to: 'online', cause: 'register' });
    return id;
  });
}

/** Requests so many executions for the agent of a worker. */
async function requestFor(worker: number, count: number): Promise<number[]> {
  const ids: number[] = [];
  await testPlatform.whileFrozen(async () => {
    for (let each = 0; each < count; each++) ids.push((await testPlatform.request('test.act')).id);
    await testPlatform.queryAsOwner('update execution set addressed_to = $1 where id = any($2)', [worker, ids]);
  });
  await testPlatform.dispatch();
  return ids;
}

/** Of this worker: a delivery that failed in another test may be due, too. */
const claimDue = async (worker: number) =>
  (await claimPushDeliveries(testPlatform.db(), LIMITS)).filter((delivery) => delivery.worker === worker);

const TO_AGENT = { host: '127.0.0.1', port: null };

/** Delivers one execution to the agent, where the platform may reach what `allow` has. */
async function deliverOne({ secrets = [] as string[], allow = [TO_AGENT], leaseMs = 60_000 } = {}) {
  const worker = await addPushWorker(leaseMs);
  const [id] = await requestFor(worker, 1);
  const [delivery] = await claimDue(worker);
  const guard = createGuard({ allow, nameServers: null });
  const options = { guard, pickUpMs: HOUR_MS, stop: new AbortController().signal };

  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  await deliver(testPlatform.db(), { ...delivery!, secrets }, options, log);

  return { worker, delivery: delivery!, lines, execution: await testPlatform.get(id!) };
}

async function failToDeliver(given: Parameters<typeof deliverOne>[0]) {
  const { worker, execution } = await deliverOne(given);
  expect(execution.status).toBe('failed');
  return { worker, result: execution.result };
}

/** The error of an execution that the agent refuses with this text, after its prefix. */
async function shownOfRejection(text: Buffer, secrets: string[] = []): Promise<unknown> {
  rejection = text;
  const { worker, result } = await failToDeliver({ secrets });
  const { error, ...rest } = result as { error: string };
  const prefix = `DELIVERY_REFUSED: the agent of worker ${worker} did not accept the execution: 422 `;
  expect(error.startsWith(prefix)).toBe(true);
  return { ...rest, shown: error.slice(prefix.length) };
}

const REFUSED = { succeeded: false, code: 'DELIVERY_REFUSED' };

test('the beginning of a long refusal is shown, up to 2,000 bytes', async () => {
  const shown = 'é'.repeat(999);

  expect(await shownOfRejection(Buffer.from(`x${shown}é${'z'.repeat(5_000)}`))).toEqual({
    ...REFUSED,
    shown: `x${shown}`,
  });
});

test('a secret at the end of what is shown of a refusal is masked', async () => {
  const secret = 'correct-horse-battery-staple';
  const before = 'x'.repeat(1_990);

  expect(await shownOfRejection(Buffer.from(`${before} ${secret}${'z'.repeat(5_000)}`), [secret])).toEqual({
    ...REFUSED,
    redacted: true,
    shown: `${before} ***${'z'.repeat(6)}`,
  });
});

test('a refusal that is no text ends its execution, too', async () => {
  expect(await shownOfRejection(Buffer.from([0x61, 0, 0xff, 0x62]))).toEqual({ ...REFUSED, shown: 'a\uFFFD\uFFFDb' });
});

test('an address that may not be reached any more fails the execution', async () => {
  const before = received;

  const { worker, result } = await failToDeliver({ allow: [] });

  const problem = '127.0.0.1 is a loopback address, and not allowed with this port';
  const error = `EGRESS_BLOCKED: the agent of worker ${worker} did not accept the execution: ${problem}`;
  expect([result, received]).toEqual([{ succeeded: false, code: 'EGRESS_BLOCKED', error }, before]);
});

test('no response within half a lease is a failed delivery, and no attempt', async () => {
  status = null;
  const { delivery, lines, execution } = await deliverOne({ leaseMs: 4_000 });
  status = 422;

  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { is: 'retry', delayMs: 1_000, reason: 'TIMEOUT: no response within 2 s' },
  ]);
  expect(execution).toMatchObject({ status: 'scheduled', finished_at: null });
  const rows = await testPlatform.queryAsOwner(
    `select e.attempt, d.failures, exists (select from lease where resource = 'execution:' || e.id) as leased
     from execution e join push_delivery d on d.execution = e.id where e.id = $1`,
    [delivery.execution],
  );
  expect(rows).toEqual([{ attempt: 0, failures: 1, leased: false }]);
});

/** Seconds until the lease of an execution ends. */
async function leaseSeconds(execution: number): Promise<number> {
  const [row] = await testPlatform.queryAsOwner<{ seconds: number }>(
    `select round(extract(epoch from expires_at - liveness_now()))::int as seconds from lease
     where resource = 'execution:' || $1`,
    [execution],
  );
  return row!.seconds;
}

test('a heartbeat renews the claim of a delivery that was accepted', async () => {
  status = 202;
  const { worker, delivery, execution } = await deliverOne();
  status = 422;
  expect(execution.status).toBe('running');
  const tokens = [delivery.fencingToken];

  await testPlatform.db().inTenant(TENANT, (transaction) => renewHeartbeat(transaction, worker, tokens, 10 * HOUR_MS));

  expect(await leaseSeconds(execution.id)).toBeGreaterThan(9 * 3_600);
});

test('what waits for a paused or removed worker is not delivered', async () => {
  const worker = await addPushWorker();
  const [id] = await requestFor(worker, 1);
  const claimedWhen = async (to: 'paused' | 'offline') => {
    await testPlatform
      .db()
      .inTenant(TENANT, (transaction) => setWorkerState(transaction, worker, { to, cause: 'test' }));
    return (await claimDue(worker)).map(({ execution }) => execution);
  };

  expect([await claimedWhen('paused'), await claimedWhen('offline')]).toEqual([[], [id]]);
  const other = await addPushWorker();
  await requestFor(other, 1);
  await testPlatform
    .db()
    .inTenant(TENANT, (transaction) => setWorkerState(transaction, other, { to: 'removed', cause: 'test' }));
  expect(await claimDue(other)).toEqual([]);
});

test('an agent gets four executions at once, the next one when one has ended', async () => {
  rejection = Buffer.from('no');
  const worker = await addPushWorker();
  const ids = await requestFor(worker, 6);

  const first = await claimDue(worker);
  expect([first.map(({ execution }) => execution), await claimDue(worker)]).toEqual([ids.slice(0, 4), []]);
  await testPlatform.loseLease(first[1]!);

  const [again, ...others] = await claimDue(worker);
  expect([again!.execution, again!.attempt, others]).toEqual([ids[1], 2, []]);
  expect(again!.fencingToken).toBeGreaterThan(first[3]!.fencingToken);
});
