/** What a test did, in order; printed only when it fails. */
export interface Steps {
  note(text: string): void;
  /** One step a line: seconds since the test began, then what was done. */
  print(): string;
}

export function createSteps(now: () => number = () => performance.now()): Steps {
  const began = now();
  const steps: { at: number; text: string }[] = [];
  return {
    note: (text) => void steps.push({ at: now() - began, text }),
    print: () => steps.map(({ at, text }) => `${(at / 1_000).toFixed(3).padStart(8)}  ${text}`).join('\n'),
  };
}
