import type { Logger } from 'pino';
import { logDestination } from '../files/log-destination';
import { openLog } from '../files/open-log';

/** The worker's own log, with the worker's name. */
export const createWorkerLog = (name: string): Logger => openLog(logDestination(), name);
