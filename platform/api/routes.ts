import { actionsRoutes } from './actions';
import { authRoutes } from './auth';
import { capabilitiesRoutes } from './capabilities';
import type { Routes } from './context';
import { executionLogsRoutes } from './execution-logs';
import { executionsRoutes } from './executions';
import { healthRoutes } from './health';
import { inquiriesRoutes } from './inquiries';
import { openapiRoutes } from './openapi';
import { packsRoutes } from './packs';
import { runtimesRoutes } from './runtimes';
import { workflowsRoutes } from './workflows';

/** Everything that is served. */
export const ROUTES: readonly Routes[] = [
  healthRoutes,
  openapiRoutes,
  capabilitiesRoutes,
  authRoutes,
  packsRoutes,
  actionsRoutes,
  runtimesRoutes,
  workflowsRoutes,
  executionsRoutes,
  executionLogsRoutes,
  inquiriesRoutes,
];
