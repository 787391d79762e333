/** A worker calls what only a registered one may: its own fault, which its answer names. */
export class NotRegistered extends Error {
  override readonly name = 'NotRegistered';

  constructor() {
    super('the worker has not registered');
  }
}
