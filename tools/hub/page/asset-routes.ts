import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { bundlePage } from '../../../bin/bundle-page';
import { REPORT_PAGE } from '../../../helpers/run-report/html-report';
import { projectRoot } from '../../../platform/base/directories';

const CSS = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

/** Style of the pages, and the program of a report, which is built when it is first shown. */
export function addAssetRoutes(server: FastifyInstance): void {
  const root = projectRoot();
  server.get('/hub.css', async (_, reply) =>
    reply.type(CSS).send(readFileSync(join(root, 'tools/hub/page/hub.css'), 'utf8')),
  );
  server.get('/report.css', async (_, reply) => reply.type(CSS).send((await bundlePage(root, REPORT_PAGE)).style));
  server.get('/report.js', async (_, reply) => reply.type(SCRIPT).send((await bundlePage(root, REPORT_PAGE)).script));
}
