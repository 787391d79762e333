// Spec: a worker that ends leaves nothing behind, and what it has not ended runs elsewhere, once.
import { existsSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { startNetworkProxy } from '../../../../helpers/fixtures/network-proxy';
import { RestartablePlatform } from '../../support/commands/restartable-platform';
import { executionToBe, logToEnd, predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { findRunning, hasVariables, hostPids, parentOf, readOrEmpty } from '../../../../helpers/scenario/processes';
import { ledgerToHave, writeEntry } from '../../support/ledger-commands';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import {
  nameStandaloneWorker,
  startStandaloneWorker,
  type NamedWorker,
  type StandaloneWorkerOptions,
} from '../../support/workers/standalone-worker';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('workers.standalone', 'host.processes', 'ledger.shared');

const LIMIT_SECONDS = 60;
const SETTINGS = { PLATFORM_WORKERS: '0', PLATFORM_HEARTBEAT_SECONDS: '1', PLATFORM_SHUTDOWN_GRACE_SECONDS: '30' };

/** A platform without workers, two names of workers, and executions that either may run. */
async function openPlatform(ctx: Context, settings: Readonly<Record<string, string>> = {}) {
  const platform = await RestartablePlatform.start(ctx, { ...SETTINGS, ...settings });
  const { client } = platform;
  const first = await nameStandaloneWorker(ctx, client);
  const second = await nameStandaloneWorker(ctx, client);
  const worker_tolerations = [first, second].flatMap(({ placement }) => placement.worker_tolerations);
  const { ref } = await client.packs.create({ ref: ctx.name('pack'), label: 'ends', version: '1.0.0' });
  const execute = async (script: string): Promise<number> => {
    const action_ref = await createScriptAction({ client, name: ctx.name }, ref, script);
    return (await client.executions.execute({ action_ref, worker_tolerations })).id;
  };
  type Options = Pick<StandaloneWorkerOptions, 'args' | 'api' | 'env'>;
  const startWorker = (worker: NamedWorker, options: Options = {}) =>
    startStandaloneWorker(ctx, { platform, worker, ...options });
  return { platform, client, first, second, execute, startWorker };
}

test('S1-60 SIGTERM lets a run end, starts no other one and leaves nothing', LIMIT_SECONDS, async (ctx) => {
  const { client, first, second, execute, startWorker } = await openPlatform(ctx);
  const go = `${ctx.ledger.path}.go`;
  const script = (label: string) =>
    [
      writeEntry(ctx, label, 'start'),
      `until [ -e '${go}' ]; do sleep 0.05; done; sleep 1`,
      'dirname "$(dirname "$ATTUNE_RUNTIME_ENVS_DIR")"',
    ].join('\n');
  // The grace is that of the platform, and the name that of the token.
  const env = { PLATFORM_SHUTDOWN_GRACE_SECONDS: '0', PLATFORM_WORKER_NAME: 'another' };
  const { command } = await startWorker(first, { args: ['--slots', '1'], env });
  const running = await execute(script('running'));
  await until(ledgerToHave(1, ctx, 'running'), ctx.deadline);
  const queued = await execute(script('queued'));
  await until(executionToBe('scheduled', client, queued), ctx.deadline);
  await startWorker(second);

  command.kill('SIGTERM');
  writeFileSync(go, '');
  const { code, stderr } = await command.ended;
  const ended = await client.executions.get(running);

  expect([ended.status, ended.worker]).toEqual(['completed', first.id]);
  expect(stderr).toContain('SIGTERM: stopping; attempts that run have 30 s to end');
  const other = await until(executionToBe('completed', client, queued), ctx.deadline);
  expect([code, other.worker]).toEqual([null, second.id]);
  expect(['running', 'queued'].map((label) => ctx.ledger.count(ctx.ledgerInput(label).key))).toEqual([1, 1]);
  const directory = (ended.result as { stdout: string }).stdout.trim();
  const [, instance] = /^tuningfork-(\w+)$/.exec(basename(directory)) ?? [];
  expect(instance).toBeDefined();
  expect(existsSync(directory)).toBe(false);
  expect(hostPids().filter((pid) => hasVariables(pid, [`PLATFORM_INSTANCE=${instance}`]))).toEqual([]);
});

/** A worker that is cut off needs the grace to stop: it waits for the platform. */
const SHORT_LEASE = { PLATFORM_STANDALONE_LEASE_SECONDS: '3', PLATFORM_SHUTDOWN_GRACE_SECONDS: '1' };

const programsToEnd = ({ ledger }: Context) =>
  predicateToHold('the programs to end', () => findRunning(ledger.entries()).length === 0);

/** The first attempt does not end by itself. */
const holdFirst = (ctx: Context): string =>
  [writeEntry(ctx, 'hold', 'start'), '[ "$PLATFORM_ATTEMPT" != 1 ] || sleep 300', writeEntry(ctx, 'hold', 'end')].join(
    '\n',
  );

/** The execution has run twice, and was recovered once. */
async function expectOneRecovery(ctx: Context, { client }: RestartablePlatform, id: number): Promise<void> {
  const events = ctx.ledger.entries(ctx.ledgerInput('hold').key).map(({ event, execution }) => `${event} ${execution}`);
  expect(events).toEqual([`start ${id}`, `start ${id}`, `end ${id}`]);
  const log = await until(logToEnd(client, id), ctx.deadline);
  expect(log.filter(({ type }) => type === 'EXECUTION_RECOVERED')).toHaveLength(1);
}

test('S1-62 a killed worker leaves no program, and another one runs its work', LIMIT_SECONDS, async (ctx) => {
  const { platform, client, first, second, execute, startWorker } = await openPlatform(ctx, SHORT_LEASE);
  const { command } = await startWorker(first);
  const id = await execute(holdFirst(ctx));
  await until(ledgerToHave(1, ctx, 'hold'), ctx.deadline);

  command.kill('SIGKILL');
  await until(programsToEnd(ctx), ctx.deadline);
  await startWorker(second);

  const { worker } = await until(executionToBe('completed', client, id), ctx.deadline);
  expect(worker).toBe(second.id);
  await expectOneRecovery(ctx, platform, id);
});

/** Pid of the process that runs actions, which the command has started. */
const workerProcessOf = (command: number): number =>
  hostPids().find(
    (pid) => parentOf(pid) === command && readOrEmpty(`/proc/${pid}/cmdline`).includes('\0worker-process\0'),
  )!;

test('S1-62 a killed worker process is restarted, and runs its work again', LIMIT_SECONDS, async (ctx) => {
  const { platform, client, first, execute, startWorker } = await openPlatform(ctx, SHORT_LEASE);
  const { pid: command } = await startWorker(first);
  const id = await execute(holdFirst(ctx));
  await until(ledgerToHave(1, ctx, 'hold'), ctx.deadline);

  process.kill(workerProcessOf(command), 'SIGKILL');

  const { worker } = await until(executionToBe('completed', client, id), ctx.deadline);
  expect(worker).toBe(first.id);
  await expectOneRecovery(ctx, platform, id);
});

test('S1-62 a worker that is cut off stops a program before another runs it', LIMIT_SECONDS, async (ctx) => {
  const { platform, client, first, second, execute, startWorker } = await openPlatform(ctx, SHORT_LEASE);
  const proxy = await startNetworkProxy({ host: '127.0.0.1', target: platform.url, delayMs: 0 });
  ctx.defer(() => proxy.close());
  await startWorker(first, { api: proxy.url });
  const id = await execute(holdFirst(ctx));
  await until(ledgerToHave(1, ctx, 'hold'), ctx.deadline);

  proxy.cut('both');
  await startWorker(second);
  const { worker } = await until(executionToBe('completed', client, id), ctx.deadline);

  expect(findRunning(ctx.ledger.entries())).toEqual([]);
  expect(worker).toBe(second.id);
  await expectOneRecovery(ctx, platform, id);
});
