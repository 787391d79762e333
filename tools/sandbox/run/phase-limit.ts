import type { Phase } from '../../../contract/sandbox-report';
import { SandboxError, type SandboxCode } from '../sandbox-error';
import { StoppableTransport } from '../transport/stoppable-transport';
import type { Sandbox } from './sandbox';

/** What a phase is whose limit is over. The test command has a limit of its own. */
const CODES: Readonly<Partial<Record<Phase, SandboxCode>>> = { health: 'HEALTH_TIMEOUT' };

/** Ends the phases of a run: each at its limit, and any of them where a signal stops the run. */
export class PhaseLimit {
  private readonly over = new AbortController();
  private readonly either: AbortSignal;

  constructor(stop: AbortSignal) {
    this.either = AbortSignal.any([stop, this.over.signal]);
  }

  /** The same sandbox, whose scripts end with their phase. */
  around(sandbox: Sandbox): Sandbox {
    const transport = new StoppableTransport(sandbox.transport, this.either);
    return Object.assign({}, sandbox, { transport, stop: this.either });
  }

  /** Runs a phase. Its scripts end at the limit, and it rejects with SandboxError. */
  async run<T>(phase: Phase, seconds: number, work: () => Promise<T>): Promise<T> {
    const what = `the phase ${phase} was not done after ${seconds} s, its limit by the timeout of the manifest`;
    const end = () => this.over.abort(new SandboxError(CODES[phase] ?? 'STACK_UP_FAILED', what));
    const timer = setTimeout(end, seconds * 1_000);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
    }
  }
}
