import { writeFileSync } from 'node:fs';
import { terminalText } from '../../contract/text/terminal-text';
import { bundlePageSync } from '../../bin/bundle-page';
import { messageOf } from '../../helpers/errors';
import { resultsDirectory } from '../../helpers/jest/results-directory';
import { chromeReport } from '../../helpers/run-report/chrome-report';
import { ctrfReport } from '../../helpers/run-report/ctrf-report';
import { githubReport } from '../../helpers/run-report/github-report';
import { htmlReport, REPORT_PAGE } from '../../helpers/run-report/html-report';
import { junitReport } from '../../helpers/run-report/junit-report';
import { mergeRuns } from '../../helpers/run-report/merge-runs';
import { otlpReport } from '../../helpers/run-report/otlp-report';
import { newestModel, readModel } from '../../helpers/run-report/report-files';
import type { RunModel } from '../../helpers/run-report/run-model';
import { summaryText } from '../../helpers/run-report/summary-text';
import { usageError } from '../failures';
import type { ReportFormat } from './report-formats';

export interface ReportFlags {
  readonly format: ReportFormat;
  readonly json?: boolean;
  readonly out?: string;
  readonly post?: boolean;
  readonly hub?: string;
}

/**
 * Prints the report of a run, or of several as one, writes it to a file, or posts it to a hub.
 * Exit 2: there is no such run, or the runs are of different targets.
 */
export async function report(root: string, models: readonly string[], flags: ReportFlags): Promise<void> {
  const { format, json, out, post, hub } = flags;
  const run = readRuns(root, models);
  if (post) return (await import('../hub/post-suite-run')).postSuiteRun(root, run, hub);
  const text = json ? jsonText(run) : RENDERERS[format](run, root);
  if (out === undefined) process.stdout.write(format === 'markdown' ? terminalText(text) : text);
  else writeFileSync(out, text);
}

const jsonText = (value: object): string => `${JSON.stringify(value)}\n`;

const RENDERERS: Readonly<Record<ReportFormat, (run: RunModel, root: string) => string>> = {
  html: (run, root) => htmlReport(run, bundlePageSync(root, REPORT_PAGE)),
  markdown: summaryText,
  junit: junitReport,
  ctrf: (run) => jsonText(ctrfReport(run)),
  github: githubReport,
  otlp: (run) => jsonText(otlpReport(run)),
  chrome: (run) => jsonText(chromeReport(run)),
};

function readRuns(root: string, models: readonly string[]): RunModel {
  try {
    const paths = models.length > 0 ? models : [newestModel(resultsDirectory(root, process.env))];
    return mergeRuns(paths.map(readModel));
  } catch (error) {
    throw usageError(`NO_REPORT: ${messageOf(error)}`);
  }
}
