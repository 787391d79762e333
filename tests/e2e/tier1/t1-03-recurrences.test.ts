// Spec: a timer fires as its zone and its recurrence say, on days of clock changes and others.
import { ApiError } from '../../../helpers/errors';
import { claim } from '../../../helpers/scenario/claim';
import { AUTUMN, CLOCK_CHANGES, SPRING } from '../support/timers/clock-changes';
import { armedRule, firesBetween } from '../support/timers/planned-rules';
import { PERIOD, RECURRENCES } from '../support/timers/recurrences';
import { ACCEPTED_TIMERS, REFUSED_TIMERS } from '../support/timers/refused-timers';

const NEEDS = ['timers.cron', 'timers.timezone', 'timers.preview', 'clock.virtual'];

/** The status and the code with which a rule is refused, or else the state of its timer. */
async function rejectionOf(request: ReturnType<typeof armedRule>) {
  try {
    return (await request).timer_state;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return [error.status, /[A-Z]+_INVALID/.exec((error.body as { error: string }).error)?.[0]];
  }
}

type Window = { readonly day: string; readonly from: string; readonly to: string };

/** Instants of hours and minutes that are separated by blanks. */
const instantsOn = ({ day }: Window, times: string): string[] =>
  times.split(' ').flatMap((time) => (time === '' ? [] : [`${day}T${time}:00Z`]));

claim.time('T1.3j', NEEDS, 'a fixed time fires once where the clocks change, wildcards follow', async (ctx) => {
  const timers = CLOCK_CHANGES.map(([timer]) => timer);
  const firesOn = async (window: Window) => {
    const { day, from, to } = window;
    return (await firesBetween(ctx, `${day}T${from}:00Z`, `${day}T${to}:00Z`, timers)).fires;
  };

  const [spring, autumn] = [await firesOn(SPRING), await firesOn(AUTUMN)];

  const rowsOf = (inSpring: string[][], inAutumn: string[][]) =>
    timers.map((timer, n) => [timer, inSpring[n], inAutumn[n]]);
  const expected = CLOCK_CHANGES.map(([, inSpring, inAutumn]) => [
    instantsOn(SPRING, inSpring),
    instantsOn(AUTUMN, inAutumn),
  ]);
  expect(rowsOf(spring, autumn)).toEqual(
    rowsOf(
      expected.map(([inSpring]) => inSpring!),
      expected.map(([, inAutumn]) => inAutumn!),
    ),
  );
});

claim.time('T1.3k', NEEDS, 'a recurrence fires at the occurrences of RFC 5545, then expires', async (ctx) => {
  const timers = RECURRENCES.map(([params]) => ({ kind: 'recurrence' as const, params }));

  const { fires, rules } = await firesBetween(ctx, PERIOD.from, PERIOD.to, timers);

  const instantOf = (text: string) => `2028-${text.includes('T') ? text : `${text}T09:00:00`}Z`;
  const expected = RECURRENCES.map(([params, occurrences]) => [params, occurrences.split(' ').map(instantOf)]);
  expect(RECURRENCES.map(([params], n) => [params, fires[n]])).toEqual(expected);
  const states = rules.map(({ timer_state, next_fire_at }) => [timer_state, next_fire_at]);
  const isEndless = ({ count, until, rule }: { count?: unknown; until?: unknown; rule?: unknown }) =>
    count === undefined && until === undefined && rule === undefined;
  const ends = RECURRENCES.map(([params]) =>
    isEndless(params) ? ['armed', expect.any(String) as string] : ['expired', null],
  );
  expect(states).toEqual(ends);
});

claim.time('T1.3l', NEEDS, 'a timer without a schedule is refused, with its code', async (ctx) => {
  const { rules } = ctx.client;
  const armed = {
    cron: await armedRule(ctx, { kind: 'cron', params: ACCEPTED_TIMERS.cron }),
    date: await armedRule(ctx, { kind: 'date', params: ACCEPTED_TIMERS.date }),
    recurrence: await armedRule(ctx, { kind: 'recurrence', params: ACCEPTED_TIMERS.recurrence }),
  };
  const refused = await Promise.all(
    REFUSED_TIMERS.map(async ([kind, params]) => [
      ...[kind, params, await rejectionOf(armedRule(ctx, { kind, params }))],
      await rejectionOf(rules.update(armed[kind].ref, { trigger_params: params })),
    ]),
  );
  const kept = await Promise.all(Object.values(armed).map(({ ref }) => rules.get(ref)));
  const late = await armedRule(ctx, { kind: 'date', params: { fire_at: '10000-01-01T00:00:00Z' } });

  expect(refused).toEqual(REFUSED_TIMERS.map(([kind, params, code]) => [kind, params, [422, code], [422, code]]));
  expect(kept).toEqual(Object.values(armed));
  const reason = expect.stringMatching(/^OUT_OF_RANGE: /) as string;
  expect(late).toMatchObject({ timer_state: 'invalid', timer_reason: reason, next_fire_at: null });
});
