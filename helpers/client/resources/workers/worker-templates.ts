import { WorkerTemplate } from '../../../../contract/runtime-manifest';
import { verb } from '../../operation';
import type { Request } from '../../request';

/** Presets for managed workers. */
export const workerTemplates = (request: Request) => ({
  list: verb('GET /worker-templates', (call) => request.all(WorkerTemplate, call())),
});
