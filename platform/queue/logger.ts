import { Logger } from 'graphile-worker';
import type { Logger as Pino } from 'pino';

/** Ours of the queue's level names; its info is a word on every job, so that it is debug here. */
const LEVELS: Readonly<Record<string, 'error' | 'warn'>> = { error: 'error', warning: 'warn' };

/** The queue's own messages; without a log they are not wanted (it would use the console). */
export const queueLogger = (log?: Pino): Logger =>
  new Logger(() => (level, message) => log?.[LEVELS[level] ?? 'debug'](message));
