import type { Client } from '../../../helpers/client/client';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { livenessDeadline } from '../liveness';

const START = Date.parse('2030-01-01T00:00:00Z');
const TIMER = 'core.intervaltimer';
/** Of the timer. s. */
const PERIOD = 30;
/** In all, they are shorter than the lifetime of a token. */
const FIRES = 48;

/** For a clock that moves while processes end: liveness time is short. */
export const MOVING = {
  PLATFORM_VIRTUAL_TIME: 'on',
  PLATFORM_LEASE_SECONDS: '1',
  PLATFORM_HEARTBEAT_SECONDS: '0.5',
  PLATFORM_KILL_GRACE_SECONDS: '0.5',
  PLATFORM_LOGIN_TRIES: '0',
};

/** How often the timer was due until then. */
const firesUntil = (instant: string): number => (Date.parse(instant) - START) / (PERIOD * 1_000);

/**
 * A move through 48 fires of a timer that runs a program. `signIn` logs in at the platform that
 * runs now.
 */
export function timedMove(signIn: () => Promise<Client>) {
  const fired = async (): Promise<number[]> =>
    (await (await signIn()).events.list({ trigger_ref: TIMER })).map(({ created }) => firesUntil(created)).reverse();

  const hasEnded = async (): Promise<boolean> => firesUntil((await (await signIn()).clock.get()).now) === FIRES;

  /** Lets the clock stand still, and creates the rule of the timer. */
  async function prepare(): Promise<void> {
    const before = await signIn();
    await before.packs.create({ ref: 'timed', label: 'Timed', version: '1.0.0' });
    await before.clock.set({ mode: 'pinned', at: new Date(START).toISOString() });
    const client = await signIn(); // the other token has expired by then
    await client.actions.create({
      ref: 'timed.print',
      pack_ref: 'timed',
      label: 'Print',
      runtime_ref: 'core.shell',
      entrypoint: 'echo due',
    });
    await client.rules.create({
      ref: 'timed.each',
      pack_ref: 'timed',
      label: 'Each',
      trigger_ref: TIMER,
      trigger_params: { unit: 'seconds', interval: PERIOD },
      action_ref: 'timed.print',
    });
  }

  /** The request of the move ends with the process that has accepted it. */
  const start = async (): Promise<unknown> =>
    Promise.allSettled([(await signIn()).clock.advance({ by: FIRES * PERIOD })]);

  const timersToHaveFired = (count: number) =>
    predicateToHold(`the timer to have fired ${count} times`, async () => (await fired()).length >= count);

  return {
    prepare,
    start,
    hasEnded,
    /** Waits for so many more fires. */
    waitForFires: async (count: number) => until(timersToHaveFired((await fired()).length + count), livenessDeadline()),
    waitForEnd: () => until(predicateToHold('the move to have ended', hasEnded), livenessDeadline()),
    /** The timer has fired once at each instant, and its program has ended at that instant. */
    async expectEachFire(): Promise<void> {
      const each = Array.from({ length: FIRES }, (_, index) => index + 1);
      expect(await fired()).toEqual(each);
      const executions = await (await signIn()).executions.list({});
      const runs = executions.map(({ status, created, finished_at: end }) => [
        status,
        firesUntil(created),
        firesUntil(end!),
      ]);
      expect(runs.reverse()).toEqual(each.map((fire) => ['completed', fire, fire]));
    },
  };
}
