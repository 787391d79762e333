/**
 * The target is unusable: not started, not reached, or not the expected one. The run ends with
 * exit code 3.
 */
export class TargetError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TargetError';
  }
}
