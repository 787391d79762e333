import type { Client } from '../../helpers/client/client';
import { bareSpawnMs, barePrograms, type BareProgram } from './bare-spawn';
import { formatMs, latencyPercentiles } from './percentiles';
import type { Measurement, Benchmark } from './benchmark';
import { runToCompletion, PACK, recordedMs, withPack } from './bench-platform';

/** First runs, which fill caches and connections and are not counted. */
const WARM_UP_RUNS = 5;

interface ActionKind {
  readonly title: string;
  readonly action: string;
  readonly limit: string;
  readonly goal: string;
  /** The same program without a platform; null: the action starts no process. */
  readonly baseline: BareProgram | null;
}

function actionKinds(): ActionKind[] {
  const baseline = barePrograms();
  return [
    { title: 'built-in action', action: 'core.noop', limit: '–', goal: '–', baseline: null },
    { title: 'shell action', action: `${PACK}.shell`, limit: '40 ms', goal: '12 ms', baseline: baseline.shell },
    {
      title: 'Python action, warm',
      action: `${PACK}.python`,
      limit: '120 ms',
      goal: '15 ms',
      baseline: baseline.python,
    },
    { title: 'Node action, warm', action: `${PACK}.nodejs`, limit: '150 ms', goal: '20 ms', baseline: baseline.nodejs },
  ];
}

/**
 * Runs one action at a time on an idle platform, and after each its program without a platform.
 */
async function measureLatency(client: Client, kind: ActionKind, runs: number): Promise<Measurement> {
  const [requestMs, recordMs, baseline]: [number[], number[], number[]] = [[], [], []];
  for (let n = 0; n < WARM_UP_RUNS + runs; n++) {
    const startedAt = performance.now();
    const execution = await runToCompletion(client, kind.action);
    const ms = performance.now() - startedAt;
    const bareMs = kind.baseline === null ? 0 : await bareSpawnMs(kind.baseline);
    if (n < WARM_UP_RUNS) continue;
    requestMs.push(ms);
    recordMs.push(recordedMs(execution));
    baseline.push(bareMs);
  }
  return toMeasurement(kind, latencyPercentiles(requestMs), latencyPercentiles(recordMs), latencyPercentiles(baseline));
}

type LatencyPercentiles = ReturnType<typeof latencyPercentiles>;

const formatPercentiles = ({ p50, p99 }: LatencyPercentiles): string => `${formatMs(p50)}, p99 ${formatMs(p99)}`;

function toMeasurement(
  kind: ActionKind,
  requestMs: LatencyPercentiles,
  recordMs: LatencyPercentiles,
  baseline: LatencyPercentiles,
): Measurement {
  const figures = {
    p50_ms: requestMs.p50,
    p99_ms: requestMs.p99,
    recorded_p50_ms: recordMs.p50,
    recorded_p99_ms: recordMs.p99,
  };
  const ratio = requestMs.p50 / baseline.p50;
  return {
    title: `${kind.title}, request → completed, idle, p50`,
    result: `${formatPercentiles(requestMs)}; by its record ${formatPercentiles(recordMs)}`,
    limit: kind.limit,
    goal: kind.goal,
    baseline:
      kind.baseline === null ? 'no process' : `bare spawn ${formatPercentiles(baseline)}; ratio ${ratio.toFixed(1)}`,
    figures:
      kind.baseline === null
        ? figures
        : { ...figures, bare_p50_ms: baseline.p50, bare_p99_ms: baseline.p99, bare_ratio: ratio },
  };
}

export const actionLatencyBenchmark: Benchmark = {
  name: 'action-latency',
  about: 'one action at a time on an idle platform, and its program without a platform',
  runs: 100,
  measure: ({ runs, reportProgress, stop }) =>
    withPack(stop, async (client) => {
      const rows: Measurement[] = [];
      for (const kind of actionKinds()) {
        rows.push(await measureLatency(client, kind, runs));
        reportProgress(`${kind.title}: ${rows.at(-1)!.result}`);
      }
      return rows;
    }),
};
