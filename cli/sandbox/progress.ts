import { terminalText } from '../../contract/text/terminal-text';
import type { Progress } from '../../tools/sandbox/run/phase-recorder';
import type { Phase, PhaseReport } from '../../contract/sandbox-report';
import { colours } from '../colours';

/** Prints on stderr when a phase starts and how it ended. */
export class PrintedProgress implements Progress {
  started(phase: Phase): void {
    process.stderr.write(`${colours().dim('…')} ${phase}\n`);
  }

  ended({ phase, outcome, ms }: PhaseReport): void {
    const { green, red, dim } = colours();
    const mark = outcome === 'passed' ? green('✓') : red('✗');
    process.stderr.write(`${mark} ${phase}  ${dim(`${((ms ?? 0) / 1_000).toFixed(1)} s`)}\n`);
  }

  noted(notice: string): void {
    process.stderr.write(`note: ${terminalText(notice)}\n`);
  }
}

/** For a run whose report is its only output. */
export const SILENT: Progress = { started: () => undefined, ended: () => undefined, noted: () => undefined };
