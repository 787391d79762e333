import { RevokedWorkerTokens, WorkerToken, type CreateWorkerToken } from '../../../../contract/standalone-workers';
import { verb } from '../../operation';
import type { Request } from '../../request';

/** Workers on hosts that share no disk with the platform. For managers of its tenants: 403. */
export const standaloneWorkers = (request: Request) => ({
  /** The only response with the token. 409 where another kind of worker has the name. */
  issueToken: verb('POST /workers/tokens', (call, body: CreateWorkerToken) => request.one(WorkerToken, call({ body }))),

  /** Its process is disconnected, and what it runs is started again elsewhere. 404. */
  revokeTokens: verb('DELETE /workers/{id}/tokens', (call, id: number) =>
    request.one(RevokedWorkerTokens, call({ id })),
  ),
});
