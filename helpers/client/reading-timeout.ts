const PARTS = 20;

/**
 * Aborts after a time in which this process could have read a response, ms. If the host does not
 * run the process for seconds, a plain timer fires before the response that has long arrived is
 * read: here each part of the time ends in an iteration of the event loop of its own.
 */
export class ReadingTimeout {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(ms: number) {
    let partsLeft = PARTS;
    this.#timer = setInterval(() => {
      if (--partsLeft === 0) this.#controller.abort();
    }, ms / PARTS);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
