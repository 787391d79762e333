/** An error before any handler, answered as `text/plain`. */
export class PlainTextError extends Error {
  constructor(
    readonly status: 400 | 413 | 415 | 422,
    message: string,
  ) {
    super(message);
    this.name = 'PlainTextError';
  }
}
