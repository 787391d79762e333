import { actionsRoutes } from './actions';
import { artifactFilesRoutes } from './artifact-files';
import { artifactsRoutes } from './artifacts';
import { authRoutes } from './auth';
import { capabilitiesRoutes } from './capabilities';
import type { Routes } from './context';
import { environmentsRoutes } from './environments';
import { enforcementsRoutes } from './enforcements';
import { eventsRoutes } from './events';
import { executionLogsRoutes } from './execution-logs';
import { executionStreamRoutes } from './execution-stream';
import { executionsRoutes } from './executions';
import { foreignProvidersRoutes } from './foreign-providers';
import { healthRoutes } from './health';
import { inquiriesRoutes } from './inquiries';
import { identitiesRoutes } from './identities';
import { integrationTokensRoutes } from './integration-tokens';
import { keysRoutes } from './keys';
import { openapiRoutes } from './openapi';
import { logInRoutes } from './log-in';
import { packsRoutes } from './packs';
import { rulesRoutes } from './rules';
import { permissionsRoutes } from './permissions';
import { runtimeAdminRoutes } from './runtime-admin';
import { runtimesRoutes } from './runtimes';
import { sensorTokensRoutes } from './sensor-tokens';
import { sensorsRoutes } from './sensors';
import { tenantsRoutes } from './tenants';
import { triggersRoutes } from './triggers';
import { webhooksRoutes } from './webhooks';
import { workersRoutes } from './workers';
import { workflowFilesRoutes } from './workflow-files';
import { workflowsRoutes } from './workflows';

/** Everything that is served. */
export const ROUTES: readonly Routes[] = [
  healthRoutes,
  openapiRoutes,
  capabilitiesRoutes,
  authRoutes,
  logInRoutes,
  foreignProvidersRoutes,
  sensorTokensRoutes,
  packsRoutes,
  environmentsRoutes,
  actionsRoutes,
  runtimesRoutes,
  runtimeAdminRoutes,
  workersRoutes,
  workflowsRoutes,
  workflowFilesRoutes,
  executionsRoutes,
  keysRoutes,
  identitiesRoutes,
  integrationTokensRoutes,
  permissionsRoutes,
  tenantsRoutes,
  triggersRoutes,
  sensorsRoutes,
  webhooksRoutes,
  rulesRoutes,
  eventsRoutes,
  enforcementsRoutes,
  inquiriesRoutes,
  executionLogsRoutes,
  artifactsRoutes,
  artifactFilesRoutes,
  executionStreamRoutes,
];
