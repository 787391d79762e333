import { RUNTIME_MANIFEST, WorkerTemplate } from '../../../contract/runtime-manifest';
import type { Api } from '../http/context';
import { wholeListRoute } from '../http/list-route';
import { DEFAULT_PAGES } from '../http/paging';

/** Presets for managed workers. They are those of the manifest, the same for every tenant. */
export function workerTemplatesRoutes(api: Api): void {
  wholeListRoute(api, {
    path: '/api/v1/worker-templates',
    tags: ['workers'],
    extension: 'runtimes.manifest',
    grant: 'workers:read',
    item: WorkerTemplate,
    pages: DEFAULT_PAGES,
    listAll: () => Promise.resolve(RUNTIME_MANIFEST.templates),
  });
}
