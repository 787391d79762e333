// Spec: files of artifacts of a standalone worker are stored whole; its token is renewed in time.
import { createHash } from 'node:crypto';
import { executionToBe, logToEnd } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import { createTestUser } from '../../../../helpers/scenario/resources/test-users';
import { connectionStatus, connectRaw, handRegistration } from '../../support/workers/raw-worker';
import { startStandaloneWorker } from '../../support/workers/standalone-worker';
import { systemTestNeeding } from '../../support/system-test';

const onHost = systemTestNeeding('workers.standalone', 'host.processes');
const byHand = systemTestNeeding('workers.standalone');

const LIMIT_SECONDS = 60;
/** More than one part. */
const COUNT = 600_000;
const TTL_SECONDS = 600;

const digestOf = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

/** A worker that is a connection by hand, with the token of a new name. */
async function connectByHand({ client, name: unique, facts, defer }: Context, issuer = client) {
  const name = unique('worker');
  const { token, worker_id: id } = await issuer.standaloneWorkers.issueToken({ name, ttl_seconds: TTL_SECONDS });
  defer(() => client.standaloneWorkers.revokeTokens(id));
  const worker = await connectRaw({ url: facts.url, name, token });
  defer(() => worker.close());
  await worker.call('registerWorker', handRegistration(name));
  const renew = async () => (await worker.call('renewToken')) as { readonly token: string };
  const statusOf = (presented: string) => connectionStatus({ url: facts.url, name, token: presented });
  return { ...worker, id, name, token, renew, statusOf };
}

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, number>;

onHost('S1-66 a file of an artifact is downloaded byte for byte', LIMIT_SECONDS, async (ctx) => {
  const { client } = ctx;
  await ctx.ownCopy('e2e-api');
  const { id: worker, placement } = await startStandaloneWorker(ctx);
  const parameters = { ref: `${ctx.name('report')}.daily`, count: COUNT };

  const { id } = await client.executions.execute({ action_ref: ctx.action('save-bytes'), parameters, ...placement });
  const ended = await until(executionToBe('completed', client, id), ctx.deadline);

  const { artifact, sha256 } = (ended.result as { readonly data: { artifact: number; sha256: string } }).data;
  ctx.defer(() => client.artifacts.remove(artifact));
  expect(ended.worker).toBe(worker);
  expect(await client.artifacts.latest(artifact)).toMatchObject({ version: 1, execution: id, size_bytes: COUNT });
  expect(digestOf(await client.artifacts.downloadBytes(artifact))).toBe(sha256);
});

onHost('S1-66 a file without a version is not sent, and the log says why', LIMIT_SECONDS, async (ctx) => {
  const { client } = ctx;
  const script = 'echo stray >"$ATTUNE_ARTIFACTS_DIR/stray"';
  const action_ref = await createScriptAction(ctx, await ctx.ownPack(), script);
  const { placement } = await startStandaloneWorker(ctx);

  const { id } = await client.executions.execute({ action_ref, ...placement });
  await until(executionToBe('completed', client, id), ctx.deadline);

  const log = await until(logToEnd(client, id), ctx.deadline);
  const warnings = log.filter(({ type }) => type === 'WARNING');
  expect(warnings.map(({ payload }) => payload)).toEqual([
    {
      code: 'ARTIFACT_FILE_NOT_SENT',
      paths: ['stray'],
      problem: '1 files have no version of an artifact that was reserved for them',
    },
  ]);
});

byHand('S1-66 a part, another digest or another execution is not stored', async (ctx) => {
  const { client } = ctx;
  const worker = await connectByHand(ctx);
  const action_ref = await createScriptAction(ctx, await ctx.ownPack(), 'true');
  const placement = {
    worker_selector: { only: worker.name },
    worker_tolerations: [{ key: worker.name, operator: 'exists' as const }],
  };
  const execute = () => client.executions.execute({ action_ref, ...placement });
  await worker.call('recordHeartbeat', []); // a silent worker gets nothing
  const [{ id }, { id: later }] = [await execute(), await execute()];
  const reserve = async (part: string, execution: number) => {
    const version = await client.artifacts.addFileByRef(ctx.name(part), { type: 'file_text', execution });
    ctx.defer(() => client.artifacts.remove(version.artifact));
    return version;
  };
  const [own, foreign] = [await reserve('own', id), await reserve('foreign', later)];
  await until(executionToBe('scheduled', client, id), ctx.deadline);
  const [claimed] = (await worker.call('claimExecutions', 1)) as { execution: number; fencingToken: number }[];
  const { execution, fencingToken } = claimed!;
  const send = async (version: number, size: number, bytes: string) => {
    const file = { version, size, digest: digestOf('foo') };
    await worker.call('writeFile', fencingToken, file, 0, Buffer.from(bytes).toString('base64'));
    return worker.call('storeFile', fencingToken, file);
  };
  const download = () => client.artifacts.download(own.artifact);

  expect(execution).toBe(id);
  expect(await send(own.id, 3, 'fo')).toEqual({ received: 2, isStored: false });
  await expect(download()).rejects.toMatchObject({ status: 404 });
  expect(await send(own.id, 3, 'fox')).toMatchObject({ rejected: expect.stringContaining('FILE_DIGEST_MISMATCH') });
  await expect(download()).rejects.toMatchObject({ status: 404 });
  expect(await send(foreign.id, 3, 'foo')).toEqual({ received: 0, isStored: false });
  await expect(client.artifacts.download(foreign.artifact)).rejects.toMatchObject({ status: 404 });
  expect(await send(own.id, 3, 'foo')).toEqual({ received: 3, isStored: true });
  expect(await download()).toBe('foo');
  await worker.call('releaseAttempt', fencingToken);
});

byHand('S1-67 a renewed token is of the same worker, lifetime and revocation', async (ctx) => {
  const worker = await connectByHand(ctx);

  const { token } = await worker.renew();
  const { exp, iat, sub } = claimsOf(token);

  expect([exp! - iat!, sub]).toEqual([TTL_SECONDS, claimsOf(worker.token).sub]);
  expect(await worker.statusOf(token)).toEqual({ status: 101 });
  await ctx.client.standaloneWorkers.revokeTokens(worker.id);
  expect(await worker.renew()).toMatchObject({ refused: expect.stringContaining('revoked') });
  expect(await worker.statusOf(token)).toEqual({ status: 403, code: 'FORBIDDEN' });
});

byHand('S1-67 a token is renewed only while its issuer may issue it', async (ctx) => {
  const { identities, permissions } = ctx.client;
  const issuer = await createTestUser(ctx, 'core.admin');
  const assign = () => permissions.assign({ identity_id: issuer.id, permission_set_ref: 'core.platform_admin' });
  const { id: assignment } = await assign();
  const worker = await connectByHand(ctx, issuer.client);

  expect(await worker.renew()).toMatchObject({ token: expect.any(String) });
  await permissions.unassign(assignment);
  expect(await worker.renew()).toMatchObject({ refused: expect.stringContaining('may no longer issue it') });
  await assign();
  await identities.freeze(issuer.id);
  expect(await worker.renew()).toMatchObject({ refused: 'Identity is frozen' });
  await identities.unfreeze(issuer.id);
  expect(await worker.renew()).toMatchObject({ token: expect.any(String) });
});
