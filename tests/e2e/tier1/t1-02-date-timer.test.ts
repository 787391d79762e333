// Spec: a date timer fires once, never early, and only for an instant that lies ahead when it is switched on.
import { judgeBound } from '../../../helpers/bounds';
import { claim, type Context } from '../../../helpers/claim';
import { ApiError } from '../../../helpers/errors';
import { enforcementsToBe, eventsToBe, executionsToBe } from '../../../helpers/event-conditions';
import { instant } from '../../../helpers/instant';
import { platformClock, rfc3339 } from '../../../helpers/platform-clock';
import { stays, until } from '../../../helpers/polling';
import { arm, FAR, fires, leadMs, occurrencesOf, timerRule } from '../../../helpers/timer-rule';

const NEEDS = ['timers.date', 'ledger.shared'];
const HOUR_MS = 3_600_000;

/** How often the rules of these labels have run their action. */
const ran = (ctx: Context, ...labels: string[]) => labels.map((label) => ctx.ledger.count(ctx.signed(label).key));

claim.concurrent('T1.2a', NEEDS, 'a date timer fires exactly once at its instant and is then spent', async (ctx) => {
  await ctx.pack('e2e');
  const clock = await platformClock(ctx);
  const rule = await timerRule(ctx, 'date', FAR);
  const neighbour = await timerRule(ctx, 'date', FAR, { label: 'neighbour' });
  const of = { rule_ref: rule.ref };

  const at = Math.ceil((clock.now() + leadMs(ctx, 700) - 700) / 1_000) * 1_000 + 700;
  await arm(ctx, rule, { fire_at: rfc3339(at) });
  await arm(ctx, neighbour, { fire_at: rfc3339(at + 1_500) });
  await until(executionsToBe('completed', 1, ctx.client, of), ctx.deadline);

  const fence = executionsToBe('completed', 1, ctx.client, { rule_ref: neighbour.ref });
  await stays(() => fires(ctx, rule), 1, fence, ctx.quietMs, ctx.deadline);
  await until(enforcementsToBe(1, ctx.client, of), ctx.deadline);
  await until(executionsToBe('completed', 1, ctx.client, of), ctx.deadline);
  expect(ran(ctx, 'rule', 'neighbour')).toEqual([1, 1]);
  const [only] = await occurrencesOf(ctx, rule);
  expect(only?.plannedAt).toBe(at);
  expect(only!.firedAt).toBeGreaterThanOrEqual(at);
  expect(judgeBound(only!.firedAt, at, ctx.slackMs('mark'), 1_000)).toBe('within');
  if (!ctx.needs('timers.preview')) return;
  expect((await ctx.client.rules.get(rule.ref)).next_fire_at).toBeNull();
});

/** Whether an instant in the past is stored, and how often it fires. */
const PAST = {
  never: { stored: true, fired: 0 },
  'fire-once': { stored: true, fired: 1 },
  reject: { stored: false, fired: 0 },
} as const;

claim.concurrent('T1.2b', NEEDS, 'a date one hour in the past follows the declared policy visibly', async (ctx) => {
  await ctx.pack('e2e');
  const clock = await platformClock(ctx);
  const control = await timerRule(ctx, 'date', FAR, { label: 'control' });
  const policy = PAST[ctx.facts.choices.pastDate];

  const fire_at = rfc3339(clock.now() - HOUR_MS);
  const rule = await timerRule(ctx, 'date', { fire_at }, { label: 'past', enabled: true }).catch(refusal);
  await arm(ctx, control, { fire_at: rfc3339(clock.now() + leadMs(ctx, 300)) });
  const of = { rule_ref: rule?.ref ?? 'none' };
  const fence = eventsToBe(1, ctx.client, { rule_ref: control.ref });
  const seen = async () => (rule ? (await ctx.client.events.list(of)).length : 0);
  await stays(seen, policy.fired, fence, ctx.quietMs, ctx.deadline);

  expect(rule !== null).toBe(policy.stored);
  await until(executionsToBe('completed', policy.fired, ctx.client, of), ctx.deadline);
  await until(executionsToBe('completed', 1, ctx.client, { rule_ref: control.ref }), ctx.deadline);
  expect(ran(ctx, 'past', 'control')).toEqual([policy.fired, 1]);
  if (!ctx.needs('timers.preview')) return;
  const shown = rule && (await ctx.client.rules.get(rule.ref)).next_fire_at;
  expect(shown).toBeNull();
});

/** Null for a refusal that names the field; anything else is a failure. */
function refusal(error: unknown): null {
  if (error instanceof ApiError && error.status < 500 && error.message.includes('fire_at')) return null;
  throw error;
}

claim.concurrent('T1.2c', NEEDS, 'a timer one hour ahead is armed and quiet while its neighbour fires', async (ctx) => {
  await ctx.pack('e2e');
  const clock = await platformClock(ctx);
  const far = rfc3339(clock.now() + HOUR_MS);
  const rule = await timerRule(ctx, 'date', { fire_at: far }, { label: 'far' });
  const near = await timerRule(ctx, 'date', FAR, { label: 'near' });

  await ctx.client.rules.enable(rule.ref);
  await arm(ctx, near, { fire_at: rfc3339(clock.now() + leadMs(ctx, 500)) });
  const fence = executionsToBe('completed', 1, ctx.client, { rule_ref: near.ref });
  const counts = async () => [
    await fires(ctx, rule),
    (await ctx.client.enforcements.list({ rule_ref: rule.ref })).length,
    (await ctx.client.executions.list({ rule_ref: rule.ref })).length,
  ];
  await stays(counts, [0, 0, 0], fence, ctx.quietMs, ctx.deadline);

  expect(await fires(ctx, near)).toBe(1);
  expect(ran(ctx, 'far', 'near')).toEqual([0, 1]);
  if (!ctx.needs('timers.preview')) return;
  expect(instant((await ctx.client.rules.get(rule.ref)).next_fire_at ?? '')).toBe(instant(far));
});
