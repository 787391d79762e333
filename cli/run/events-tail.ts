import { terminalText } from '../../contract/text/terminal-text';
import { followLog } from '../../helpers/client/follow-log';
import { ApiError } from '../../helpers/errors';
import { CommandError } from '../failures';
import { interruptible } from '../stop-cause';
import { withNamedPlatform } from './command-platform';
import { logLine } from './log-line';
import { EXIT_CODES } from '../../contract/errors';
import { writeJson } from '../../contract/json-text/write-json';

/** Parsed options: those that were not given are absent. */
export interface EventsTailFlags {
  readonly execution: number;
  readonly target?: string;
  readonly newestFirst?: true;
  readonly json?: true;
}

/**
 * Prints the log of an execution as it is written, and ends with it. `newestFirst`: prints what
 * there is now, the last entry first.
 */
export async function eventsTail({ execution, target, newestFirst, json }: EventsTailFlags): Promise<void> {
  const print = (entry: Parameters<typeof logLine>[0]): void =>
    void process.stdout.write(`${json ? writeJson(entry) : terminalText(logLine(entry))}\n`);
  await interruptible(`execution ${execution} is not affected`, (stop) =>
    withNamedPlatform(target, stop, async (client) => {
      try {
        if (newestFirst) for (const entry of (await client.executions.log(execution)).reverse()) print(entry);
        else for await (const entry of followLog(client, execution)) print(entry);
      } catch (error) {
        if (error instanceof ApiError && error.status === 404)
          throw new CommandError(
            `EXECUTION_NOT_FOUND: no execution ${execution} is visible here`,
            EXIT_CODES.testFailed,
          );
        throw error;
      }
    }),
  );
}
