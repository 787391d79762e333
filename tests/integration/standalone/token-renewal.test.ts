import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { logIn } from '../../../helpers/client/client';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { connectionStatus, connectRaw } from '../../e2e/support/workers/raw-worker';
import { signWorkerToken } from '../../../platform/auth/tokens';
import { privateBase } from '../embedded/holder-process';
import { livenessDeadline } from '../liveness';
import { createAction, startPlatformAlone, startWorker, stopWorker, toComplete } from './standalone-platform';

const SECRET = 'the secret of these tests, of some length';
const LIFETIME_SECONDS = 18;
const YEAR_MS = 31_536_000_000;
const PASSWORD = 'Pass-of-an-administrator-1';

type Renewed = Readonly<Record<string, unknown>>;

let platform: Awaited<ReturnType<typeof startPlatformAlone>>;
const home = privateBase();
beforeAll(async () => (platform = await startPlatformAlone({ PLATFORM_TOKEN_SECRET: SECRET })));
afterAll(async () => {
  await platform.stop();
  home.remove();
});

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, number>;

const registration = { runtimes: { shell: '5.2.0' }, slots: 1, meta: {} };

async function connect(name: string, token: string) {
  const worker = await connectRaw({ url: platform.running.url, name, token });
  await worker.call('registerWorker', registration);
  return { ...worker, renew: () => worker.call('renewToken') as Promise<Renewed> };
}

/** Another administrator of the platform, and the token of a worker that it has issued. */
async function issueBy(name: string) {
  const { identities, permissions } = platform.client;
  const login = `${name}@example.test`;
  const { id } = await identities.create({ login, password: PASSWORD });
  await permissions.assign({ identity_id: id, permission_set_ref: 'core.admin' });
  const { id: assignment } = await permissions.assign({ identity_id: id, permission_set_ref: 'core.platform_admin' });
  const { client } = await logIn({ baseUrl: platform.running.url }, login, PASSWORD);
  return { issuer: id, assignment, ...(await client.standaloneWorkers.issueToken({ name, ttl_seconds: 600 })) };
}

test('a connection outlasts its first token, and the file has the renewed one', async () => {
  const { client, running } = platform;
  const name = 'lasting';
  await client.standaloneWorkers.issueToken({ name });
  const { id: identity } = await client.auth.me();
  const first = await signWorkerToken(SECRET, {
    identity,
    tenant: 1,
    seconds: LIFETIME_SECONDS,
    worker: { name, epoch: 0 },
  });
  const path = join(home.path, 'token');
  writeFileSync(path, first, { mode: 0o600 });
  const worker = await startWorker({ api: running.url, name, token: '', args: ['--token-file', path] });
  const isExpired = () => Promise.resolve(Date.now() > claimsOf(first).exp! * 1_000);
  await until(predicateToHold('the first token to expire', isExpired), livenessDeadline());
  const { id } = await client.executions.execute({ action_ref: await createAction(client, 'echo done') });
  await toComplete(client, id);

  const renewed = readFileSync(path, 'utf8').trim();
  expect(renewed).not.toBe(first);
  expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
  const { exp, iat } = claimsOf(renewed);
  expect(exp! - iat!).toBe(LIFETIME_SECONDS);
  const { sub, tenant, login, token_type, iat: issued } = claimsOf(first);
  expect(claimsOf(renewed)).toMatchObject({
    sub,
    tenant,
    login,
    token_type,
    metadata: { worker: name, token_epoch: 0, first_issued_at: issued! * 1_000 },
  });
  await stopWorker(worker);
  expect(await worker.stderr).not.toContain('connection to the platform lost');
});

test('a token is renewed as long as its issuer may issue it', async () => {
  const { identities, permissions } = platform.client;
  const { token, issuer, assignment } = await issueBy('issued');
  const worker = await connect('issued', token);

  expect(await worker.renew()).toEqual({ token: expect.any(String), renewInMs: expect.any(Number) });
  await identities.freeze(issuer);
  expect(await worker.renew()).toMatchObject({ refused: 'Identity is frozen' });
  await identities.unfreeze(issuer);
  await permissions.unassign(assignment);
  expect(await worker.renew()).toMatchObject({ refused: 'the identity that issued the token may no longer issue it' });
  await permissions.assign({ identity_id: issuer, permission_set_ref: 'core.platform_admin' });
  expect(await worker.renew()).toMatchObject({ token: expect.any(String) });
  await identities.remove(issuer);
  const refused = await worker.renew();
  expect(refused.refused).toEqual(expect.any(String));
  expect(refused.renewInMs).toEqual(expect.any(Number));
  worker.close();
});

test('AZ-12 a connection ends with a right of its issuer at a heartbeat', async () => {
  const { permissions } = platform.client;
  const { token, assignment } = await issueBy('heartbeat');
  const worker = await connect('heartbeat', token);
  const statusOf = (token: string) => connectionStatus({ url: platform.running.url, name: 'heartbeat', token });
  expect(await worker.call('recordHeartbeat', [])).toEqual({ cancelled: [], lost: [] });

  await permissions.unassign(assignment);
  void worker.call('recordHeartbeat', []);

  expect(await worker.closed).toBe(4401);
  expect(await statusOf(token)).toEqual({ status: 403, code: 'FORBIDDEN' });
});

test('a revocation revokes renewed tokens as well', async () => {
  const { standaloneWorkers } = platform.client;
  const { token, worker_id: id } = await standaloneWorkers.issueToken({ name: 'revoked', ttl_seconds: 600 });
  const worker = await connect('revoked', token);
  const { token: renewed } = (await worker.renew()) as { readonly token: string };
  const statusOf = (token: string) => connectionStatus({ url: platform.running.url, name: 'revoked', token });
  expect(await statusOf(renewed)).toEqual({ status: 101 });

  await standaloneWorkers.revokeTokens(id);

  expect(await worker.renew()).toMatchObject({ refused: 'the token was revoked, or another process is this worker' });
  expect(await statusOf(renewed)).toEqual({ status: 403, code: 'FORBIDDEN' });
  worker.close();
});

test('renewals end a year after the first issue', async () => {
  const { client } = platform;
  const name = 'old';
  await client.standaloneWorkers.issueToken({ name });
  const { id: identity } = await client.auth.me();
  const firstIssuedAt = Date.now() - YEAR_MS;
  const token = await signWorkerToken(SECRET, {
    identity,
    tenant: 1,
    seconds: 600,
    worker: { name, epoch: 0, firstIssuedAt },
  });
  const worker = await connect(name, token);

  expect(await worker.renew()).toMatchObject({
    refused: 'a token is renewed for a year after its first issue, and no longer',
  });
  worker.close();
});
