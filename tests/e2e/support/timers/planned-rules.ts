import type { JsonObject } from '../../../../contract/json';
import { parseInstant } from '../../../../helpers/instant';
import type { Context, TimeContext } from '../../../../helpers/scenario/context';
import { rfc3339 } from '../../../../helpers/scenario/resources/platform-clock';
import { TIMERS } from '../../../../helpers/scenario/resources/timer-rule';

type TimerKind = keyof typeof TIMERS;

/** The parameters of a timer. */
export interface TimerParameters {
  readonly kind: TimerKind;
  readonly params: JsonObject;
}

/** Creates an enabled rule whose events match nothing. It is removed with the test's pack. */
export async function armedRule({ client, ownPack, name }: Context, { kind, params }: TimerParameters) {
  const pack_ref = await ownPack();
  const timer = { trigger_ref: TIMERS[kind], trigger_params: params, conditions: { expression: 'false' } };
  return client.rules.create({
    ref: `${pack_ref}.${name(kind)}`,
    pack_ref,
    label: kind,
    action_ref: 'core.noop',
    ...timer,
  });
}

/**
 * Moves the clock to `from`, creates rules with these timers, and moves it to `to`. Returns the
 * instants of the events of each, without a fraction of zero, and its rule as it is then.
 */
export async function firesBetween(ctx: TimeContext, from: string, to: string, timers: readonly TimerParameters[]) {
  const { rules } = ctx.client;
  await ctx.time.passTo(from);
  const armed = await Promise.all(timers.map((timer) => armedRule(ctx, timer)));
  await ctx.time.passTo(to);
  const fires = armed.map(({ ref }) => firesOf(ctx, ref));
  const found = { fires: await Promise.all(fires), rules: await Promise.all(armed.map(({ ref }) => rules.get(ref))) };
  await Promise.all(armed.map(({ ref }) => rules.remove(ref)));
  return found;
}

/** The instants of the events of a rule, in order, without a fraction of zero. */
export async function firesOf({ client }: TimeContext, ref: string): Promise<string[]> {
  const instants = (await client.events.list({ rule_ref: ref })).map(({ created }) => parseInstant(created));
  return instants.sort((a, b) => a - b).map((at) => rfc3339(at).replace('.000Z', 'Z'));
}
