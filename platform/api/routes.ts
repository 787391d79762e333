import { actionsRoutes } from './packs/actions';
import { artifactFilesRoutes } from './executions/artifact-files';
import { artifactsRoutes } from './executions/artifacts';
import { authRoutes } from './identities/auth';
import { capabilitiesRoutes } from './capabilities';
import type { Routes } from './http/context';
import { environmentsRoutes } from './packs/environments';
import { enforcementsRoutes } from './events/enforcements';
import { eventsRoutes } from './events/events';
import { executionLogsRoutes } from './executions/execution-logs';
import { executionStreamRoutes } from './executions/execution-stream';
import { executionsRoutes } from './executions/executions';
import { externalIdentityProviderRoutes } from './identities/external-identity-providers';
import { healthRoutes } from './health';
import { inquiriesRoutes } from './executions/inquiries';
import { identitiesRoutes } from './identities/identities';
import { integrationTokensRoutes } from './identities/integration-tokens';
import { keysRoutes } from './keys';
import { metricsRoutes } from './metrics/metrics-route';
import { openapiRoutes } from './http/openapi';
import { loginRoutes } from './identities/login';
import { packsRoutes } from './packs/packs';
import { revisionsRoutes } from './packs/revisions';
import { rulesRoutes } from './events/rules';
import { permissionsRoutes } from './identities/permissions';
import { runtimesRoutes } from './packs/runtimes';
import { searchRoutes } from './search';
import { sensorTokensRoutes } from './identities/sensor-tokens';
import { sensorsRoutes } from './events/sensors';
import { tenantsRoutes } from './identities/tenants';
import { startPageRoutes } from './start-page';
import { triggersRoutes } from './events/triggers';
import { webhooksRoutes } from './events/webhooks';
import { workersRoutes } from './workers/workers';
import { workerTemplatesRoutes } from './workers/worker-templates';
import { workflowFilesRoutes } from './packs/workflow-files';
import { workflowsRoutes } from './packs/workflows';

/** Every route of the API. */
export const ROUTES: readonly Routes[] = [
  startPageRoutes,
  healthRoutes,
  metricsRoutes,
  openapiRoutes,
  capabilitiesRoutes,
  authRoutes,
  loginRoutes,
  externalIdentityProviderRoutes,
  sensorTokensRoutes,
  packsRoutes,
  environmentsRoutes,
  actionsRoutes,
  runtimesRoutes,
  workersRoutes,
  workerTemplatesRoutes,
  workflowsRoutes,
  workflowFilesRoutes,
  revisionsRoutes,
  executionsRoutes,
  keysRoutes,
  searchRoutes,
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
