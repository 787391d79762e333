import { Logger } from 'graphile-worker';
import type { Logger as Pino } from 'pino';

/** Log levels by the queue's level names. Its `info` has a line for every job: debug here. */
const LEVEL_NAMES: Readonly<Record<string, 'error' | 'warn'>> = { error: 'error', warning: 'warn' };

/**
 * Passes the queue's messages to our log. Without one they are dropped: the queue would write to
 * the console.
 */
export const queueLogger = (log?: Pino): Logger =>
  new Logger(() => (level, message) => log?.[LEVEL_NAMES[level] ?? 'debug'](message));
