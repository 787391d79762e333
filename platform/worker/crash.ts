import { AsyncLocalStorage } from 'node:async_hooks';
import type { Logger } from 'pino';
import { errorCode } from '../base/error-details';

const executions = new AsyncLocalStorage<number>();

/** Errors that nothing catches in the work, or in what it starts, are blamed on the execution. */
export const runForExecution = <T>(execution: number, work: () => T): T => executions.run(execution, work);

/** Work that serves no single execution, also where an execution causes it. */
export const runForNoExecution = <T>(work: () => T): T => executions.exit(work);

/** Exit code of a worker that ended because of an error that nothing caught. */
export const CRASH_EXIT_CODE = 70;

/**
 * Calls `onCrash` when an error reaches the event loop, with the execution that it is blamed on.
 * Each is logged with that execution, and without its message, which may contain a secret.
 */
export function handleCrashes(log: Logger, onCrash: (execution: number | null) => void): void {
  const handle = (error: unknown, origin: string) => {
    const execution = executions.getStore() ?? null;
    log.fatal({ execution, origin, ...describeCrash(error) }, 'WORKER_CRASHED: an error was not handled');
    onCrash(execution);
  };
  process.on('uncaughtException', handle);
  process.on('unhandledRejection', (reason) => handle(reason, 'unhandledRejection'));
}

function describeCrash(error: unknown): { error: string; code: string | undefined; frames: string[] } {
  if (!(error instanceof Error)) return { error: typeof error, code: undefined, frames: [] };
  return { error: error.constructor.name, code: errorCode(error), frames: stackFrames(error) };
}

const FRAME = /^ {4}at (?:[\w$.<>[\] ]+ \()?(?:node:|\/)[^()]*:\d+:\d+\)?$/;

/** The lines after the message. None where the stack does not contain the message as it is. */
function stackFrames({ message, stack = '' }: Error): string[] {
  const end = stack.indexOf(message);
  if (end === -1) return [];
  const lines = stack.slice(end + message.length).split('\n');
  return lines.filter((line) => FRAME.test(line)).map((line) => line.trim());
}
