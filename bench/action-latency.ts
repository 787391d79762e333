import type { Client } from '../helpers/client/client';
import { bareSpawnMs, programs, type Program } from './bare';
import { inMs, spread } from './percentiles';
import type { Measurement, Question } from './question';
import { completed, PACK, recordedMs, withPack } from './stand';

/** Starts that fill caches and connections, and are not counted. */
const WARM_UP = 5;

interface Kind {
  readonly what: string;
  readonly action: string;
  readonly floor: string;
  readonly reach: string;
  /** Null: no process to start. */
  readonly bare: Program | null;
}

function kinds(): Kind[] {
  const bare = programs();
  return [
    { what: 'built-in action', action: 'core.noop', floor: '–', reach: '–', bare: null },
    { what: 'shell action', action: `${PACK}.shell`, floor: '40 ms', reach: '15 ms', bare: bare.shell },
    { what: 'Python action, warm', action: `${PACK}.python`, floor: '120 ms', reach: '30 ms', bare: bare.python },
    { what: 'Node action, warm', action: `${PACK}.nodejs`, floor: '150 ms', reach: '60 ms', bare: bare.nodejs },
  ];
}

/** One after the other on an idle platform; a bare start of the same program stands between each two. */
async function latencyOf(client: Client, kind: Kind, runs: number): Promise<Measurement> {
  const [asked, recorded, bare]: [number[], number[], number[]] = [[], [], []];
  for (let n = 0; n < WARM_UP + runs; n++) {
    const began = performance.now();
    const execution = await completed(client, kind.action);
    const ms = performance.now() - began;
    const bareMs = kind.bare === null ? 0 : await bareSpawnMs(kind.bare);
    if (n < WARM_UP) continue;
    asked.push(ms);
    recorded.push(recordedMs(execution));
    bare.push(bareMs);
  }
  return rowOf(kind, spread(asked), spread(recorded), spread(bare));
}

type Spread = ReturnType<typeof spread>;

const pair = ({ p50, p99 }: Spread): string => `${inMs(p50)}, p99 ${inMs(p99)}`;

function rowOf(kind: Kind, asked: Spread, recorded: Spread, bare: Spread): Measurement {
  const figures = {
    p50_ms: asked.p50,
    p99_ms: asked.p99,
    recorded_p50_ms: recorded.p50,
    recorded_p99_ms: recorded.p99,
  };
  const ratio = asked.p50 / bare.p50;
  return {
    what: `${kind.what}, request → completed, idle, p50`,
    measured: `${pair(asked)}; by its record ${pair(recorded)}`,
    floor: kind.floor,
    reach: kind.reach,
    beside: kind.bare === null ? 'no process' : `bare spawn ${pair(bare)}; ratio ${ratio.toFixed(1)}`,
    figures:
      kind.bare === null ? figures : { ...figures, bare_p50_ms: bare.p50, bare_p99_ms: bare.p99, bare_ratio: ratio },
  };
}

export const actionLatency: Question = {
  name: 'action-latency',
  about: 'one action at a time on an idle platform, beside a bare start of the same program',
  runs: 100,
  measure: ({ runs, say, stop }) =>
    withPack(stop, async (client) => {
      const rows: Measurement[] = [];
      for (const kind of kinds()) {
        rows.push(await latencyOf(client, kind, runs));
        say(`${kind.what}: ${rows.at(-1)!.measured}`);
      }
      return rows;
    }),
};
