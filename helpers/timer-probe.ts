import type { Client } from './client/client';
import { orNull } from './or-null';
import { until } from './polling';
import { EACH_SECOND, firesToReach, TIMERS } from './timer-rule';

/** A date ahead that leaves the platform the time to arm its timer, ms. */
const AHEAD_MS = 1_500;

/** One timer of each kind, made in the probe's pack: does it fire, and does its rule say when it will? */
export async function probeTimers(
  client: Client,
  pack: string,
  signature: { key: string; ledger: string },
  deadline: number,
): Promise<Record<string, boolean>> {
  const made: string[] = [];
  const rule = async (kind: keyof typeof TIMERS, trigger_params: Record<string, string | number>) => {
    const ref = `${pack}.probe-${made.length}-${kind}`;
    const body = { ref, pack_ref: pack, label: kind, trigger_ref: TIMERS[kind], trigger_params };
    made.push(ref);
    return client.rules.create({ ...body, action_ref: `${pack}.echo-params`, action_params: signature });
  };
  const fires = async (ref: string): Promise<boolean> => {
    const fired = (await orNull(until(firesToReach(1, client, ref), deadline))) !== null;
    await client.rules.disable(ref);
    return fired;
  };
  const yearly = await rule('cron', { expression: '0 0 12 1 1 *', timezone: 'America/New_York' });
  const rules = [
    await rule('interval', EACH_SECOND),
    await rule('cron', { expression: '*/5 * * * * *' }),
    await rule('date', { fire_at: new Date(Date.now() + AHEAD_MS).toISOString() }),
  ];
  const [interval, cron, date] = await Promise.all(rules.map(({ ref }) => fires(ref)));
  for (const ref of made) await client.rules.remove(ref);
  return {
    'timers.interval': interval === true,
    'timers.cron': cron === true,
    'timers.date': date === true,
    'timers.preview': yearly.timer_state === 'armed' && typeof yearly.next_fire_at === 'string',
    'timers.timezone': yearly.next_fire_at?.includes('-01-01T17:00:00') === true,
  };
}
