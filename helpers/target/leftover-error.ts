/** A run left an object on the target, a process or a directory. The run ends with exit code 4. */
export class LeftoverError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LeftoverError';
  }
}
