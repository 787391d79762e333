import { repositoryRoot } from '../repository-root';
import { longestFirst, readDurationTable, secondsByFile, shardOf } from './durations';
import { projectPath, readLastRunIfValid } from './last-run';
import { requireReporter, type ReportersOfRun } from './required-reporter';
import { resultsDirectory } from './results-directory';
import { storeSelectedFiles } from './selected-files';

/** The part of Jest's test file that the sequencer reads. */
interface TestFile {
  path: string;
}

const ROOT = repositoryRoot();

/**
 * Runs the longest files first, by the last runs on this machine and by the committed table.
 * Stores which files run, for the global setup. Every run has a sequencer, whatever its reporters
 * are: it adds the one that decides the exit code.
 */
export class Sequencer {
  private readonly table = readDurationTable(ROOT);
  private readonly lastRun = readLastRunIfValid(resultsDirectory(ROOT, process.env), printLine);

  constructor({ globalConfig }: { globalConfig: ReportersOfRun }) {
    requireReporter(globalConfig);
  }

  sort<T extends TestFile>(files: readonly T[]): T[] {
    const seconds = secondsByFile({ ...this.table, ...this.lastRun.durations });
    return store(arrange(files, (paths) => longestFirst(paths, seconds)));
  }

  /** By the committed table alone: machines that have measured other times agree. */
  shard<T extends TestFile>(
    files: readonly T[],
    { shardIndex, shardCount }: { shardIndex: number; shardCount: number },
  ): T[] {
    const seconds = secondsByFile(this.table);
    return arrange(files, (paths) => shardOf(paths, seconds, { index: shardIndex, count: shardCount }));
  }

  /** Of `--onlyFailures`: the files in which a test failed the last time it ran. */
  allFailedTests<T extends TestFile>(files: readonly T[]): T[] {
    const failed = new Set(this.lastRun.failed.map(({ file }) => file));
    return store(files.filter(({ path }) => failed.has(projectPath(ROOT, path))));
  }

  cacheResults(): void {}
}

function store<T extends TestFile>(files: T[]): T[] {
  storeSelectedFiles(files.map(({ path }) => path));
  return files;
}

/** The files whose paths in the project `select` returns, in its order. */
function arrange<T extends TestFile>(files: readonly T[], select: (paths: string[]) => string[]): T[] {
  const byPath = new Map(files.map((file) => [projectPath(ROOT, file.path), file]));
  return select([...byPath.keys()]).map((path) => byPath.get(path)!);
}

const printLine = (line: string): void => void process.stderr.write(`tuningfork: ${line}\n`);
