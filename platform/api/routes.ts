import { actionsRoutes } from './packs/actions';
import { agentProgramRoutes } from './internal/agent-routes';
import { analyticsRoutes } from './records/analytics';
import { artifactFilesRoutes } from './artifacts/artifact-files';
import { artifactsRoutes } from './artifacts/artifacts';
import { fileVersionsRoutes } from './artifacts/file-versions';
import { uploadVersionsRoutes } from './artifacts/upload-versions';
import { writeArtifactsRoutes } from './artifacts/write-artifacts';
import { writeVersionsRoutes } from './artifacts/write-versions';
import { auditEventsRoutes } from './records/audit-events';
import { authRoutes } from './identities/auth';
import { clockRoutes } from './status/clock';
import { browserSessionRoutes } from './identities/browser-sessions';
import { capabilitiesRoutes } from './status/capabilities';
import type { Routes } from './http/context';
import { environmentsRoutes } from './packs/environments';
import { enforcementsRoutes } from './events/enforcements';
import { eventsRoutes } from './events/events';
import { executionLogsRoutes } from './executions/execution-logs';
import { executionStreamRoutes } from './executions/execution-stream';
import { executionsRoutes } from './executions/executions';
import { externalIdentityProviderRoutes } from './identities/external-identity-providers';
import { healthRoutes } from './status/health';
import { historyRoutes } from './records/history';
import { internalFilesRoutes } from './internal/internal-files';
import { inquiriesRoutes } from './executions/inquiries';
import { identitiesRoutes } from './identities/identities';
import { integrationTokensRoutes } from './identities/integration-tokens';
import { keysRoutes } from './keys/keys';
import { metricsRoutes } from './status/metrics-route';
import { openapiRoutes } from './http/openapi';
import { loginRoutes } from './identities/login';
import { packIndicesRoutes } from './packs/pack-indices';
import { packsRoutes } from './packs/packs';
import { queueItemsRoutes } from './queues/queue-items';
import { queuesRoutes } from './queues/queues';
import { revisionsRoutes } from './packs/revisions';
import { ruleFiresRoute } from './events/rule-fires';
import { rulesRoutes } from './events/rules';
import { permissionsRoutes } from './identities/permissions';
import { retentionConfigRoutes } from './records/retention-config';
import { runtimesRoutes } from './packs/runtimes';
import { searchRoutes } from './keys/search';
import { sensorTokensRoutes } from './identities/sensor-tokens';
import { sensorsRoutes } from './events/sensors';
import { tenantsRoutes } from './identities/tenants';
import { pageRoutes } from './page/page-routes';
import { triggersRoutes } from './events/triggers';
import { webhooksRoutes } from './events/webhooks';
import { workersRoutes } from './workers/workers';
import { workerTemplatesRoutes } from './workers/worker-templates';
import { workflowFilesRoutes } from './packs/workflow-files';
import { workflowsRoutes } from './packs/workflows';

/** Every route of the API. */
export const ROUTES: readonly Routes[] = [
  healthRoutes,
  metricsRoutes,
  openapiRoutes,
  capabilitiesRoutes,
  clockRoutes,
  authRoutes,
  loginRoutes,
  browserSessionRoutes,
  externalIdentityProviderRoutes,
  sensorTokensRoutes,
  packsRoutes,
  packIndicesRoutes,
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
  ruleFiresRoute,
  eventsRoutes,
  enforcementsRoutes,
  inquiriesRoutes,
  queuesRoutes,
  queueItemsRoutes,
  executionLogsRoutes,
  artifactsRoutes,
  artifactFilesRoutes,
  writeArtifactsRoutes,
  writeVersionsRoutes,
  fileVersionsRoutes,
  uploadVersionsRoutes,
  executionStreamRoutes,
  historyRoutes,
  analyticsRoutes,
  auditEventsRoutes,
  agentProgramRoutes,
  retentionConfigRoutes,
  internalFilesRoutes,
  pageRoutes, // after those whose addresses it must not take
];
