// Spec: retention removes what has expired, in portions, and nothing that is open.
import { createClient, type Client } from '../../../helpers/client/client';
import { parseInstant } from '../../../helpers/instant';
import { RestartablePlatform } from '../support/commands/restartable-platform';
import {
  executionToBe,
  executionToEnd,
  predicateToHold,
} from '../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../helpers/scenario/context';
import { until } from '../../../helpers/scenario/polling';
import { runAction } from '../../../helpers/scenario/resources/ended-executions';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { currentRunFacts } from '../../../helpers/target/run-facts';
import { passAfter } from '../support/retention-pass';
import { agesOfPass, createRows, OPEN, PASSES, readTables } from '../support/retention-rows';
import { createScratchDatabase } from '../support/scratch-database';
import { systemTestNeeding } from '../support/system-test';

const test = systemTestNeeding('host.processes', 'retention.passes');
const onMovedClock = systemTestNeeding('retention.passes', 'clock.virtual');

const LIMIT_SECONDS = 90;
const FINISHED = 5;
const HOUR_S = 3_600;
const MAX_AGE_MS = 1_000;

/** Starts executions that end, and one that does not: their ids, and the last end, ms. */
async function runExecutions(ctx: Context, client: Client) {
  const { ref: pack } = await client.packs.create({ ref: ctx.name('pack'), label: 'kept', version: '1.0.0' });
  const action = await createScriptAction({ client, name: ctx.name }, pack, 'sleep 600');
  const finished: number[] = [];
  let endedAt = 0;
  for (let n = 0; n < FINISHED; n++) {
    const { id } = await client.executions.execute({ action_ref: 'core.noop' });
    const { finished_at } = await until(executionToEnd(client, id), ctx.deadline);
    endedAt = parseInstant(finished_at!);
    finished.push(id);
  }
  const open = await client.executions.execute({ action_ref: action });
  await until(executionToBe('running', client, open.id), ctx.deadline);
  return { finished, open: open.id, endedAt };
}

const idsOf = async ({ executions }: Client): Promise<number[]> =>
  (await executions.list({})).map(({ id }) => id).sort((a, b) => a - b);

test('S0-56 a dry run counts what a pass then removes, and open work stays', LIMIT_SECONDS, async (ctx) => {
  const { client } = await RestartablePlatform.start(ctx, {});
  const { finished, open, endedAt } = await runExecutions(ctx, client);
  const targets = {
    executions: { max_age_seconds: MAX_AGE_MS / 1_000 },
    execution_history: { max_age_seconds: null },
  };

  const counting = { batch_size: 2, check_interval_seconds: 1, dry_run: true, targets };
  const counted = await passAfter(ctx, client, counting, endedAt + MAX_AGE_MS);
  expect(counted.removed.executions).toBe(FINISHED);
  expect(await idsOf(client)).toEqual([...finished, open]);

  const removing = { check_interval_seconds: HOUR_S, dry_run: false };
  const removed = await passAfter(ctx, client, removing, parseInstant(counted.started_at));
  expect(removed.removed.executions).toBe(FINISHED);
  expect(await idsOf(client)).toEqual([open]);
  expect((await client.executions.get(open)).status).toBe('running');
  const [last, ...changes] = await client.history.list('execution', { entity_id: finished[0]! });
  expect(last).toMatchObject({ operation: 'DELETE', entity_ref: 'core.noop' });
  expect(changes.at(-1)).toMatchObject({ operation: 'INSERT' });
});

test('S0-56 each kind of row is removed by its own age, and what is open stays', LIMIT_SECONDS, async (ctx) => {
  const database = await createScratchDatabase(ctx);
  const { client } = await RestartablePlatform.start(ctx, { DATABASE_URL: database.url });
  let after = (await createRows(ctx, client)) + MAX_AGE_MS;
  const last = await readTables(database, (table) => `select max(id) from ${table}`);
  const count = (table: string) => `select count(*) from ${table} where id <= ${last[table]}`;
  const created = await readTables(database, count);
  expect(Object.values(created).filter((count) => count === 0)).toEqual([]);

  const expected: Record<string, number> = { ...created };
  for (const pass of PASSES) {
    const targets = agesOfPass(pass, MAX_AGE_MS / 1_000);
    const settings = { dry_run: false, check_interval_seconds: 1, batch_size: 2, targets };
    const { started_at, error } = await passAfter(ctx, client, settings, after);
    after = parseInstant(started_at);
    for (const table of Object.values(pass).flat()) expected[table] = OPEN[table] ?? 0;
    expect([error, await readTables(database, count)]).toEqual([null, expected]);
  }
});

onMovedClock.time('S0-56 an execution ages by the clock of its tenant alone', async (ctx) => {
  const { url, token } = currentRunFacts(); // not of the tenant
  const ofRun = createClient({ baseUrl: url, token });
  const { id: kept } = await runAction({ client: ofRun, deadline: ctx.deadline }, 'core.noop');
  const { id: old } = await runAction(ctx, 'core.noop');
  const { id: answered } = await runAction(ctx, 'core.noop');
  const { id: inquiry } = await ctx.client.inquiries.create({ execution: answered, prompt: 'Go on?' });
  await ctx.time.pass(0.001);
  const { id: young } = await runAction(ctx, 'core.noop');
  await ctx.client.inquiries.respond(inquiry, 'yes');
  const { check_interval_seconds, targets } = await ofRun.retention.get();

  expect(targets.inquiries.max_age_seconds).toBe(targets.executions.max_age_seconds);
  await ctx.time.pass(targets.executions.max_age_seconds!);
  await ofRun.retention.update({ check_interval_seconds }); // the next pass is due at once
  const isOldRemoved = async () => !(await idsOf(ctx.client)).includes(old);
  await until(predicateToHold('the older execution to be removed', isOldRemoved), ctx.deadline);

  expect(await idsOf(ctx.client)).toEqual([answered, young]); // the inquiry has not expired
  expect((await ofRun.executions.get(kept)).status).toBe('completed');
});
