import { Logger } from 'graphile-worker';
import type { Logger as Pino } from 'pino';

/** The queue's own messages, at the level they were meant; without a log they are not wanted (it would use the console). */
export const queueLogger = (log?: Pino): Logger =>
  new Logger(() => (level, message) => {
    if (level === 'error') log?.error(message);
    else if (level === 'warning') log?.warn(message);
    else log?.debug(message);
  });
