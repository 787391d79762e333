// A tenant's programs take all memory that they get, or all of the disk: the platform goes on, and
// other tenants are served. Each platform has the memory or the disk of a small host.
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Execution } from '../../../contract/executions';
import { logIn, type Client } from '../../../helpers/client/client';
import { ApiError } from '../../../helpers/errors';
import { executionToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import { until, type Condition } from '../../../helpers/scenario/polling';
import { cgroupBase, limitBase, PROCESSES_GROUP } from '../../../platform/base/host/cgroup-base';
import { removeEmptyTree } from '../../../platform/worker/process/cgroup-tree';
import { spawnCli, stopCli, waitForReady } from '../embedded/cli-process';
import { privateBase } from '../embedded/holder-process';
import { mountSmallDisk, testAsRoot } from '../disk/small-disk';
import { createShellAction } from '../shell-action';

jest.setTimeout(300_000);

const MEMORY_BYTES = 1_500_000_000;
const DISK_BYTES = 900 * 2 ** 20;
const ATTACKS = 8;
const HONEST = 20;
/** Of what another tenant's executions take alone, at the median. */
const MAX_SLOWDOWN = 3;
const WAIT_MS = 120_000;

/** 30 processes of 12 MB, none of which is large. */
const TAKE_MEMORY = `python3 -c '
import os, time
for _ in range(30):
    if os.fork() == 0:
        held = bytearray(os.urandom(1 << 20) * 12)
        time.sleep(20)
        os._exit(0)
for _ in range(30):
    os.wait()
'`;
const TAKE_DISK = `
trap '' TERM
n=0
while :; do head -c 32M /dev/zero >"$ATTUNE_ARTIFACTS_DIR/full-$ATTUNE_EXEC_ID-$n"; n=$((n+1)); done
`;

interface Host {
  /** Of the platform and its workers; the first is null as long as it runs. */
  readonly pids: () => Promise<(number | null)[]>;
  tenant(slug: string): Promise<Client>;
}

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Starts a platform as `up` does, with its own database. */
async function startPlatform(data: string): Promise<Host> {
  const cli = spawnCli(['up', '--json', '--port', '0', '--data', data], { PLATFORM_WORKER_SLOTS: '12' });
  const running = await waitForReady(cli);
  const { client } = await logIn({ baseUrl: running.url }, running.login, running.password!);
  closers.push(() => stopCli(cli));
  return {
    pids: async () => [cli.exitCode, cli.pid!, ...(await client.workers.list()).map(({ pid }) => pid ?? null)],
    tenant: async (slug) => {
      const admin = { login: `${slug}@example.test`, password: `Password-of-${slug}-1` };
      await client.tenants.create({ slug, name: slug, admin });
      const { client: own } = await logIn({ baseUrl: running.url }, admin.login, admin.password);
      return own;
    },
  };
}

async function createAction(client: Client, entrypoint: string): Promise<string> {
  return createShellAction(client, 'own.run', entrypoint);
}

/**
 * Programs can fill a disk faster than it is looked at: requests are refused until their files are
 * removed, and repeated.
 */
const toBeAccepted = (client: Client, ref: string): Condition<Execution> => ({
  name: 'an execution to be accepted',
  check: async () => {
    try {
      const value = await client.executions.execute({ action_ref: ref, timeout_seconds: 60 });
      return { is: 'met', value };
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'DISK_FLOOR') throw error;
      return { is: 'pending', why: error.message };
    }
  },
  evidence: () => Promise.resolve(''),
});

const run = async (client: Client, ref: string): Promise<Execution> => {
  const { id } = await until(toBeAccepted(client, ref), performance.now() + WAIT_MS);
  return until(executionToEnd(client, id), performance.now() + WAIT_MS);
};

/** Median ms from the first request to the end. */
async function medianMs(client: Client, ref: string): Promise<number> {
  const latencies: number[] = [];
  for (let n = 0; n < HONEST; n++) {
    const requested = Date.now();
    const { status, finished_at: finished } = await run(client, ref);
    expect(status).toBe('completed');
    latencies.push(Date.parse(finished!) - requested);
  }
  return latencies.sort((one, other) => one - other)[HONEST / 2]!;
}

/** Other tenants are served beside the attack, by the same processes. Returns its executions. */
async function survive(host: Host, attack: string): Promise<Execution[]> {
  const [attacker, other] = [await host.tenant('attacker'), await host.tenant('other')];
  const ref = await createAction(attacker, attack);
  const honest = await createAction(other, 'echo served');
  await medianMs(other, honest); // warm
  const [alone, before] = [await medianMs(other, honest), await host.pids()];

  const attacks = Promise.all(Array.from({ length: ATTACKS }, () => run(attacker, ref)));
  const beside = await medianMs(other, honest);
  const ends = await attacks;

  expect(await host.pids()).toEqual(before);
  expect(beside).toBeLessThan(MAX_SLOWDOWN * alone);
  await medianMs(other, honest);
  return ends;
}

/** Where this process may make control groups, and the files of their controller `memory`. */
const own = limitBase('x', 'memory');
const GROUPS = dirname(own ?? cgroupBase('x') ?? '/');
const MEMORY_FILES = own === null ? ['memory.max'] : ['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes'];

/** Creates a control group with so much memory; throws the system error. */
function createMemoryGroup(): string {
  const group = join(GROUPS, `survival-${process.pid}`);
  mkdirSync(group);
  const files = MEMORY_FILES.map((name) => join(group, name)).filter((file) => existsSync(file));
  for (const file of files) writeFileSync(file, String(MEMORY_BYTES), { flag: 'r+' });
  if (files.length > 0) return group;
  rmdirSync(group);
  throw new Error('the control groups have no controller `memory`');
}

/** Where this process belongs: of version 2, no process is beside groups with a controller. */
function home(): string {
  const processes = join(GROUPS, PROCESSES_GROUP);
  return existsSync(processes) ? processes : GROUPS;
}

const enter = (group: string): void => writeFileSync(join(group, 'cgroup.procs'), String(process.pid));

const testInMemoryGroup = canCreateMemoryGroups() ? test : test.skip;

function canCreateMemoryGroups(): boolean {
  try {
    rmdirSync(createMemoryGroup());
    return true;
  } catch {
    return false;
  }
}

const codesOf = (ends: readonly Execution[]) => ends.map(({ result }) => (result as { code?: string } | null)?.code);

testInMemoryGroup('RT-10 a platform with 1.5 GB survives a tenant that takes all memory', async () => {
  const base = privateBase();
  const group = createMemoryGroup();
  closers.push(
    () => base.remove(),
    () => removeEmptyTree(group),
  );
  enter(group); // for the processes that it starts
  const host = await startPlatform(join(base.path, 'data')).finally(() => enter(home()));

  expect(codesOf(await survive(host, TAKE_MEMORY))).toContain('RESOURCE_LIMIT');
});

testAsRoot('RT-12 a platform on 900 MB survives a tenant that fills its disk', async () => {
  const disk = mountSmallDisk(DISK_BYTES);
  closers.push(disk.unmount);

  const ends = await survive(await startPlatform(join(disk.path, 'data')), TAKE_DISK);

  // A program for which nothing is left between two looks at the disk ends by itself.
  expect(ends.map(({ status }) => status)).toEqual(Array(ATTACKS).fill('failed'));
  expect(codesOf(ends)).toContain('RESOURCE_LIMIT');
});
