import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { report } from '../../../cli/report/report';
import { REPORT_FORMATS, type ReportFormat } from '../../../cli/report/report-formats';
import { tracedRun } from '../run-report/traced-run';
import { testDirectory } from '../../test-directory';

const ROOT = resolve(__dirname, '../../..');

let directory: string;
beforeEach(() => (directory = testDirectory()));

const written = (name: string, run: object): string => {
  writeFileSync(join(directory, name), JSON.stringify(run));
  return join(directory, name);
};

const out = async (models: readonly string[], format: ReportFormat): Promise<string> => {
  const path = join(directory, 'out');
  await report(ROOT, models, { format, out: path });
  return readFileSync(path, 'utf8');
};

const STARTS: Readonly<Record<ReportFormat, string>> = {
  markdown: '# Run m3x9',
  html: '<!doctype html>',
  junit: '<?xml',
  ctrf: '{"reportFormat":"CTRF"',
  github: '::error file=',
  otlp: '{"resourceSpans":',
  chrome: '{"otherData":{"run":',
};

test.each(Object.keys(REPORT_FORMATS) as ReportFormat[])('a run is written as %s', async (format) => {
  expect(await out([written('a.report.json', tracedRun)], format)).toMatch(
    new RegExp(`^${STARTS[format].replace(/[?{]/g, '\\$&')}`),
  );
});

test('several runs are one report', async () => {
  const second = { ...tracedRun, run: 'n4y0', to: 9_000 };

  expect(await out([written('a.json', tracedRun), written('b.json', second)], 'junit')).toContain('<rerunFailure');
});

test('runs of different targets are refused, and what is no run', async () => {
  const other = written('b.json', { ...tracedRun, target: { ...tracedRun.target, name: 'attune' } });

  await expect(out([written('a.json', tracedRun), other], 'junit')).rejects.toThrow(/^NO_REPORT: run .* was on /);
  await expect(out([written('c.json', { run: 1 })], 'junit')).rejects.toThrow(/^NO_REPORT: .*c\.json: /);
});
