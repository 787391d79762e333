// Spec: a token connects the worker that it names, which can do nothing but run what it claimed.
import { createClient } from '../../../../helpers/client/client';
import { rejectionStatus } from '../../../../helpers/client/rejection-status';
import { runCommand } from '../../support/commands/command-line';
import { executionToBe, predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { outputOf } from '../../../../helpers/scenario/resources/output-of';
import { platformClock } from '../../../../helpers/scenario/resources/platform-clock';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import { connectionStatus, connectRaw, handRegistration } from '../../support/workers/raw-worker';
import { nameStandaloneWorker, startStandaloneWorker } from '../../support/workers/standalone-worker';
import { systemTestNeeding } from '../../support/system-test';
import { readTokenSecret, withExpiry } from '../../support/forge-token';

const test = systemTestNeeding('workers.standalone');
const onHost = systemTestNeeding('workers.standalone', 'host.processes');
const withSql = systemTestNeeding('workers.standalone', 'sql');

const LIMIT_SECONDS = 40;
/** Of the measured difference of the clocks. */
const MARGIN_MS = 1_000;

test('S1-63 a revocation disconnects the worker at its next heartbeat', async (ctx) => {
  const { id, name, token } = await nameStandaloneWorker(ctx, ctx.client);
  const worker = await connectRaw({ url: ctx.facts.url, name, token });
  ctx.defer(() => worker.close());
  await worker.call('registerWorker', handRegistration(name));
  await ctx.client.standaloneWorkers.revokeTokens(id);

  expect(await Promise.race([worker.closed, worker.call('recordHeartbeat', [])])).toBe(4401);
});

onHost('S1-63 a token connects its worker alone, until it is revoked', LIMIT_SECONDS, async (ctx) => {
  const { client, facts } = ctx;
  const worker = await nameStandaloneWorker(ctx, client);
  const other = await nameStandaloneWorker(ctx, client);
  const { token } = worker;
  const args = ['worker', '--api', facts.url, '--name', other.name];

  const otherName = await connectionStatus({ url: facts.url, name: other.name, token });
  expect(otherName).toEqual({ status: 403, code: 'FORBIDDEN' });
  const refused = await runCommand(ctx, args, { env: { PLATFORM_WORKER_TOKEN: token } });
  const { command } = await startStandaloneWorker(ctx, { worker });
  await client.standaloneWorkers.revokeTokens(worker.id);
  const ended = await command.ended;

  expect([refused.code, refused.stdout, ended.code]).toEqual([3, [], 3]);
  expect(refused.stderr).toContain('WORKER_REFUSED');
  expect(refused.stderr).toContain('The token is for another worker');
  expect(ended.stderr).toContain('WORKER_REFUSED');
  expect(ended.stderr).toContain('The token was revoked');
  const again = await connectionStatus({ url: facts.url, name: worker.name, token });
  expect(again).toEqual({ status: 403, code: 'FORBIDDEN' });
});

withSql('S1-63 a connection ends with its token, and is not opened again', async (ctx) => {
  const { client, facts } = ctx;
  const { name, token } = await nameStandaloneWorker(ctx, client);
  const expiresAt = Math.floor(platformClock(ctx).now() / 1_000) + 8;
  const short = await withExpiry(await readTokenSecret(facts), token, expiresAt);

  const raw = await connectRaw({ url: facts.url, name, token: short });
  ctx.defer(() => raw.close());
  const isExpired = () => platformClock(ctx).now() > 1_000 * expiresAt + MARGIN_MS;
  await until(predicateToHold('the token to expire', isExpired), ctx.deadline);

  expect(await Promise.race([raw.closed, raw.call('recordHeartbeat', [])])).toBe(4401);
  const again = await connectionStatus({ url: facts.url, name, token: short });
  expect(again).toEqual({ status: 401, code: 'UNAUTHORIZED' });
});

test('S1-63 a token opens no other route, and another token no connection', async (ctx) => {
  const { client, facts } = ctx;
  const { name, token } = await nameStandaloneWorker(ctx, client);
  const holder = createClient({ baseUrl: facts.url, token });

  const statuses = await Promise.all(
    [
      holder.executions.execute({ action_ref: 'core.noop' }),
      holder.executions.list({}),
      holder.keys.list(),
      holder.packs.list(),
      holder.workers.list(),
      holder.standaloneWorkers.issueToken({ name }),
      holder.internalFiles.get('file'),
    ].map(rejectionStatus),
  );

  expect(statuses).toEqual(statuses.map(() => 403));
  const connection = await connectionStatus({ url: facts.url, name, token: facts.token });
  expect(connection).toEqual({ status: 403, code: 'FORBIDDEN' });
});

/** A worker that speaks the protocol by hand; it has registered. */
async function connectWorker(ctx: Context) {
  const { name, token, placement } = await nameStandaloneWorker(ctx, ctx.client);
  const worker = await connectRaw({ url: ctx.facts.url, name, token });
  await worker.call('registerWorker', handRegistration(name));
  const peer = { worker };
  ctx.defer(async () => {
    await peer.worker.call('deactivateWorker');
    peer.worker.close();
  });
  const execute = async (): Promise<number> => {
    const action_ref = await createScriptAction(ctx, await ctx.ownPack(), 'true');
    await worker.call('recordHeartbeat', []); // a silent worker gets nothing
    const { id } = await ctx.client.executions.execute({ action_ref, ...placement });
    await until(executionToBe('scheduled', ctx.client, id), ctx.deadline);
    return id;
  };
  return { worker, peer, execute };
}

const OUTCOME = {
  status: 'completed',
  result: { succeeded: true },
  timeoutLevel: null,
  stdoutTail: '',
  stderrTail: '',
  logs: [{ stream: 'stdout', bytes: 3 }],
};
const FOO = Buffer.from('foo').toString('base64');

test('S1-64 a worker does nothing to a run that another one has claimed', async (ctx) => {
  const owner = await connectWorker(ctx);
  const { worker: thief } = await connectWorker(ctx);
  const id = await owner.execute();
  const claims = (await owner.worker.call('claimExecutions', 4)) as { execution: number; fencingToken: number }[];
  const token = claims[0]!.fencingToken;
  const outcome = { ...OUTCOME, finishedAt: platformClock(ctx).now() };

  const refused = [
    await thief.call('claimExecutions', 4),
    await thief.call('markStarted', token, platformClock(ctx).now()),
    await thief.call('finishAttempt', token, outcome),
    await thief.call('suspendAttempt', token),
    await thief.call('issueExecutionToken', token),
    await thief.call('readPack', token, 0),
    await thief.call('writeLog', token, 'stdout', 0, FOO),
    await thief.call('recordHeartbeat', [token]),
  ];

  expect(claims.map(({ execution }) => execution)).toEqual([id]);
  expect(refused).toEqual([[], false, false, false, null, null, null, { cancelled: [], lost: [token] }]);
  expect((await ctx.client.executions.get(id)).status).toBe('scheduled');
  expect(await owner.worker.call('markStarted', token, platformClock(ctx).now())).toBe(true);
  expect(await owner.worker.call('finishAttempt', token, outcome)).toBe(true);
  expect((await ctx.client.executions.get(id)).status).toBe('completed');
});

test('S1-64 a repeated call is done once, and an invalid one not at all', async (ctx) => {
  const { worker, execute } = await connectWorker(ctx);
  const id = await execute();

  const invalid = [
    await worker.call('constructor'),
    await worker.call('claimExecutions', 'all'),
    await worker.call('claimExecutions', 4, 'more'),
  ];
  const claims = (await worker.call('claimExecutions', 4)) as { execution: number; fencingToken: number }[];
  const again = await worker.repeat();
  const token = claims[0]!.fencingToken;
  await worker.call('markStarted', token, platformClock(ctx).now());
  const sizes = [
    await worker.call('writeLog', token, 'stdout', 0, FOO),
    await worker.call('writeLog', token, 'stdout', 0, FOO),
    await worker.call('writeLog', token, 'stdout', 9, FOO),
  ];
  await worker.call('finishAttempt', token, { ...OUTCOME, finishedAt: platformClock(ctx).now() });

  expect(invalid).toEqual(
    invalid.map(() => ({ id: expect.any(Number), error: expect.objectContaining({ name: 'TypeError' }) })),
  );
  expect(claims.map(({ execution }) => execution)).toEqual([id]);
  expect(again).toEqual(claims);
  expect(sizes).toEqual([3, 3, 3]);
  expect(await outputOf(ctx, id, 'stdout')).toBe('foo');
});

test('S1-64 a reply that was lost comes with the next connection', async (ctx) => {
  const { worker, peer, execute } = await connectWorker(ctx);
  const id = await execute();
  const claims = (await worker.call('claimExecutions', 4)) as { execution: number; fencingToken: number }[];

  peer.worker = await worker.reconnect();

  expect(claims.map(({ execution }) => execution)).toEqual([id]);
  expect([...peer.worker.replies.values()]).toEqual([claims]);
  const token = claims[0]!.fencingToken;
  await peer.worker.call('markStarted', token, platformClock(ctx).now());
  expect(await peer.worker.call('finishAttempt', token, { ...OUTCOME, finishedAt: platformClock(ctx).now() })).toBe(
    true,
  );
});

test('S1-64 what is no call ends the connection', async (ctx) => {
  const { name, token } = await nameStandaloneWorker(ctx, ctx.client);
  const worker = await connectRaw({ url: ctx.facts.url, name, token });
  ctx.defer(() => worker.close());

  worker.send('{"claimExecutions": 4}');

  expect(await Promise.race([worker.closed, worker.call('recordHeartbeat', [])])).toBe(4400);
});
