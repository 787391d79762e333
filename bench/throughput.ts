import type { Client } from '../helpers/client/client';
import { bareSpawnRate, programs } from './bare';
import { burstMs } from './burst';
import { median } from './percentiles';
import type { Measurement, Question, Round } from './question';
import { PACK, withPack } from './stand';

const BUILT_IN = 2_000;
const PROCESSES = 500;
/** What the started platform's worker runs at once. */
const SLOTS = 24;

const perSecond = (rate: number): string => `${rate.toFixed(0)}/s`;

async function rates(client: Client, action: string, count: number, { runs, say }: Round): Promise<number[]> {
  const measured: number[] = [];
  await burstMs(client, action, Math.ceil(count / 10)); // fills caches and connections
  for (let n = 1; n <= runs; n++) {
    measured.push((count / (await burstMs(client, action, count))) * 1_000);
    say(`${action}, ${count} executions, ${n} of ${runs}: ${perSecond(measured.at(-1)!)}`);
  }
  return measured;
}

async function builtIn(client: Client, round: Round): Promise<Measurement> {
  const rate = median(await rates(client, 'core.noop', BUILT_IN, round));
  return {
    what: 'throughput, built-in actions (no process), 1 worker',
    measured: perSecond(rate),
    floor: '400/s',
    reach: '1,500/s',
    beside: 'no process',
    figures: { per_second: rate },
  };
}

async function processes(client: Client, round: Round): Promise<Measurement> {
  const bare = await bareSpawnRate(programs().shell, PROCESSES, SLOTS);
  const rate = median(await rates(client, `${PACK}.shell`, PROCESSES, round));
  return {
    what: 'throughput, a shell process per action, 1 worker',
    measured: perSecond(rate),
    floor: '100/s',
    reach: '200/s',
    beside: `bare spawns, ${SLOTS} at once: ${perSecond(bare)}; ratio ${(bare / rate).toFixed(1)}`,
    figures: { per_second: rate, bare_per_second: bare, bare_ratio: bare / rate },
  };
}

export const throughput: Question = {
  name: 'throughput',
  about: `${BUILT_IN} built-in and ${PROCESSES} shell actions, started as fast as the API takes them`,
  runs: 3,
  measure: (round) =>
    withPack(round.stop, async (client) => [await builtIn(client, round), await processes(client, round)]),
};
