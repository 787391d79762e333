import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { openStore } from '../store/open-store';
import { pruneRuns } from '../store/prune-runs';
import { addAssetRoutes } from '../page/asset-routes';
import { addPageRoutes } from '../page/page-routes';
import { protectResponses, requireAccess } from './access';
import { addApiRoutes } from './api-routes';

/** Of a report: a red run of the scenarios has the trees of its executions. */
const MAX_BODY_BYTES = 32 * 1_024 * 1_024;
const REQUEST_TIMEOUT_MS = 30_000;

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
}

export interface RunningHub {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts a hub, which stores the reports of runs and shows them. Throws DatabaseRefused. */
export async function startHub({ database, host, port, token, keepDays }: HubOptions): Promise<RunningHub> {
  const store = await openStore(database);
  const server = fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
  });
  server.removeContentTypeParser('text/plain'); // a form of another site can send it without being asked
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
