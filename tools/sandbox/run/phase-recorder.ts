import { PHASES, type Phase, type PhaseReport } from '../../../contract/sandbox-report';

/** Notified when a phase starts and ends: for the progress that a user sees. */
export interface Progress {
  started(phase: Phase): void;
  ended(report: PhaseReport): void;
  /** Something that a user should know, and that ends no run. */
  noted(notice: string): void;
}

/** Runs the phases of a run and records what each did. */
export class PhaseRecorder {
  private readonly ended = new Map<Phase, PhaseReport>();

  constructor(private readonly progress: Progress) {}

  async run<T>(phase: Phase, work: () => Promise<T>): Promise<T> {
    const [started_at, from] = [new Date().toISOString(), performance.now()];
    this.progress.started(phase);
    const end = (outcome: 'passed' | 'failed') => {
      const report = { phase, outcome, started_at, ms: Math.round(performance.now() - from) };
      this.ended.set(phase, report);
      this.progress.ended(report);
    };
    try {
      const value = await work();
      end('passed');
      return value;
    } catch (error) {
      end('failed');
      throw error;
    }
  }

  /** What the run left out or does not use, each once. */
  readonly notices: string[] = [];

  note(notices: readonly string[]): void {
    for (const notice of notices) {
      this.notices.push(notice);
      this.progress.noted(notice);
    }
  }

  reports = (): PhaseReport[] =>
    PHASES.map((phase) => this.ended.get(phase) ?? { phase, outcome: 'skipped', started_at: null, ms: null });
}
