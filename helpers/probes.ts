import { join } from 'node:path';
import type { ExecutionSummary } from '../contract/executions';
import type { Client } from './client/client';
import { executionToEnd } from './conditions';
import { ApiError } from './errors';
import { probeEvents } from './event-probe';
import { probeHttp } from './http-probe';
import { uploadFixture } from './fixtures';
import { run } from './intervals';
import { instant } from './instant';
import { probeInquiries } from './inquiry-probe';
import { openLedger, type Ledger } from './ledger';
import { probeLimits } from './limit-probe';
import { taskOf } from './lineage';
import { randomName } from './names';
import { probeKeys } from './key-probe';
import type { LiveAddress } from './client/live';
import { probeLive } from './live-probe';
import { probeTenants } from './tenant-probe';
import { probeKeystore } from './keystore-probe';
import { orNull } from './or-null';
import { openParts } from './parts';
import { probeSensors } from './sensor-probe';
import { until, type Condition } from './polling';
import { isAlive } from './processes';
import { probeTimers } from './timer-probe';
import { onFailure, onSuccess, type Task } from './workflow';

/** What the probes found: which capabilities work, and how fast this target is, ms. */
export interface Findings {
  works: Record<string, boolean>;
  /** Probes that could not tell, and why: one sentence each. The claims show by name what does not work. */
  broken: readonly string[];
  latency: { runMs: number; gapMs: number };
}

interface Bench {
  client: Client;
  pack: string;
  ledger: Ledger;
  directory: string;
}

const PROBE_MS = 8_000;
/** Of a probe that takes its time by itself. */
const LIMITS_MS = 15_000;
const ECHOES = 3;
/** How long a rendezvous waits for the last to come. */
const MEETING_MS = 3_000;

const soon = () => performance.now() + PROBE_MS;
const signed = ({ ledger }: Bench, key: string) => ({ key, ledger: ledger.path });

async function finished(bench: Bench, action: string, parameters: Record<string, string | number>) {
  const { id } = await bench.client.executions.execute({ action_ref: `${bench.pack}.${action}`, parameters });
  return until(executionToEnd(bench.client, id), soon());
}

/** Worst of three, request to finish, on the platform's own clock. */
async function latencyOfRuns(bench: Bench): Promise<number> {
  let worst = 0;
  for (let n = 0; n < ECHOES; n++) {
    const ended = await finished(bench, 'echo-params', signed(bench, 'echo'));
    if (ended.status !== 'completed')
      throw new Error(`echo-params ended ${ended.status}: ${JSON.stringify(ended.result)}`);
    worst = Math.max(worst, run(ended).finish - instant(ended.created));
  }
  return worst;
}

async function workflow(bench: Bench, name: string, tasks: Task[]): Promise<number> {
  const ref = `${bench.pack}.${name}`;
  const definition = { version: '1.0.0', tasks };
  await bench.client.workflows.create({ ref, pack_ref: bench.pack, label: name, version: '1.0.0', definition });
  return (await bench.client.executions.execute({ action_ref: ref })).id;
}

/** One small workflow with a failure branch, a list and a join. */
async function shapes(bench: Bench): Promise<{ works: Record<string, boolean>; gapMs: number }> {
  const append = `${bench.pack}.append-ledger`;
  const id = await workflow(bench, 'shapes', [
    { name: 'first', action: append, input: signed(bench, 'first'), next: [onSuccess('fails', 'items')] },
    {
      name: 'fails',
      action: `${bench.pack}.exit-with`,
      input: { ...signed(bench, 'fails'), code: 7 },
      next: [onFailure('joined')],
    },
    {
      name: 'items',
      action: append,
      with_items: '{{ [1, 2] }}',
      input: signed(bench, 'items'),
      next: [onSuccess('joined')],
    },
    { name: 'joined', action: append, join: 2, input: signed(bench, 'joined') },
  ]);
  if (!(await orNull(until(executionToEnd(bench.client, id), soon())))) await cancelled(bench, id);
  const children = await bench.client.executions.children(id);
  const of = (task: string) => children.filter((child) => taskOf(child) === task);
  const joined = of('joined');
  const before = [...of('fails'), ...of('items')];
  const works = {
    'executions.intervals': children.length > 0 && children.every(isTimed),
    'ledger.shared': bench.ledger.count('first') === 1,
    'workflows.failure_branches': joined.length === 1,
    'workflows.with_items':
      of('items')
        .map((item) => item.workflow_task?.task_index)
        .join() === '0,1',
    'workflows.join':
      joined.length === 1 && [...before, ...joined].every(isTimed) && before.every(isBefore(joined[0]!)),
  };
  return { works, gapMs: gapBetween(children) };
}

const isTimed = (child: ExecutionSummary): boolean =>
  child.started_at !== undefined && run(child).finish >= run(child).start;

const isBefore = (later: ExecutionSummary) => (child: ExecutionSummary) => run(child).finish <= run(later).start;

/** Finish of the first task to the start of its successor; 0 where the successor never came. */
function gapBetween(children: readonly ExecutionSummary[]): number {
  const [first, next] = ['first', 'fails'].map((name) => children.find((child) => taskOf(child) === name));
  return first && next && isTimed(first) && isTimed(next) ? Math.max(0, run(next).start - run(first).finish) : 0;
}

const startToBeSigned = (ledger: Ledger, key: string): Condition<number> => ({
  name: `a start under ${key}`,
  look: () => {
    const entry = ledger.entries(key, 'start')[0];
    return Promise.resolve(entry ? { is: 'met', value: entry.pid } : { is: 'pending', why: 'none in the ledger' });
  },
  evidence: () => Promise.resolve(''),
});

/** A long sleep: is its process to be seen here, and does cancelling end it. */
async function cancelling(bench: Bench): Promise<Record<string, boolean>> {
  const parameters = { ...signed(bench, 'sleep'), ms: 30_000 };
  const { id } = await bench.client.executions.execute({ action_ref: `${bench.pack}.sleep-for`, parameters });
  const pid = await orNull(until(startToBeSigned(bench.ledger, 'sleep'), soon()));
  const seen = pid !== null && isAlive(pid);
  await bench.client.executions.cancel(id);
  const ended = await orNull(until(executionToEnd(bench.client, id), soon()));
  return { 'host.processes': seen && !isAlive(pid), 'executions.cancel': ended?.status === 'cancelled' };
}

/** Stops what a probe waited for in vain, so that its pack can go. */
async function cancelled(bench: Bench, id: number): Promise<void> {
  await bench.client.executions.cancel(id);
  await until(executionToEnd(bench.client, id), soon());
}

/** As many processes at once as the rendezvous tests need: each waits for all the others. */
async function slots(bench: Bench, n: number): Promise<Record<string, boolean>> {
  const input = {
    ...signed(bench, 'slots'),
    n,
    hold_ms: 0,
    limit_ms: MEETING_MS,
    room: join(bench.directory, 'room-probe'),
  };
  const task: Task = {
    name: 'meet',
    action: `${bench.pack}.meet-then-hold`,
    with_items: `{{ range(${n}) }}`,
    concurrency: n,
    input,
  };
  const id = await workflow(bench, 'slots', [task]);
  const ended = await orNull(until(executionToEnd(bench.client, id), soon()));
  if (!ended) await cancelled(bench, id);
  return { 'workers.slots': ended?.status === 'completed' };
}

/** The interpreters that have environments of their own for each pack. */
async function interpreters(bench: Bench): Promise<Record<string, boolean>> {
  const ref = `${bench.pack}-runtimes`;
  await uploadFixture(bench.client, 'e2e-probe', ref, join(bench.directory, 'fixtures'));
  try {
    const [node, python, environments] = await Promise.all([
      answers(bench, `${ref}.node-answer`),
      answers(bench, `${ref}.python-answer`),
      found(bench.client.packs.environments(ref)),
    ]);
    return { 'runtimes.node': node, 'runtimes.python': python, 'packs.environments': environments };
  } finally {
    await bench.client.packs.remove(ref);
  }
}

async function answers({ client }: Bench, action: string): Promise<boolean> {
  const { id } = await client.executions.execute({ action_ref: action });
  const ended = await orNull(until(executionToEnd(client, id), soon()));
  return ended?.status === 'completed';
}

/** False where the target has no such route. */
async function found(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
}

async function log(bench: Bench): Promise<Record<string, boolean>> {
  const { id } = await finished(bench, 'append-ledger', signed(bench, 'log'));
  try {
    return { 'executions.log': (await bench.client.executions.log(id)).length > 0 };
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return { 'executions.log': false };
    throw error;
  }
}

/**
 * Tries what the scenarios rely on, on a pack of its own that it removes again; throws only where not even a trivial action
 * runs, because nothing can be measured then. `slotCount`: rendezvous size; `databaseUrl`:
 * the owner's; `mockHost`: where servers of the harness listen.
 */
export async function probe(
  client: Client,
  runName: string,
  directory: string,
  slotCount: number,
  databaseUrl: string | null,
  baseUrl: string,
  mockHost: string,
  live: LiveAddress,
): Promise<Findings> {
  const pack = `e2e-${runName}-probe-${randomName(6)}`;
  const bench: Bench = { client, pack, directory, ledger: openLedger(directory, 'probe') };
  const { take, broken } = openParts();
  const part = (of: string, work: () => Promise<Record<string, boolean>>) => take(`the probe of ${of}`, {}, work);
  await uploadFixture(client, 'e2e', pack, join(directory, 'fixtures'));
  try {
    const runMs = await latencyOfRuns(bench);
    const { works, gapMs } = await take('the probe of workflows', { works: {}, gapMs: 0 }, () => shapes(bench));
    const limits = { client, pack, ledger: bench.ledger, waitMs: LIMITS_MS };
    const keys = {
      client,
      pack,
      signature: signed(bench, 'keys'),
      deadline: performance.now() + LIMITS_MS,
      databaseUrl,
    };
    const others = await Promise.all([
      part('cancelling', () => cancelling(bench)),
      part('interpreters', () => interpreters(bench)),
      part('logs', () => log(bench)),
      part('limits', () => probeLimits(limits)),
      part('inquiries', () => probeInquiries(bench)),
      part('events', () => probeEvents(client, pack)),
      part('sensors', () => probeSensors(client, pack, directory, soon())),
      part('tenants', () => probeTenants(client, baseUrl, pack)),
      part('notifications', () => probeLive({ ...live, client, pack })),
      part('keys', () => probeKeys(keys)),
      part('timers', () => probeTimers(client, pack, signed(bench, 'timers'), performance.now() + LIMITS_MS)),
      part('stored keys in workflows', () => probeKeystore(client, pack, signed(bench, 'keystore'), soon())),
      part('requests to others', () => probeHttp(client, mockHost, soon())),
    ]);
    const meeting = await part('slots', () => slots(bench, slotCount)); // alone: it wants every slot there is
    return {
      works: Object.assign({}, works, meeting, ...others) as Record<string, boolean>,
      broken,
      latency: { runMs, gapMs },
    };
  } finally {
    await take('what the probes made', null, () => client.packs.remove(pack));
  }
}
