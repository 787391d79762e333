import { pino, type Logger } from 'pino';
import { logDestination } from '../files/log-destination';

/** The worker's own log, with the worker's name. */
export const createWorkerLog = (name: string): Logger =>
  pino({ name, level: process.env.PLATFORM_LOG_LEVEL ?? 'warn' }, logDestination());
