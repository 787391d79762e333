import { resolve } from 'node:path';
import { budgetOf, readCensus } from '../census';

/** What we use of Jest's test file. */
interface TestFile {
  path: string;
}

/** Longest budget first, so that no long file is left for the end; files without one keep their order, after the rest. */
export class Sequencer {
  private readonly census = readCensus(resolve(__dirname, '../..'));

  sort<T extends TestFile>(files: readonly T[]): T[] {
    const budget = (file: T) => budgetOf(this.census, file.path);
    return [...files].sort((a, b) => budget(b) - budget(a) || a.path.localeCompare(b.path));
  }

  shard<T extends TestFile>(
    files: readonly T[],
    { shardIndex, shardCount }: { shardIndex: number; shardCount: number },
  ): T[] {
    const sorted = [...files].sort((a, b) => a.path.localeCompare(b.path));
    return sorted.filter((_, n) => n % shardCount === shardIndex - 1);
  }

  /** What failed last time is not remembered: the suite has no flaky tests to look after. */
  allFailedTests<T extends TestFile>(files: readonly T[]): T[] {
    return [...files];
  }

  cacheResults(): void {}
}
