import { PHASES, type Phase, type PhaseReport } from '../../contract/sandbox/report';

/** Notified when a phase starts and ends: for the progress that a user sees. */
export interface Progress {
  started(phase: Phase): void;
  ended(report: PhaseReport): void;
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

  reports = (): PhaseReport[] =>
    PHASES.map((phase) => this.ended.get(phase) ?? { phase, outcome: 'skipped', started_at: null, ms: null });
}
