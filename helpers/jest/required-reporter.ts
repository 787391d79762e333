import { join } from 'node:path';
import { repositoryRoot } from '../repository-root';

/** The part of Jest's configuration of a run that has its reporters. */
export interface ReportersOfRun {
  /** Absent: Jest's own default, which a configuration without reporters has. */
  readonly reporters?: [path: string, options: object][];
}

/** The module of the suite's reporter. */
const REPORTER = join(repositoryRoot(), 'helpers/jest/entries/reporter-entry.js');

/**
 * Adds the suite's reporter, which decides the exit code and writes the results, to those of a
 * run. `--reporters` replaces the list of the configuration, so that the configuration cannot
 * require it; Jest creates the reporters of this list after it has ordered the test files.
 */
export function requireReporter({ reporters }: ReportersOfRun): void {
  if (reporters && !reporters.some(([path]) => path === REPORTER)) reporters.push([REPORTER, {}]);
}
