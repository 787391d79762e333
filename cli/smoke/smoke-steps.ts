import { EXIT_CODES } from '../../contract/errors';
import { CommandError } from '../failures';
import { Steps } from '../verify/steps';

const { notProvisioned, testFailed } = EXIT_CODES;

type StepName = 'pack' | 'install' | 'search' | 'boot' | 'loop' | 'stop' | 'remove';

interface SmokeStep {
  readonly step: StepName;
  readonly status: 'passed' | 'failed';
  readonly duration_ms: number;
  readonly text: string;
}

/** The steps of a smoke test: printed as they end, and kept for its receipt. */
export class SmokeSteps {
  readonly ended: SmokeStep[] = [];
  /** 3 or 1, as the first step that failed requires; null: none did. */
  exitCode: number | null = null;
  private readonly lines: Steps;

  constructor(isQuiet: boolean) {
    this.lines = new Steps(isQuiet);
  }

  /** The result of the work. A CommandError fails the step, and is thrown again. */
  async run<T>(step: StepName, work: () => T | Promise<T>, describe: (result: T) => string): Promise<T> {
    const startedMs = this.lines.durationMs;
    const end = (status: SmokeStep['status'], text: string) =>
      this.ended.push({ step, status, duration_ms: this.lines.durationMs - startedMs, text });
    try {
      const result = await work();
      const text = describe(result);
      end('passed', text);
      this.lines.passed(text);
      return result;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.exitCode ??= error.exitCode === notProvisioned ? notProvisioned : testFailed;
      end('failed', error.message);
      const [first = '', ...more] = error.message.split('\n');
      this.lines.failed(first);
      this.lines.detail(more);
      throw error;
    }
  }
}
