import { actions } from './resources/actions';
import { artifacts } from './resources/artifacts';
import { auditEvents } from './resources/audit-events';
import { auth } from './resources/auth';
import { capabilities } from './resources/capabilities';
import { clock } from './resources/clock';
import { enforcements } from './resources/enforcements';
import { events } from './resources/events';
import { executions } from './resources/executions';
import { standaloneWorkers } from './resources/workers/standalone-workers';
import { tenantWorkers } from './resources/workers/tenant-workers';
import { health } from './resources/health';
import { agentPrograms } from './resources/workers/agent-programs';
import { analytics, history } from './resources/history';
import { internalFiles } from './resources/workers/internal-files';
import { inquiries } from './resources/inquiries';
import { identities } from './resources/identities';
import { integrationTokens } from './resources/integration-tokens';
import { keys } from './resources/keys';
import { openapi } from './resources/openapi';
import { packIndices } from './resources/pack-indices';
import { packs } from './resources/packs';
import { permissions } from './resources/permissions';
import { queues } from './resources/queues';
import { createRequest } from './request';
import type { ConnectionOptions } from './send-call';
import { retention } from './resources/retention';
import { rules } from './resources/rules';
import { runtimes } from './resources/workers/runtimes';
import { search } from './resources/search';
import { sensors } from './resources/sensors';
import { tenants } from './resources/tenants';
import { triggers } from './resources/triggers';
import { webhooks } from './resources/webhooks';
import { workers } from './resources/workers/workers';
import { workerTemplates } from './resources/workers/worker-templates';
import { workflows } from './resources/workflows';

export type Client = ReturnType<typeof createClient>;

/** The resources of a platform as verbs. Without a token only the public ones succeed. */
export function createClient(options: ConnectionOptions) {
  const request = createRequest({ ...options, baseUrl: options.baseUrl.replace(/\/+$/, '') });
  return {
    request,
    auth: auth(request),
    health: health(request),
    openapi: openapi(request),
    capabilities: capabilities(request),
    packs: packs(request),
    packIndices: packIndices(request),
    actions: actions(request),
    runtimes: runtimes(request),
    workers: workers(request),
    tenantWorkers: tenantWorkers(request),
    standaloneWorkers: standaloneWorkers(request),
    workerTemplates: workerTemplates(request),
    workflows: workflows(request),
    executions: executions(request),
    artifacts: artifacts(request),
    keys: keys(request),
    search: search(request),
    identities: identities(request),
    integrationTokens: integrationTokens(request),
    permissions: permissions(request),
    tenants: tenants(request),
    inquiries: inquiries(request),
    queues: queues(request),
    triggers: triggers(request),
    sensors: sensors(request),
    webhooks: webhooks(request),
    rules: rules(request),
    events: events(request),
    enforcements: enforcements(request),
    history: history(request),
    analytics: analytics(request),
    auditEvents: auditEvents(request),
    agentPrograms: agentPrograms(request),
    retention: retention(request),
    clock: clock(request),
    internalFiles: internalFiles(request),
  };
}

/**
 * Logs in and returns the token, its lifetime in seconds, and a client with it. ApiError 401
 * UNAUTHORIZED for a wrong password.
 */
export async function logIn(
  options: ConnectionOptions,
  login: string,
  password: string,
): Promise<{ client: Client; token: string; lifetime: number }> {
  const { access_token: token, expires_in: lifetime } = await createClient(options).auth.login({ login, password });
  return { client: createClient({ ...options, token }), token, lifetime };
}
