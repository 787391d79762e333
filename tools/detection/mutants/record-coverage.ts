import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { COVERAGE_DIRECTORY } from './mutant';

/** What the switches of the instrumented platform count. */
export interface Counters {
  __stryker__?: { mutantCoverage?: { static: Record<string, number> } };
}

/** Between two lines of a process, ms. */
const PERIOD_MS = 50;

/**
 * In every process of the platform: appends the mutants that were reached, and when, to a file of
 * the process in the directory that COVERAGE_DIRECTORY names. A line: epoch ms, then their ids.
 */
function record(directory: string): void {
  const path = join(directory, String(process.pid));
  const write = (): void => {
    const coverage = (globalThis as Counters).__stryker__?.mutantCoverage;
    const ids = Object.keys(coverage?.static ?? {});
    if (!coverage || ids.length === 0) return;
    coverage.static = {};
    appendFileSync(path, `${Date.now()} ${ids.join(' ')}\n`);
  };
  setInterval(write, PERIOD_MS).unref();
  process.once('exit', write);
}

const directory = process.env[COVERAGE_DIRECTORY];
if (directory && existsSync(directory)) record(directory); // a confined program has no such directory
