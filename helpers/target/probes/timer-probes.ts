import { isObject, type JsonObject } from '../../../contract/json';
import type { Rule } from '../../../contract/rules';
import { parseInstant } from '../../instant';
import { until } from '../../scenario/polling';
import { platformClock, rfc3339 } from '../../scenario/resources/platform-clock';
import { EVERY_SECOND, firesToReach, TIMERS } from '../../scenario/resources/timer-rule';
import { requireThat, type Probe, type ProbeContext } from './probe-context';
import { UndecidedError } from './unproven-error';

const EVERY_SECOND_CRON = { expression: '* * * * * *' };
/** The first of January, 12:00. */
const YEARLY_CRON = { expression: '0 0 12 1 1 *' };
/** How far ahead the date lies besides the target's own delay, ms. */
const DATE_LEAD_MS = 1_000;
const FIRE_MS = 6_000;
const SECOND_MS = 1_000;

export const probeInterval: Probe = async (context) => {
  await fired(context, await createTimer(context, 'interval', 'interval', EVERY_SECOND));
};

export const probeCron: Probe = async (context) => {
  await fired(context, await createTimer(context, 'cron', 'cron', EVERY_SECOND_CRON));
};

export const probeDate: Probe = async (context) => {
  const leadMs = DATE_LEAD_MS + context.timerPickupMs;
  const fire_at = rfc3339(platformClock({ facts: context }).now() + leadMs);
  await fired(context, await createTimer(context, 'date', 'date', { fire_at }), leadMs);
};

/** The event of a cron timer has the planned instant, a whole second, besides that of its fire. */
export const probePlannedInstant: Probe = async (context) => {
  const rule = await createTimer(context, 'planned', 'cron', EVERY_SECOND_CRON);
  await fired(context, rule);
  const [event] = await context.client.events.list({ rule_ref: rule.ref });
  const { payload } = await context.client.events.get(event!.id);
  const plannedAt = isObject(payload) ? payload.scheduled_at : undefined;
  requireThat(typeof plannedAt === 'string', `event ${event!.id} of a cron timer has no scheduled_at`);
  requireThat(
    parseInstant(plannedAt) % SECOND_MS === 0,
    `scheduled_at of event ${event!.id}, ${plannedAt}, is not the whole second it was planned for`,
  );
};

/** A rule shows the next fire of its timer. */
export const probePreview: Probe = async (context) => {
  const { next_fire_at: next, timer_state: state } = await createTimer(context, 'preview', 'cron', YEARLY_CRON);
  requireThat(typeof next === 'string' && state === 'armed', 'the rule of a timer has no next_fire_at');
};

/** The next fires of a timer are listed. */
export const probeFires: Probe = async (context) => {
  const { ref } = await createTimer(context, 'fires', 'cron', YEARLY_CRON);
  const { fires } = await context.client.rules.fires(ref, { count: 2 });
  requireThat(fires.length === 2, `the timer of rule ${ref} has ${fires.length} fires instead of 2`);
};

/** The time zone of a cron timer shifts its next fire. */
export const probeTimezone: Probe = async (context) => {
  const params = { ...YEARLY_CRON, timezone: 'America/New_York' };
  const { next_fire_at: next } = await createTimer(context, 'zone', 'cron', params);
  if (typeof next !== 'string') throw new UndecidedError('the rule of a timer has no next_fire_at');
  requireThat(next.includes('-01-01T17:00:00'), `noon in New York is ${next} instead of 17:00 UTC`);
};

/** A rule on a timer, without a match. It is disabled and removed after the probes. */
async function createTimer(
  { client, pack, defer }: ProbeContext,
  label: string,
  kind: keyof typeof TIMERS,
  trigger_params: JsonObject,
): Promise<Rule> {
  const ref = `${pack}.probe-${label}`;
  const trigger = { trigger_ref: TIMERS[kind], trigger_params, conditions: { expression: 'false' } };
  const rule = await client.rules.create({ ref, pack_ref: pack, label, ...trigger, action_ref: 'core.noop' });
  defer(() => client.rules.remove(ref));
  defer(() => client.rules.disable(ref)); // on some platforms the timer of a removed rule goes on
  return rule;
}

const fired = (context: ProbeContext, { ref }: Rule, leadMs = 0): Promise<number> =>
  until(firesToReach(1, context.client, ref), context.deadline(FIRE_MS + leadMs));
