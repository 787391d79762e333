import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderTemplate } from '../helpers/template';
import type { Machine } from './machine';
import type { Measurement } from './question';

const TEMPLATE = 'bench/templates/performance.md.njk';
export const PAGE = 'docs/performance.md';

export interface Report {
  /** As it was typed. */
  readonly command: string;
  /** ISO day. */
  readonly date: string;
  readonly machine: Machine;
  readonly measurements: readonly Measurement[];
}

export const renderPage = (root: string, report: Report): string =>
  renderTemplate(readFileSync(join(root, TEMPLATE), 'utf8'), report);

export const writePage = (root: string, report: Report): void =>
  writeFileSync(join(root, PAGE), renderPage(root, report));
