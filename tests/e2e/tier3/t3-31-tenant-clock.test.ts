// Spec: the clock of a tenant moves through every instant at which something is due, and alone.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseInstant, secondsBetween } from '../../../helpers/instant';
import type { Client } from '../../../helpers/client/client';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { stays, until } from '../../../helpers/scenario/polling';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { createTestTenant } from '../../../helpers/scenario/resources/test-tenant';
import { expectFires } from '../../../helpers/scenario/resources/timer-fires';
import { occurrencesOf, timerRule, TIMERS } from '../../../helpers/scenario/resources/timer-rule';
import { runsOf } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['clock.virtual', 'timers.interval'];

const every = (interval: number) => ({ unit: 'seconds', interval });

claim.time('T3.31a', NEEDS, 'a move fires all that is due on its way, in order and once', async (ctx) => {
  const parts = { action: 'core.noop', actionParams: {}, enabled: true };
  const two = await timerRule(ctx, 'interval', every(2), { label: 'two', ...parts });
  const three = await timerRule(ctx, 'interval', every(3), { label: 'three', ...parts });

  const { fired, steps } = await ctx.client.clock.advance({ by: 6 });

  const instants = fired.map(({ id, at }) => [id, secondsBetween(two.updated, at)]);
  const both = [two.id, three.id].sort((a, b) => a - b).map((id) => [id, 6]);
  expect(instants).toEqual([[two.id, 2], [three.id, 3], [two.id, 4], ...both]);
  expect(steps).toBe(4);
  expectFires(ctx, await occurrencesOf(ctx, two), two.updated, [2, 4, 6]);
  expectFires(ctx, await occurrencesOf(ctx, three), three.updated, [3, 6]);
});

/** A tenant with a clock that stands still, and a timer of this period. */
const createTimed = async (ctx: Context, part: string, period: number): Promise<Client> => {
  const { client } = await createTestTenant(ctx, part);
  await client.clock.set({ mode: 'pinned' });
  const pack_ref = ctx.name(part);
  await client.packs.create({ ref: pack_ref, label: part, version: '1.0.0' });
  const timer = { trigger_ref: TIMERS.interval, trigger_params: every(period) };
  const rule = { ref: `${pack_ref}.timer`, pack_ref, label: part, action_ref: 'core.noop', ...timer };
  await client.rules.create({ ...rule, enabled: true });
  return client;
};

claim('T3.31b', [...NEEDS, 'tenants'], 'a move leaves the clock of every other tenant', async (ctx) => {
  const [moved, other] = [await createTimed(ctx, 'moved', 60), await createTimed(ctx, 'other', 60)];
  const before = await other.clock.get();

  const { fired } = await moved.clock.advance({ by: 60 });

  expect(fired).toHaveLength(1);
  expect(await other.clock.get()).toEqual({ ...before, real_now: expect.any(String) as string });
  expect((await ctx.client.clock.get()).mode).toBe('real');
  expect(await other.events.list({})).toEqual([]);
  expect((await other.clock.advance({ by: 60 })).fired).toHaveLength(1);
  const ahead = await moved.clock.set({ mode: 'offset', at: (await moved.clock.get()).now });
  const later = await moved.clock.get();
  await moved.clock.advance({ by: 1 });
  const { mode: afterMove } = await moved.clock.get();
  expect([ahead.mode, later.mode, afterMove]).toEqual(['offset', 'offset', 'offset']);
  expect(parseInstant(later.now)).toBeGreaterThan(parseInstant(ahead.now));
});

/** Longer than each lease, shorter than the limit of an action without its own, seconds. */
const LONG = 240;
/** Beyond the lease of an execution, and an interval of recovery, ms. */
const UNTIL_LOST_MS = 4_000;

claim.time('T3.31c', ['clock.virtual', 'ledger.shared'], 'a move ends no lease of a running program', async (ctx) => {
  await ctx.pack('e2e');
  const room = `${ctx.ledger.path}.room`;
  mkdirSync(room);
  chmodSync(room, 0o777); // the process may have another user
  const parameters = { ...ctx.ledgerInput('program'), room, n: 2, hold_ms: 0 };
  const { id } = await ctx.client.executions.execute({ action_ref: ctx.action('wait-for-peers'), parameters });
  const toRun = predicateToHold('the program to run', () => runsOf(ctx, 'program') > 0);
  await until(toRun, ctx.deadline);

  await ctx.time.pass(LONG, { settle: false });
  const statusOf = async () => (await ctx.client.executions.get(id)).status;
  await stays(statusOf, 'running', toRun, UNTIL_LOST_MS, ctx.deadline);
  writeFileSync(join(room, 'test'), '');

  const { worker, started_at, finished_at } = await waitForStatus(ctx, id);
  expect(runsOf(ctx, 'program')).toBe(1);
  expect((await ctx.client.workers.get(worker ?? 0)).status).not.toBe('inactive');
  expect(secondsBetween(started_at ?? '', finished_at ?? '')).toBe(LONG);
});
