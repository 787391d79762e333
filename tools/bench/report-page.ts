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
import { formatMs, median } from './percentiles';

const TASKS = 5_000;
/** Tasks of each sub-workflow. */
const WIDTH = 50;
const CLAIM = 'T9.1a';
/** How long the timeline is scrolled, ms. */
const PANNED_MS = 2_000;

/** A workflow of sub-workflows, in which every task is another one: no list is folded. */
function nodes(): NodeModel[] {
  const root = node(0, 0, 'root', null);
  const groups = Array.from({ length: TASKS / WIDTH }, (_, group) => [
    node(1 + group * (WIDTH + 1), 1, `group ${group}`, group === 0 ? null : `group ${group - 1}`),
    ...Array.from({ length: WIDTH - 1 }, (_, n) =>
      node(2 + group * (WIDTH + 1) + n, 2, `step ${group}.${n}`, n === 0 ? null : `step ${group}.${n - 1}`),
    ),
  ]);
  return [root, ...groups.flat()];
}

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

/** From the start of the navigation to the second frame after the drawn timeline, ms. */
const OPEN = `new Promise((resolve) => {
  const look = () => document.querySelector('.timeline canvas')?.width > 0
    ? requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())))
    : requestAnimationFrame(look);
  look();
})`;

/** Frames in which the timeline was scrolled on, per second. */
const PAN = `new Promise((resolve) => {
  const box = document.querySelector('.timeline');
  const start = performance.now();
  let frames = 0;
  const step = (now) => {
    if (now - start > ${PANNED_MS}) return resolve(frames / ((now - start) / 1000));
    frames++;
    box.scrollTop += 40;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})`;

async function measureReport({ runs, reportProgress, stop }: BenchmarkRun): Promise<Measurement[]> {
  const directory = dirSync({ unsafeCleanup: true });
  const browser = await launchBrowser();
  const [opened, panned]: [number[], number[]] = [[], []];
  try {
    const path = join(directory.name, 'report.html');
    writeFileSync(path, htmlReport(run(), bundlePageSync(repositoryRoot(), REPORT_PAGE)));
    for (let n = 1; n <= runs && !stop.aborted; n++) {
      const page: Page = await browser.newPage({ viewport: { width: 1_280, height: 900 } });
      await page.goto(`${pathToFileURL(path).href}#${CLAIM}`, { waitUntil: 'commit' });
      opened.push(await page.evaluate<number>(OPEN));
      panned.push(await page.evaluate<number>(PAN));
      await page.close();
      reportProgress(`report, ${n} of ${runs}: ${formatMs(opened.at(-1)!)}, ${panned.at(-1)!.toFixed(0)} frames/s`);
    }
  } finally {
    await browser.close();
    directory.removeCallback();
  }
  return [
    {
      title: `the report of a failure with ${TASKS.toLocaleString('en')} tasks, opened to its first drawing`,
      result: `${formatMs(median(opened))}, slowest ${formatMs(Math.max(...opened))}`,
      limit: '1 s',
      goal: '0.5 s',
      baseline: '–',
      figures: { p50_ms: median(opened), max_ms: Math.max(...opened) },
    },
    {
      title: 'the same, frames while its timeline is scrolled',
      result: `${median(panned).toFixed(0)}/s, slowest ${Math.min(...panned).toFixed(0)}/s`,
      limit: '30/s',
      goal: '60/s',
      baseline: '–',
      figures: { p50_per_second: median(panned), min_per_second: Math.min(...panned) },
    },
  ];
}

export const reportPageBenchmark: Benchmark = {
  name: 'report-page',
  about: `opens and scrolls the report of a failure with ${TASKS} tasks in a browser`,
  runs: 5,
  measure: measureReport,
};
