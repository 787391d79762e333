import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WORKER_SLOTS } from '../../helpers/target/start/suite-settings';
import { renderTemplate } from '../../helpers/render-template';
import type { Machine } from './machine';
import type { Measurement } from './benchmark';

const TEMPLATE_PATH = 'tools/bench/performance.md.njk';
export const PERFORMANCE_PAGE = 'work-summary/performance.md';

export interface BenchReport {
  /** The command line. */
  readonly command: string;
  /** ISO date. */
  readonly date: string;
  readonly machine: Machine;
  readonly measurements: readonly Measurement[];
}

export const renderPage = (root: string, report: BenchReport): string =>
  renderTemplate(readFileSync(join(root, TEMPLATE_PATH), 'utf8'), { ...report, slots: WORKER_SLOTS });

export const writePage = (root: string, report: BenchReport): void =>
  writeFileSync(join(root, PERFORMANCE_PAGE), renderPage(root, report));
