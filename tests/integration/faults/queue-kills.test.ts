import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { runCases } from '../../../helpers/sized';
import { send } from './history/clients';
import { seededRandom } from './history/seeded-random';
import { FaultPlatform } from './fault-platform';
import { recordLine } from './recording-action';
import { readRows } from './read-rows';
import { createShellAction } from '../shell-action';

/** Of the run that all tests have; `E2E_SEEDS` sets another number. */
const ITEMS = runCases(300);
const SEED = Number(process.env.E2E_SEED ?? 1);
const KILLS = 6;
const CLIENTS = 4;
const CONCURRENCY = 12;
const POLL_MS = 200;
const LIMIT_MS = 240_000 + ITEMS * 100;
jest.setTimeout(LIMIT_MS + 60_000);

let platform: FaultPlatform;
let file: string;
beforeAll(async () => {
  platform = await FaultPlatform.start(2);
  await platform.addExecutor();
  file = join(platform.sharedDirectory, 'items.ledger');
  writeFileSync(file, '');
  chmodSync(file, 0o666); // a confined action runs as another user
});
afterAll(() => platform[Symbol.asyncDispose]());

/** Disabled, so that an item whose answer was lost is pending when it is sent again. */
async function createQueue(): Promise<string> {
  const ack = `printf '{"queue_ack":{"version":1,"items":[{"id":%s,"status":"completed"}]}}\\n' "$id"`;
  const entrypoint = [recordLine(file, 'start'), 'sleep 0.05', ack].join('\n');
  const client = platform.client();
  await createShellAction(client, 'kills.work', entrypoint);
  const dispatch = { concurrency: { source: 'literal', value: CONCURRENCY }, retry_limit: 50 };
  const { ref } = await client.queues.create({
    ref: 'kills-queue',
    label: 'Work',
    dispatch_action_ref: 'kills.work',
    enabled: false,
    allow_pending_update: true,
    action_params: { id: '{{ queue_item.id }}' },
    config: { dispatch },
  });
  return ref;
}

/** Sends the items `from`, `from + CLIENTS`, …, each until it is answered. */
async function enqueueShare(ref: string, from: number): Promise<void> {
  for (let n = from; n < ITEMS; n += CLIENTS) {
    const body = { item_key: `item-${n}`, payload: { n } };
    const enqueue = async () =>
      Math.floor((await send(platform, 'POST', `/queues/${ref}/items`, { body })).status / 100);
    while ((await enqueue()) !== 2) await pause(POLL_MS);
  }
}

const countItems = async (condition: string): Promise<number> =>
  (await readRows<{ count: number }>(platform, `select count(*)::int from work_queue_item where ${condition}`))[0]!
    .count;

/** Kills the API with its workers, one worker, or the other executor; each in turn. */
async function kill(turn: number, random: (limit: number) => number): Promise<void> {
  if (turn % 3 === 0) {
    await platform.kill('SIGKILL');
    await platform.boot();
  } else if (turn % 3 === 1) {
    const workers = await platform.workers();
    const pid = workers[random(Math.max(1, workers.length))];
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  } else {
    await platform.executor!.kill('SIGKILL');
    await platform.executor!.boot();
  }
}

/** Kills at moments that the seed chooses, each after a share of the items has been completed. */
async function killWhileDraining(random: (limit: number) => number): Promise<void> {
  const share = ITEMS / (KILLS + 1);
  const limit = performance.now() + LIMIT_MS;
  for (let turn = 0; turn < KILLS; turn++) {
    while ((await countItems(`status = 'completed'`)) < share * turn + random(share)) {
      if (performance.now() > limit) throw new Error(`the queue stands still: ${await summary()}`);
      await pause(POLL_MS);
    }
    await kill(turn, random);
  }
  while ((await countItems(`status in ('queued', 'retry', 'leased')`)) > 0) {
    if (performance.now() > limit) throw new Error(`the queue stands still: ${await summary()}`);
    await pause(POLL_MS);
  }
}

const summary = async (): Promise<string> =>
  JSON.stringify(
    await readRows(platform, `select status, count(*)::int, max(attempt_count) from work_queue_item group by status`),
  );

/** Executions of each item: all, completed, and those that a program ran of. */
const PER_ITEM = `
  select i.id, i.status, i.attempt_count, i.leased_execution, count(e.id)::int as executions,
    count(e.id) filter (where e.status = 'completed')::int as completed
  from work_queue_item i left join execution e on (e.config ->> 'id')::bigint = i.id group by i.id`;

interface ItemRow {
  readonly status: string;
  readonly attempt_count: number;
  readonly leased_execution: number | null;
  readonly executions: number;
  readonly completed: number;
}

test('DU-12 kills lose no item and hand none out twice', async () => {
  const random = seededRandom(SEED);
  const ref = await createQueue();
  const enqueued = Promise.all(Array.from({ length: CLIENTS }, (_, from) => enqueueShare(ref, from)));
  await kill(0, random);
  await enqueued;
  expect(await countItems('true')).toBe(ITEMS);

  const startedAt = performance.now();
  await platform.client().queues.update(ref, { enabled: true });
  await killWhileDraining(random);
  const seconds = (performance.now() - startedAt) / 1_000;
  process.stderr.write(`seed ${SEED}: ${ITEMS} items, ${KILLS} kills, ${seconds.toFixed(1)} s\n`);

  const rows = await readRows<ItemRow>(platform, PER_ITEM);
  const wrong = rows.filter(
    (row) =>
      row.status !== 'completed' ||
      row.leased_execution !== null ||
      row.completed !== 1 ||
      row.executions !== row.attempt_count,
  );
  expect(wrong).toEqual([]);
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  expect(new Set(lines).size).toBe(lines.length);
  expect(new Set(lines.map((line) => line.split(' ')[0])).size).toBeGreaterThanOrEqual(ITEMS);
});
