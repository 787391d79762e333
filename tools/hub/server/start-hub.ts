import type { AddressInfo } from 'node:net';
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { openStore } from '../store/open-store';
import { pruneRuns } from '../store/prune-runs';
import { addAssetRoutes } from '../page/asset-routes';
import { addPageRoutes } from '../page/page-routes';
import { protectResponses, requireAccess } from './access';
import { addApiRoutes } from './api-routes';

/** Of a report: a red run of the scenarios has the trees of its executions. */
const MAX_BODY_BYTES = 32 * 1_024 * 1_024;
const REQUEST_TIMEOUT_MS = 30_000;
const INTERNAL = 500;

export interface HubOptions {
  /** Connection URL of its PostgreSQL. */
  readonly database: string;
  readonly host: string;
  /** 0 selects a free one. */
  readonly port: number;
  /** Required of every request; null: only this host is served. */
  readonly token: string | null;
  /** Reports that were received earlier are removed. */
  readonly keepDays: number;
  readonly log: FastifyBaseLogger;
}

export interface RunningHub {
  readonly port: number;
  stop(): Promise<void>;
}

/** Of requests that are not at fault themselves, with their paths. */
function logErrors(server: Pick<FastifyInstance, 'addHook'>): void {
  server.addHook('onError', (request, _reply, error, done) => {
    const { method, url } = request;
    if ((error.statusCode ?? INTERNAL) >= INTERNAL)
      request.log.error({ err: error, method, path: url.split('?', 1)[0] }, 'a request failed');
    done();
  });
}

/** Starts a hub, which stores the reports of runs and shows them. Throws DatabaseRefused. */
export async function startHub({ database, host, port, token, keepDays, log }: HubOptions): Promise<RunningHub> {
  const store = await openStore(database);
  const server = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
  });
  server.removeContentTypeParser('text/plain'); // a form of another site can send it without being asked
  logErrors(server);
  protectResponses(server);
  requireAccess(server, token);
  addApiRoutes(server, store, keepDays);
  addPageRoutes(server, store);
  addAssetRoutes(server);
  try {
    await pruneRuns(store, keepDays);
    await server.listen({ host, port });
  } catch (error) {
    await store.destroy();
    throw error;
  }
  return {
    port: (server.server.address() as AddressInfo).port,
    stop: async () => {
      await server.close();
      await store.destroy();
    },
  };
}
