import { actionsRoutes } from './actions';
import { authRoutes } from './auth';
import { capabilitiesRoutes } from './capabilities';
import type { Routes } from './context';
import { environmentsRoutes } from './environments';
import { enforcementsRoutes } from './enforcements';
import { eventsRoutes } from './events';
import { executionLogsRoutes } from './execution-logs';
import { executionsRoutes } from './executions';
import { healthRoutes } from './health';
import { inquiriesRoutes } from './inquiries';
import { identitiesRoutes } from './identities';
import { keysRoutes } from './keys';
import { openapiRoutes } from './openapi';
import { packsRoutes } from './packs';
import { rulesRoutes } from './rules';
import { permissionsRoutes } from './permissions';
import { runtimesRoutes } from './runtimes';
import { sensorsRoutes } from './sensors';
import { tenantsRoutes } from './tenants';
import { triggersRoutes } from './triggers';
import { webhooksRoutes } from './webhooks';
import { workflowsRoutes } from './workflows';

/** Everything that is served. */
export const ROUTES: readonly Routes[] = [
  healthRoutes,
  openapiRoutes,
  capabilitiesRoutes,
  authRoutes,
  packsRoutes,
  environmentsRoutes,
  actionsRoutes,
  runtimesRoutes,
  workflowsRoutes,
  executionsRoutes,
  keysRoutes,
  identitiesRoutes,
  permissionsRoutes,
  triggersRoutes,
  sensorsRoutes,
  tenantsRoutes,
  webhooksRoutes,
  rulesRoutes,
  eventsRoutes,
  enforcementsRoutes,
  inquiriesRoutes,
  executionLogsRoutes,
];
