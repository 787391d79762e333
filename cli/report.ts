import { writeFileSync } from 'node:fs';
import { EXIT_CODES } from '../contract/errors';
import { messageOf } from '../helpers/errors';
import { resultsDirectory } from '../helpers/jest/results-directory';
import { ctrfReport } from '../helpers/run-report/ctrf-report';
import { bundlePageSync } from '../bin/bundle-page';
import { htmlReport, REPORT_PAGE } from '../helpers/run-report/html-report';
import { newestModel, readModel } from '../helpers/run-report/report-files';
import type { RunModel } from '../helpers/run-report/run-model';
import { summaryText } from '../helpers/run-report/summary-text';
import { CommandError } from './failures';

export interface ReportFlags {
  readonly format: 'html' | 'markdown' | 'ctrf';
  readonly json?: boolean;
  readonly out?: string;
}

/** Prints the report of a run, or writes it to a file. Exit 2: there is no such run. */
export function report(root: string, model: string | undefined, { format, json, out }: ReportFlags): void {
  const run = readRun(root, model);
  const text = json ? `${JSON.stringify(run)}\n` : FORMATS[format](run, root);
  if (out === undefined) process.stdout.write(text);
  else writeFileSync(out, text);
}

const FORMATS: Readonly<Record<ReportFlags['format'], (run: RunModel, root: string) => string>> = {
  html: (run, root) => htmlReport(run, bundlePageSync(root, REPORT_PAGE)),
  markdown: summaryText,
  ctrf: (run) => `${JSON.stringify(ctrfReport(run), null, 2)}\n`,
};

function readRun(root: string, model: string | undefined): RunModel {
  try {
    return readModel(model ?? newestModel(resultsDirectory(root, process.env)));
  } catch (error) {
    throw new CommandError(`NO_REPORT: ${messageOf(error)}`, EXIT_CODES.usage);
  }
}
