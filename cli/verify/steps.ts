import { colours } from '../colours';
import { linePrinter } from '../line-printer';

/** Prints the steps of a verification on stderr, each when it has ended. */
export class Steps {
  private readonly startedAt = performance.now();
  private lastAt = this.startedAt;

  private readonly printLine: (line: string) => void;

  constructor(isQuiet: boolean) {
    this.printLine = linePrinter(isQuiet);
  }

  get durationMs(): number {
    return Math.round(performance.now() - this.startedAt);
  }

  passed(text: string): void {
    this.print(colours().green('✓'), text);
  }

  failed(text: string): void {
    this.print(colours().red('✗'), text);
  }

  warning(text: string): void {
    this.printLine(`${colours().yellow('!')} warning: ${text}`);
  }

  /** Lines below the last step. */
  detail(lines: readonly string[]): void {
    for (const line of lines) this.printLine(`    ${line}`);
  }

  private print(mark: string, text: string): void {
    const now = performance.now();
    const seconds = ((now - this.lastAt) / 1_000).toFixed(1);
    this.lastAt = now;
    this.printLine(`${mark} ${text}  ${colours().dim(`${seconds} s`)}`);
  }
}
