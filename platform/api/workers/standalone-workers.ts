import { dataEnvelope } from '../../../contract/envelopes';
import { CreateWorkerToken, RevokedWorkerTokens, WorkerToken } from '../../../contract/standalone-workers';
import { SERVICE_TOKEN_SECONDS, signWorkerToken } from '../../auth/tokens';
import { livenessNow } from '../../base/clock';
import { DomainError, notFound } from '../../base/domain-error';
import { withUtcOffset } from '../../store/database/connection';
import { addStandaloneWorker, revokeTokens } from '../../store/workers/standalone-workers';
import type { Api, ApiContext } from '../http/context';
import { route } from '../http/route';
import { workerParams as params, WORKERS_PATH as PATH } from './on-worker';

const tags = ['workers'];

/**
 * A standalone worker gets the executions of all tenants, with their secrets: only who manages
 * the tenants of the platform issues its tokens.
 */
const operator = {
  extension: 'workers.standalone',
  grant: 'workers:manage',
  tokens: ['access'],
  defaultTenantOnly: true,
  grantFirst: true,
  additionalGrants: [{ grant: 'tenants:manage', target: () => ({}) }],
} as const;

export function standaloneWorkersRoutes(api: Api, { tokenSecret }: ApiContext): void {
  route(api, {
    ...operator,
    method: 'POST',
    path: `${PATH}/tokens`,
    schema: { tags, body: CreateWorkerToken, response: { 201: dataEnvelope(WorkerToken) } },
    handle: async ({ transaction, caller, body: { name, ttl_seconds: ttl } }) => {
      const worker = await addStandaloneWorker(transaction, name);
      if (worker === null) throw nameTaken(name);
      const seconds = ttl ?? SERVICE_TOKEN_SECONDS.default;
      const { identity, tenant } = caller;
      const named = { name, epoch: worker.tokenEpoch };
      const token = await signWorkerToken(tokenSecret, { identity, tenant, seconds, worker: named });
      const expiresAt = withUtcOffset(new Date(livenessNow() + seconds * 1_000).toISOString());
      return { data: { worker_id: worker.id, name, token, expires_at: expiresAt } };
    },
  });

  route(api, {
    ...operator,
    method: 'DELETE',
    path: `${PATH}/:id/tokens`,
    schema: { tags, params, response: { 200: dataEnvelope(RevokedWorkerTokens) } },
    handle: async ({ transaction, params: { id } }) => {
      if (!(await revokeTokens(transaction, id))) throw notFound(`Standalone worker ${id}`);
      return { data: { worker_id: id, revoked: true as const } };
    },
  });
}

const nameTaken = (name: string) =>
  new DomainError('CONFLICT', `The name '${name}' is that of another kind of worker`, {
    path: '/name',
    hint: 'choose another name',
  });
