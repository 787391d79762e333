import { Client } from 'pg';
import type { Logger } from 'pino';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

export interface Bell {
  close(): Promise<void>;
}

export interface Ringing {
  readonly url: string;
  readonly channel: string;
  readonly log: Logger;
  heard(payload: string): void;
  /** The line is up, for the first time or again: what was rung before then was not heard. */
  connected(): void;
}

/** Listens on a channel until it is closed, over a connection of its own that is made anew whenever it is lost. */
export function openBell({ url, channel, log, heard, connected }: Ringing): Bell {
  let client: Client | null = null;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let pauseMs = FIRST_PAUSE_MS;

  const again = (error?: unknown) => {
    if (closed || timer !== undefined) return;
    log.warn({ err: error, pauseMs }, 'no line to the database, connecting again');
    timer = setTimeout(() => {
      timer = undefined;
      void connect();
    }, pauseMs);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  };

  const connect = async () => {
    const line = new Client({ connectionString: url, keepAlive: true });
    client = line;
    line.on('error', again).on('end', () => again());
    line.on('notification', ({ payload }) => heard(payload ?? ''));
    try {
      await line.connect();
      await line.query(`listen ${line.escapeIdentifier(channel)}`);
      pauseMs = FIRST_PAUSE_MS;
      connected();
    } catch (error) {
      again(error);
    }
  };

  void connect();
  return {
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}
