import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { dirSync } from 'tmp';
import { bundlePageSync } from '../../bin/bundle-page';
import { repositoryRoot } from '../../helpers/repository-root';
import { htmlReport, REPORT_PAGE } from '../../helpers/run-report/html-report';
import type { NodeModel, RunModel } from '../../helpers/run-report/run-model';
import type { Benchmark, BenchmarkRun, Measurement } from './benchmark';
import { launchBrowser } from './launch-browser';
import { formatMs, formatSeconds, median } from './percentiles';

const TASKS = 5_000;
/** Tasks that follow one another. */
const LENGTH = 50;
const CLAIM = 'T9.1a';
/** How long the timeline, and then the graph, is moved, ms. */
const PANNED_MS = 2_000;
/** The worst acceptable medians: ms, and frames per second. */
const MOST_MS = 1_000;
const LEAST_FRAMES = 30;

/** A workflow of sequences that start together; every task is another one, so none is folded. */
const nodes = (): NodeModel[] => [
  node(0, 0, 'root', null),
  ...Array.from({ length: TASKS }, (_, n) => {
    const [sequence, at] = [Math.floor(n / LENGTH), n % LENGTH];
    const previous = at === 0 ? 'first' : `step ${sequence}.${at - 1}`;
    return node(n + 1, 1, n === 0 ? 'first' : `step ${sequence}.${at}`, n === 0 ? null : previous);
  }),
];

const node = (id: number, depth: number, label: string, triggeredBy: string | null): NodeModel => ({
  id,
  depth,
  label,
  action: 'bench.step',
  status: id === TASKS ? 'failed' : 'completed',
  hasEnded: true,
  created: id * 10,
  started: id * 10 + 5,
  finished: id * 10 + 100,
  triggeredBy,
  original: null,
  index: null,
  facts: [],
  error: null,
  stdout: '',
  stderr: '',
});

const run = (): RunModel => ({
  run: 'bench',
  target: { platform: 'tuningfork', kind: 'started', name: 'tuningfork', url: 'http://127.0.0.1:1', loadFactor: 1 },
  from: 0,
  to: 60_000,
  exit: 1,
  reasons: [],
  claims: [
    {
      id: CLAIM,
      title: 'a workflow of many tasks completes',
      tier: 'tier9',
      file: 'tests/e2e/tier9/t9-01.test.ts',
      spec: 'a workflow of many tasks completes.',
      result: 'failed',
      reason: '',
      from: 0,
      to: 60_000,
      process: null,
      time: null,
      attempts: [],
      seconds: 60,
      budget: 60,
      requests: 1,
      history: [],
      failure: {
        summary: 'it failed',
        error: 'it failed',
        at: null,
        frames: [],
        rerun: 'npx jest',
        requests: [],
        logged: '',
        host: '',
        limitSeconds: 60,
        executions: [{ id: 0, nodes: nodes(), entries: [], reasons: [], lacks: [] }],
      },
    },
  ],
});

/** From the start of the navigation to the second frame after the drawn graph and timeline, ms. */
const OPEN = `new Promise((resolve) => {
  const look = () => ['.timeline canvas', '.graph canvas'].every((drawn) => document.querySelector(drawn)?.width > 0)
    ? requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())))
    : requestAnimationFrame(look);
  look();
})`;

/** Frames in which a part of the page was scrolled on, per second. */
const pan = (part: string, edge: 'scrollTop' | 'scrollLeft'): string => `new Promise((resolve) => {
  const box = document.querySelector('${part}');
  box.scrollTop = box.scrollLeft = 0;
  const start = performance.now();
  let frames = 0;
  const step = (now) => {
    if (now - start > ${PANNED_MS}) return resolve(frames / ((now - start) / 1000));
    frames++;
    box.${edge} += 40;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})`;

async function measureReport({ runs, reportProgress, stop }: BenchmarkRun): Promise<Measurement[]> {
  const directory = dirSync({ unsafeCleanup: true });
  const browser = await launchBrowser();
  const seen: Seen = { opened: [], timeline: [], graph: [] };
  try {
    const path = join(directory.name, 'report.html');
    writeFileSync(path, htmlReport(run(), bundlePageSync(repositoryRoot(), REPORT_PAGE)));
    for (let n = 1; n <= runs && !stop.aborted; n++) {
      const page: Page = await browser.newPage({ viewport: { width: 1_280, height: 900 } });
      await page.goto(`${pathToFileURL(path).href}#${CLAIM}`, { waitUntil: 'commit' });
      seen.opened.push(await page.evaluate<number>(OPEN));
      seen.timeline.push(await page.evaluate<number>(pan('.timeline', 'scrollTop')));
      seen.graph.push(await page.evaluate<number>(pan('.graph', 'scrollLeft')));
      await page.close();
      const frames = [seen.timeline.at(-1)!, seen.graph.at(-1)!].map((each) => each.toFixed(0)).join(' and ');
      reportProgress(`report, ${n} of ${runs}: ${formatMs(seen.opened.at(-1)!)}, ${frames} frames/s`);
    }
  } finally {
    await browser.close();
    directory.removeCallback();
  }
  return reportRows(seen);
}

/** What each run has shown: ms until it was drawn, and frames per second of what was moved. */
interface Seen {
  readonly opened: number[];
  readonly timeline: number[];
  readonly graph: number[];
}

export function reportRows({ opened, timeline, graph }: Seen): Measurement[] {
  return [
    {
      title: `the report of a failure with ${TASKS.toLocaleString('en')} tasks, opened to its first drawing`,
      result: `${formatMs(median(opened))}, slowest ${formatMs(Math.max(...opened))}`,
      limit: formatSeconds(MOST_MS),
      isBeyond: median(opened) > MOST_MS,
      goal: '0.5 s',
      baseline: '–',
      figures: { p50_ms: median(opened), max_ms: Math.max(...opened) },
    },
    framesRow('the same, frames while its timeline is scrolled', timeline),
    framesRow('the same, frames while its graph is moved', graph),
  ];
}

const framesRow = (title: string, perSecond: readonly number[]): Measurement => ({
  title,
  result: `${median(perSecond).toFixed(0)}/s, slowest ${Math.min(...perSecond).toFixed(0)}/s`,
  limit: `${LEAST_FRAMES}/s`,
  isBeyond: median(perSecond) < LEAST_FRAMES,
  goal: '60/s',
  baseline: '–',
  figures: { p50_per_second: median(perSecond), min_per_second: Math.min(...perSecond) },
});

export const reportPageBenchmark: Benchmark = {
  name: 'report-page',
  about: `opens and moves the report of a failure with ${TASKS} tasks in a browser`,
  runs: 5,
  measure: measureReport,
};
