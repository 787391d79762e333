import type { DestinationStream, Logger } from 'pino';
import { logDestination } from '../../platform/files/log-destination';
import { openLog } from '../../platform/files/open-log';

export interface PlatformLog {
  readonly log: Logger;
  /**
   * Writes nothing more: what an interrupted start reports is only that its processes have ended.
   */
  mute(): void;
}

/** Also logs an error that nothing handles: Node then ends the process, and prints it as text. */
export function logUncaughtErrors(log: Logger): void {
  process.on('uncaughtExceptionMonitor', (error, origin) =>
    log.fatal({ err: error, origin }, 'the process ends: an error was not handled'),
  );
}

/** The log of a platform of this process, with the level of PLATFORM_LOG_LEVEL. */
export function openPlatformLog(destination: DestinationStream = logDestination()): PlatformLog {
  let isMuted = false;
  const write = (line: string): void => {
    if (!isMuted) destination.write(line);
  };
  return {
    log: openLog({ write }),
    mute: () => void (isMuted = true),
  };
}
