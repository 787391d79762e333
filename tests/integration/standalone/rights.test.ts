import { createHash } from 'node:crypto';
import { createClient } from '../../../helpers/client/client';
import { until } from '../../../helpers/scenario/polling';
import { signToken, signWorkerToken } from '../../../platform/auth/tokens';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { PROTOCOL } from '../../../platform/workers/rpc/standalone-protocol';
import { livenessDeadline } from '../liveness';
import { connectionStatus, connectRaw } from '../../e2e/support/workers/raw-worker';
import { createAction, startPlatformAlone } from './standalone-platform';

const SECRET = 'the secret of these tests, of some length';
const SLOTS = 1_000;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const FILE = { version: 1, size: 3, digest: sha256('foo') };

let platform: Awaited<ReturnType<typeof startPlatformAlone>>;
let ref: string;
beforeAll(async () => {
  platform = await startPlatformAlone({
    PLATFORM_TOKEN_SECRET: SECRET,
    PLATFORM_WORKER_TOKENS: 'on',
    PLATFORM_HEARTBEAT_SECONDS: '30', // a worker that sends none gets work for three times as long
  });
  ref = await createAction(platform.client, 'echo done');
});
afterAll(() => platform.stop());

const url = () => platform.running.url;
const issue = (name: string) => platform.client.standaloneWorkers.issueToken({ name });
const identity = async () => (await platform.client.auth.me()).id;
const registration = (name: string) => ({ runtimes: { shell: '5.2.0' }, slots: 4, meta: {}, labels: { only: name } });

/** A worker that has registered, and one execution that only it may run. */
async function workerWithExecution(name: string) {
  const { token } = await issue(name);
  const worker = await connectRaw({ url: url(), name, token });
  await worker.call('registerWorker', registration(name));
  const { id } = await platform.client.executions.execute({ action_ref: ref, worker_selector: { only: name } });
  await until(executionToBe('scheduled', platform.client, id), livenessDeadline());
  return { worker, id };
}

test('a connection needs a valid token that names the worker', async () => {
  const { token, worker_id: worker } = await issue('box');
  const owner = { identity: await identity(), tenant: 1 };
  const named = { worker: { name: 'box', epoch: 0 } };
  const expired = await signWorkerToken(SECRET, { ...owner, ...named, seconds: -60 });
  const unnamed = await signToken(SECRET, { ...owner, login: 'w', tokenType: 'worker', seconds: 60 });
  const access = await signToken(SECRET, { ...owner, login: 'w', tokenType: 'access', seconds: 60 });
  const forged = await signWorkerToken('another secret', { ...owner, ...named, seconds: 60 });
  const unknown = await signWorkerToken(SECRET, { ...owner, worker: { name: 'nowhere', epoch: 0 }, seconds: 60 });
  const statusOf = (token: string, name = 'box', protocol = String(PROTOCOL)) =>
    connectionStatus({ url: url(), name, token, protocol });

  expect(await statusOf(token)).toEqual({ status: 101 });
  expect(await statusOf(token, 'other')).toEqual({ status: 403, code: 'FORBIDDEN' });
  expect(await statusOf(token, 'box', '0')).toEqual({ status: 409, code: 'WORKER_PROTOCOL_MISMATCH' });
  expect(await statusOf(expired)).toEqual({ status: 401, code: 'UNAUTHORIZED' });
  expect(await statusOf(forged)).toEqual({ status: 401, code: 'UNAUTHORIZED' });
  expect(await statusOf(unnamed)).toEqual({ status: 403, code: 'FORBIDDEN' });
  expect(await statusOf(access)).toEqual({ status: 403, code: 'FORBIDDEN' });
  expect(await statusOf(unknown, 'nowhere')).toEqual({ status: 403, code: 'FORBIDDEN' });
  const connected = await connectRaw({ url: url(), name: 'box', token });
  await connected.call('registerWorker', registration('box'));
  await platform.client.standaloneWorkers.revokeTokens(worker);
  void connected.call('recordHeartbeat', []);
  expect(await connected.closed).toBe(4401);
  expect(await statusOf(token)).toEqual({ status: 403, code: 'FORBIDDEN' });
  expect(await statusOf((await issue('box')).token)).toEqual({ status: 101 });
});

test('no call is read after a message that ends the connection', async () => {
  const { token } = await issue('refused');
  const worker = await connectRaw({ url: url(), name: 'refused', token });

  worker.send('{"claimExecutions": 4}');
  void worker.call('registerWorker', registration('refused'));

  expect(await worker.closed).toBe(4400);
  expect((await worker.reconnect()).welcome).toMatchObject({ known: [] }); // of its calls
});

test('the token of a worker opens nothing but its connection', async () => {
  const { token } = await issue('closed');
  const client = createClient({ baseUrl: url(), token });

  await expect(client.workers.list()).rejects.toMatchObject({ status: 403, code: 'FORBIDDEN' });
  await expect(client.keys.list()).rejects.toMatchObject({ status: 403, code: 'FORBIDDEN' });
  await expect(client.standaloneWorkers.issueToken({ name: 'closed' })).rejects.toMatchObject({ status: 403 });
});

test('the name of another kind of worker gets no token', async () => {
  const { name } = await platform.client.tenantWorkers.create({ kind: 'managed', runtime: 'shell' });

  await expect(issue(name)).rejects.toMatchObject({ status: 409, code: 'CONFLICT' });
  await expect(issue('../escape')).rejects.toMatchObject({ status: 422 });
});

test('a worker can do nothing with the lease of another worker', async () => {
  const { worker: owner, id } = await workerWithExecution('owner');
  const { worker: thief } = await workerWithExecution('thief');
  const [claimed] = (await owner.call('claimExecutions', 4)) as { execution: number; fencingToken: number }[];
  const token = claimed!.fencingToken;
  const outcome = {
    status: 'completed',
    result: { succeeded: true },
    finishedAt: Date.now(),
    timeoutLevel: null,
    stdoutTail: '',
    stderrTail: '',
    logs: [],
  };

  expect(claimed!.execution).toBe(id);
  expect(await thief.call('markStarted', token, Date.now())).toBe(false);
  expect(await thief.call('finishAttempt', token, outcome)).toBe(false);
  expect(await thief.call('suspendAttempt', token)).toBe(false);
  expect(await thief.call('issueExecutionToken', token)).toBeNull();
  expect(await thief.call('readPack', token, 0)).toBeNull();
  expect(await thief.call('writeLog', token, 'stdout', 0, 'Zm9v')).toBeNull();
  expect(await thief.call('listReservedFiles', token)).toBeNull();
  expect(await thief.call('writeFile', token, FILE, 0, 'Zm9v')).toBeNull();
  expect(await thief.call('storeFile', token, FILE)).toBeNull();
  expect(await thief.call('recordHeartbeat', [token])).toEqual({ cancelled: [], lost: [token] });
  expect((await platform.client.executions.get(id)).status).toBe('scheduled');
  expect(await owner.call('markStarted', token, Date.now())).toBe(true);
  expect(await owner.call('finishAttempt', token, outcome)).toBe(true);
  expect((await platform.client.executions.get(id)).status).toBe('completed');
  owner.close();
  thief.close();
});

test('a worker stores no file but whole ones of its own execution', async () => {
  const { worker, id } = await workerWithExecution('writer');
  const { id: other } = await platform.client.executions.execute({
    action_ref: ref,
    worker_selector: { only: 'none' },
  });
  const [claimed] = (await worker.call('claimExecutions', 4)) as { fencingToken: number }[];
  const token = claimed!.fencingToken;
  const { artifacts } = platform.client;
  const reserve = (name: string, execution: number) =>
    artifacts.addFileByRef(`rights.${name}`, { type: 'file_text', execution });
  const [own, foreign] = [await reserve('own', id), await reserve('foreign', other)];
  const write = (file: object, offset: number, text: string) =>
    worker.call('writeFile', token, file, offset, Buffer.from(text).toString('base64'));
  const file = { ...FILE, version: own.id };

  expect(await worker.call('listReservedFiles', token)).toEqual([{ version: own.id, path: own.file_path }]);
  expect(await write({ ...FILE, version: foreign.id }, 0, 'foo')).toEqual({
    rejected: 'its version was removed, or is not of this execution',
  });
  expect(await write({ ...file, size: 100 * 1_024 ** 2 + 1 }, 0, 'f')).toEqual({
    rejected: expect.stringContaining('at most'),
  });
  expect(await write(file, 1, 'oo')).toEqual({ received: 0, isStored: false });
  expect(await write(file, 0, 'f')).toEqual({ received: 1, isStored: false });
  expect(await worker.call('storeFile', token, file)).toEqual({ received: 1, isStored: false });
  await expect(artifacts.download(own.artifact)).rejects.toMatchObject({ status: 404 });
  expect(await write(file, 0, 'fox and more')).toEqual({ received: 3, isStored: false });
  expect(await worker.call('storeFile', token, file)).toEqual({
    rejected: expect.stringMatching(/^FILE_DIGEST_MISMATCH: /),
  });
  await expect(artifacts.download(own.artifact)).rejects.toMatchObject({ status: 404 });
  expect(await write(file, 0, 'foo')).toEqual({ received: 3, isStored: false });
  expect(await worker.call('storeFile', token, file)).toEqual({ received: 3, isStored: true });
  expect(await artifacts.download(own.artifact)).toBe('foo');
  worker.close();
});

test('an invalid call is refused whole, and too long a message ends it', async () => {
  const { worker } = await workerWithExecution('loud');

  expect(await worker.call('constructor')).toMatchObject({ error: { name: 'TypeError' } });
  expect(await worker.call('claimExecutions', SLOTS + 1)).toMatchObject({ error: { name: 'TypeError' } });
  expect(await worker.call('registerWorker', { ...registration('loud'), slots: 0 })).toMatchObject({
    error: { name: 'TypeError' },
  });
  worker.send(JSON.stringify([99, 'writeLog', ['x'.repeat(33 * 1_024 ** 2)], 1]));
  expect(await worker.closed).toBe(1009);
});

test('the platform names none of its paths, and gives a claim once', async () => {
  const { worker, id } = await workerWithExecution('curious');
  const [claimed] = (await worker.call('claimExecutions', 4)) as Record<string, unknown>[];

  expect(claimed).toMatchObject({ execution: id, packDigest: null });
  expect(JSON.stringify([worker.welcome, claimed])).not.toContain(platform.running.directory);
  expect(await worker.call('claimExecutions', 4)).toEqual([]);
  worker.close();
});
