/** The target cannot be used: not started, not reached, or not the one expected. The run ends with exit 3. */
export class TargetError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TargetError';
  }
}
