import { destination, pino, type Logger } from 'pino';

const STDERR = 2;

/** The worker's own log: one JSON object a line on stderr, with the worker's name. */
export const createWorkerLog = (name: string): Logger =>
  pino({ name, level: process.env.PLATFORM_LOG_LEVEL ?? 'warn' }, destination({ dest: STDERR, sync: true }));
