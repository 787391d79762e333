/** An error before any handler, or of a route for programs, answered as `text/plain`. */
export class PlainTextError extends Error {
  constructor(
    readonly status: 400 | 404 | 413 | 415 | 422,
    message: string,
  ) {
    super(message);
    this.name = 'PlainTextError';
  }
}
