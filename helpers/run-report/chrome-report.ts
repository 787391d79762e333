import type { RunModel } from './run-model';
import type { RunSpan } from './run-span';
import { runSpans } from './run-spans';

const US_PER_MS = 1_000;

/**
 * A run in the Trace Event Format (JSON object), for Perfetto and chrome://tracing: a process for
 * the tests and the requests of each test worker, one for executions, and one for each worker of
 * the platform; what overlaps is in different threads of it. Times: µs since the start of the run.
 */
export function chromeReport(run: RunModel): object {
  const spans = runSpans(run).flatMap((test) => test.spans);
  const origin = spans.reduce((earliest, { from }) => Math.min(earliest, from), run.from ?? Infinity);
  const tracks = tracksOf(spans);
  return {
    otherData: { run: run.run, platform: run.target.platform, start: isoText(origin) },
    traceEvents: tracks.flatMap((track, n) => trackEvents(track, n + 1, origin)),
  };
}

const isoText = (instant: number): string | null => (Number.isFinite(instant) ? new Date(instant).toISOString() : null);

/** A process of the trace: spans of one kind, at one place. */
interface Track {
  readonly name: string;
  readonly spans: readonly RunSpan[];
}

const PLACES: Readonly<Record<RunSpan['kind'], string>> = {
  test: 'tests of process',
  request: 'requests of process',
  execution: 'executions',
  attempt: 'attempts on worker',
};

function tracksOf(spans: readonly RunSpan[]): Track[] {
  const byName = new Map<string, RunSpan[]>();
  for (const span of spans) {
    const name = span.place === null ? PLACES[span.kind] : `${PLACES[span.kind]} ${span.place}`;
    byName.set(name, [...(byName.get(name) ?? []), span]);
  }
  const rank = ({ spans: [first] }: Track): number => Object.keys(PLACES).indexOf(first!.kind);
  return [...byName].map(([name, own]) => ({ name, spans: own })).sort((one, other) => rank(one) - rank(other));
}

function trackEvents({ name, spans }: Track, pid: number, origin: number): object[] {
  const lanes = lanesOf(spans);
  return [
    { ph: 'M', name: 'process_name', pid, tid: 0, ts: 0, args: { name } },
    { ph: 'M', name: 'process_sort_index', pid, tid: 0, ts: 0, args: { sort_index: pid } },
    ...lanes.flatMap((lane, n) => lane.map((span) => completeEvent(span, pid, n + 1, origin))),
  ];
}

/** Spans of one lane do not overlap: each is in the first lane that is free when it starts. */
function lanesOf(spans: readonly RunSpan[]): RunSpan[][] {
  const lanes: RunSpan[][] = [];
  for (const span of [...spans].sort((one, other) => one.from - other.from)) {
    const free = lanes.find((lane) => lane.at(-1)!.to <= span.from);
    if (free) free.push(span);
    else lanes.push([span]);
  }
  return lanes;
}

const completeEvent = (
  { kind, name, from, to, error, attributes }: RunSpan,
  pid: number,
  tid: number,
  origin: number,
) => ({
  ph: 'X',
  ts: micros(from - origin), // before all texts: earlier versions of Perfetto end at \u before it
  dur: micros(to - origin) - micros(from - origin), // ends where the next one in its thread starts
  pid,
  tid,
  cat: error === null ? kind : `${kind},failed`,
  name,
  args: { ...attributes, ...(error !== null && { error }) },
});

const micros = (ms: number): number => Math.round(ms * US_PER_MS);
