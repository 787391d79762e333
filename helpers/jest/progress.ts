import { DefaultReporter, VerboseReporter } from '@jest/reporters';
import { colors } from '../colors';
import { repositoryRoot } from '../repository-root';
import { readDurationTable, secondsByFile } from './durations';
import { projectPath, readLastRunIfValid } from './last-run';
import { resultsDirectory } from './results-directory';
import { selectedFiles } from './selected-files';
import { progressLine, secondsLeft } from './time-left';

type JestConfig = ConstructorParameters<typeof DefaultReporter>[0];
type Parameter<K extends 'onTestStart' | 'onTestResult'> = Parameters<DefaultReporter[K]>;

const ROOT = repositoryRoot();
const CLEAR_LINE = '\r\u001B[2K';

/** Jest's reporter for terminals, with one line below its output instead of its list. */
class Progress extends DefaultReporter {
  /** Of the terminal; Jest's reporter replaces that of the stream. */
  private readonly write: (text: string) => void;
  private readonly files = selectedFiles() ?? [];
  private readonly expected = expectedSeconds();
  /** Monotonic ms, by path. */
  private readonly startedAt = new Map<string, number>();
  private readonly done = new Set<string>();
  private failed = 0;
  private isLineShown = false;
  private isRunning = true;

  constructor(private readonly config: JestConfig) {
    const write = process.stderr.write.bind(process.stderr);
    super(config);
    this.write = write;
  }

  override onTestStart(...args: Parameter<'onTestStart'>): void {
    this.startedAt.set(args[0].path, performance.now());
    super.onTestStart(...args);
  }

  override onTestResult(...args: Parameter<'onTestResult'>): void {
    const [, { testFilePath, numFailingTests, testExecError }] = args;
    this.done.add(testFilePath);
    if (numFailingTests > 0 || testExecError) this.failed++;
    super.onTestResult(...args);
  }

  override onRunComplete(): void {
    this.isRunning = false;
    super.onRunComplete();
  }

  protected override __clearStatus(): void {
    if (this.isLineShown) this.write(CLEAR_LINE);
    this.isLineShown = false;
  }

  protected override __printStatus(): void {
    if (!this.isRunning) return;
    this.write(colors.dim(this.line().slice(0, (process.stderr.columns || 80) - 1)));
    this.isLineShown = true;
  }

  private line(): string {
    const open = this.files.filter((file) => !this.done.has(file));
    const now = performance.now();
    const left = secondsLeft({
      waiting: open.filter((file) => !this.startedAt.has(file)).map(this.expected),
      running: open.flatMap((file) => {
        const startedAt = this.startedAt.get(file);
        return startedAt === undefined ? [] : [{ expected: this.expected(file), elapsed: (now - startedAt) / 1_000 }];
      }),
      workers: this.config.maxWorkers,
    });
    return progressLine({ done: this.done.size, failed: this.failed, all: this.files.length }, left);
  }
}

/** How long a file takes, by its absolute path. */
function expectedSeconds(): (path: string) => number {
  const { durations } = readLastRunIfValid(resultsDirectory(ROOT, process.env), () => undefined); // the sequencer prints it
  const seconds = secondsByFile({ ...readDurationTable(ROOT), ...durations });
  return (path) => seconds(projectPath(ROOT, path));
}

/** Of a single file, Jest prints each test instead, as without the line. */
export const createProgress = (config: JestConfig): DefaultReporter =>
  config.verbose ? new VerboseReporter(config) : new Progress(config);
