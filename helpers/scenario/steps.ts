/** The requests of a test, in order; printed when it fails. */
export interface Steps {
  note(text: string): void;
  /** One line per step: seconds since the start of the test, then the step. */
  print(): string;
}

export function createSteps(now: () => number = () => performance.now()): Steps {
  const startedAt = now();
  const steps: { at: number; text: string }[] = [];
  return {
    note: (text) => void steps.push({ at: now() - startedAt, text }),
    print: () => steps.map(({ at, text }) => `${(at / 1_000).toFixed(3).padStart(8)}  ${text}`).join('\n'),
  };
}
