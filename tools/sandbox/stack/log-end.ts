import { SandboxError } from '../sandbox-error';

/** The end of a log, as a part of a sentence. */
export const logEnd = (log: string): string =>
  log.trimEnd() === '' ? 'it printed nothing' : `its output ends with\n${log.trimEnd()}`;

/** Of a service that has ended with another code than 0. */
export const serviceEnded = (service: string, code: string, log: string): SandboxError =>
  new SandboxError('STACK_UP_FAILED', `service ${service} ended with exit code ${code}; ${logEnd(log)}`);
