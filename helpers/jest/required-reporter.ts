import { join } from 'node:path';
import { repositoryRoot } from '../repository-root';

/** The part of Jest's configuration of a run that has its reporters. */
export interface ReportersOfRun {
  /** Absent: Jest's own default, which a configuration without reporters has. */
  readonly reporters?: [path: string, options: object][] | undefined;
}

/** The module of the suite's reporter. */
const REPORTER = join(repositoryRoot(), 'helpers/jest/entries/reporter-entry.js');

/**
 * Puts the suite's reporter, which decides the exit code and writes the results, before those of
 * a run: one of them that fails at the end then changes nothing about it. `--reporters` replaces
 * the list of the configuration, so that the configuration cannot require it; Jest creates the
 * reporters of this list after it has ordered the test files, and after the global setup. Returns
 * whether it is there now.
 */
export function requireReporter({ reporters }: ReportersOfRun): boolean {
  if (reporters?.every(([path]) => path !== REPORTER)) reporters.unshift([REPORTER, {}]);
  return reporters !== undefined;
}
