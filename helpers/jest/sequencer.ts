import { repositoryRoot } from '../repository-root';
import { fileBudgetSeconds, readCensus } from '../scenario/census';
import { requireReporter, type ReportersOfRun } from './required-reporter';
import { storeSelectedFiles } from './selected-files';

/** The part of Jest's test file that the sequencer reads. */
interface TestFile {
  path: string;
}

/**
 * Runs files with the longest budget first, so that no long file runs alone at the end; files
 * without a budget last. Stores which files run, for the global setup. Every run has a sequencer,
 * whatever its reporters are: it adds the one that decides the exit code.
 */
export class Sequencer {
  private readonly census = readCensus(repositoryRoot());

  constructor({ globalConfig }: { globalConfig: ReportersOfRun }) {
    requireReporter(globalConfig);
  }

  sort<T extends TestFile>(files: readonly T[]): T[] {
    storeSelectedFiles(files.map(({ path }) => path));
    const budget = (file: T) => fileBudgetSeconds(this.census, file.path);
    return [...files].sort((a, b) => budget(b) - budget(a) || a.path.localeCompare(b.path));
  }

  shard<T extends TestFile>(
    files: readonly T[],
    { shardIndex, shardCount }: { shardIndex: number; shardCount: number },
  ): T[] {
    const sorted = [...files].sort((a, b) => a.path.localeCompare(b.path));
    return sorted.filter((_, n) => n % shardCount === shardIndex - 1);
  }

  /** Earlier failures do not change the order. */
  allFailedTests<T extends TestFile>(files: readonly T[]): T[] {
    return [...files];
  }

  cacheResults(): void {}
}
