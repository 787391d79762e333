import { isatty } from 'node:tty';
import { destination, type DestinationStream } from 'pino';

const STDERR = 2;

/** Where a log goes: JSON lines on stderr, and on a terminal lines for people. */
export function logDestination(): DestinationStream {
  return isatty(STDERR)
    ? terminalDestination((text) => process.stderr.write(text))
    : destination({ fd: STDERR, sync: true });
}

/** Time, level, message and fields on one line; the stack of an error below it. */
export function terminalDestination(print: (text: string) => void, env = process.env): DestinationStream {
  // oxlint-disable-next-line typescript/no-require-imports -- loaded on a terminal only
  const { prettyFactory } = require('pino-pretty') as typeof import('pino-pretty');
  const format = prettyFactory({
    colorize: !env.NO_COLOR,
    ignore: 'pid,hostname',
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
  });
  return { write: (line) => print(format(line)) };
}
