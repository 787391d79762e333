import { DomainError } from '../../base/domain-error';
import type { Api, ApiContext } from './context';

const READING = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE']);

/**
 * Further requests that are served while the disk is short of space: they free some, end what
 * runs, read, keep people out, or open what the others need.
 */
export const SERVED_WITHOUT_SPACE: ReadonlySet<string> = new Set([
  ...['POST /auth/login', 'POST /auth/token-login', 'POST /auth/refresh', 'POST /auth/change-password'],
  ...['POST /auth/ldap/login', 'PUT /api/v1/retention-config'],
  ...['POST /api/v1/executions/:id/cancel', 'POST /api/v1/executions/:id/pause', 'POST /api/v1/executions/:id/resume'],
  ...['POST /api/v1/workers/:id/heartbeat', 'POST /api/v1/workers/:id/claims/:execution/result'],
  ...['POST /api/v1/workers/:id/cordon', 'POST /api/v1/workers/:id/uncordon'],
  ...['POST /api/v1/workers/:id/pause', 'POST /api/v1/workers/:id/resume', 'POST /api/v1/workers/:id/hibernate'],
  ...['POST /api/v1/identities/:id/freeze', 'POST /api/v1/identities/:id/unfreeze', 'PUT /api/v1/tenants/:slug'],
  'POST /api/v1/identities/:id/integration-tokens/:token/revoke',
  ...['triggers', 'sensors', 'rules'].flatMap((kind) => [
    ...[`POST /api/v1/${kind}/:ref/enable`, `POST /api/v1/${kind}/:ref/disable`],
  ]),
  'POST /api/v1/triggers/:ref/webhooks/disable',
  ...['POST /api/v1/packs/:ref/workflows/validate', 'POST /api/v1/packs/dependencies'],
]);

/** DISK_FLOOR for requests that would store more while the disk is short of space. */
export function rejectBelowDiskFloor(api: Api, { diskFloor }: Pick<ApiContext, 'diskFloor'>): void {
  api.addHook('onRequest', async ({ method, routeOptions: { url } }) => {
    if (READING.has(method) || SERVED_WITHOUT_SPACE.has(`${method} ${url}`)) return;
    if ((await diskFloor.shortage()) !== null) throw new DomainError('DISK_FLOOR', MESSAGE, DETAILS);
  });
}

const MESSAGE = 'The disk of the platform has less free space than must stay free: nothing was stored';
const DETAILS = {
  reason: 'DISK_FLOOR',
  path: '',
  hint: 'repeat the request when there is space: deletes, cancels and reads are served meanwhile',
};
