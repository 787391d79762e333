import { actions } from './actions';
import { artifacts } from './artifacts';
import { auth } from './auth';
import { capabilities } from './capabilities';
import { enforcements } from './enforcements';
import { events } from './events';
import { executions } from './executions';
import { health } from './health';
import { inquiries } from './inquiries';
import { identities } from './identities';
import { integrationTokens } from './integration-tokens';
import { keys } from './keys';
import { openapi } from './openapi';
import { packs } from './packs';
import { permissions } from './permissions';
import { createRequest, type Wire } from './request';
import { rules } from './rules';
import { runtimes } from './runtimes';
import { sensors } from './sensors';
import { tenants } from './tenants';
import { triggers } from './triggers';
import { webhooks } from './webhooks';
import { workers } from './workers';
import { workflows } from './workflows';

export type Client = ReturnType<typeof createClient>;

/** A platform's resources as verbs. Without a token only the public ones answer. */
export function createClient(wire: Wire) {
  const request = createRequest({ ...wire, baseUrl: wire.baseUrl.replace(/\/+$/, '') });
  return {
    request,
    auth: auth(request),
    health: health(request),
    openapi: openapi(request),
    capabilities: capabilities(request),
    packs: packs(request),
    actions: actions(request),
    runtimes: runtimes(request),
    workers: workers(request),
    workflows: workflows(request),
    executions: executions(request),
    artifacts: artifacts(request),
    keys: keys(request),
    identities: identities(request),
    integrationTokens: integrationTokens(request),
    permissions: permissions(request),
    tenants: tenants(request),
    inquiries: inquiries(request),
    triggers: triggers(request),
    sensors: sensors(request),
    webhooks: webhooks(request),
    rules: rules(request),
    events: events(request),
    enforcements: enforcements(request),
  };
}

/** A client that has logged in. ApiError 401 UNAUTHORIZED for a wrong password. */
export async function logIn(wire: Wire, login: string, password: string): Promise<{ client: Client; token: string }> {
  const { access_token: token } = await createClient(wire).auth.login({ login, password });
  return { client: createClient({ ...wire, token }), token };
}
