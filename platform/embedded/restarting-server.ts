import { retryWithBackoff } from '../base/async/retry-with-backoff';
import type { Cluster } from './cluster';
import { startServer, type PostgresServer, type ServerOptions } from './postgres-server';
import { restartLimit } from './restart-limit';
import { killServerProcesses } from './server-processes';
import { StartError } from './start-error';

interface RestartingServer {
  /** Resolves when PostgreSQL has exited by itself and is not started again. */
  readonly lost: Promise<StartError>;
}

const RESTARTS = { most: 3, withinMs: 60_000 };
/** Between two starts on a disk without room. */
const ROOM_BACKOFF = { firstMs: 500, maxMs: 5_000 };
/** How the server, whose messages are not translated, reports a full disk, or a used up quota. */
const WITHOUT_ROOM = /No space left on device|Disk quota exceeded/;

/**
 * Starts PostgreSQL, and starts it again on the same data and socket whenever it exits by itself,
 * until the watchdog stops; on a full disk, when there is room. Throws what `startServer` throws.
 */
export async function startRestartingServer(cluster: Cluster, options: ServerOptions): Promise<RestartingServer> {
  const first = await startServer(cluster, options);
  return { lost: keepRunning(first, cluster, options) };
}

async function keepRunning(first: PostgresServer, cluster: Cluster, options: ServerOptions): Promise<StartError> {
  const { watchdog, log } = options;
  const mayRestart = restartLimit(RESTARTS);
  for (let server = first; ;) {
    const exit = await server.exited;
    if (watchdog.stopSignal.aborted) return new Promise(() => undefined);
    if (!mayRestart(performance.now())) return lostError(`it exited more than ${RESTARTS.most} times within a minute`);
    log.error(exit, 'PostgreSQL exited by itself, restarting');
    try {
      server = await startAgain(cluster, options);
    } catch (error) {
      if (watchdog.stopSignal.aborted) return new Promise(() => undefined);
      return lostError(error instanceof Error ? error.message : String(error));
    }
  }
}

/** As often as it takes while the disk has no room, which someone makes. */
function startAgain(cluster: Cluster, options: ServerOptions): Promise<PostgresServer> {
  const { watchdog, log } = options;
  const start = (): Promise<PostgresServer> => {
    killServerProcesses(watchdog.instance);
    return startServer(cluster, options);
  };
  return retryWithBackoff(start, {
    backoff: ROOM_BACKOFF,
    isRetryable: (error) => !watchdog.stopSignal.aborted && WITHOUT_ROOM.test(String(error)),
    onRetry: (_, delayMs) => {
      if (delayMs === ROOM_BACKOFF.firstMs)
        log.error({ path: cluster.path }, 'PostgreSQL has no room on its disk: it is started when there is');
    },
  });
}

const lostError = (reason: string): StartError =>
  new StartError('PG_ENDED', `PostgreSQL exited by itself, and ${reason}`, 'PLATFORM_LOG_LEVEL=debug shows its log');
