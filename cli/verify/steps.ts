import { colours } from '../banner';

/** Prints the steps of a verification on stderr, each when it has ended. */
export class Steps {
  private readonly startedAt = performance.now();
  private lastAt = this.startedAt;

  constructor(private readonly isQuiet: boolean) {}

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
    if (!this.isQuiet) process.stderr.write(`${colours().yellow('!')} warning: ${text}\n`);
  }

  /** Lines below the last step. */
  detail(lines: readonly string[]): void {
    if (!this.isQuiet) process.stderr.write(lines.map((line) => `    ${line}\n`).join(''));
  }

  private print(mark: string, text: string): void {
    const now = performance.now();
    const seconds = ((now - this.lastAt) / 1_000).toFixed(1);
    this.lastAt = now;
    if (!this.isQuiet) process.stderr.write(`${mark} ${text}  ${colours().dim(`${seconds} s`)}\n`);
  }
}
