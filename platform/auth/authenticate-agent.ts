import { DomainError } from '../base/domain-error';
import type { Database } from '../store/database/connection';
import { findAgent, type Agent } from '../store/workers/tenant-workers';
import { AuthenticationError } from './auth-errors';
import { invalidToken } from './tokens';

/**
 * The agent of an external worker, by the secret that was shown when the worker was created. 401
 * for anything but the secret of this worker; FORBIDDEN where its tenant is frozen.
 */
export async function authenticateAgent(
  db: Database,
  authorization: string | undefined,
  worker: number,
): Promise<Agent> {
  if (!authorization?.startsWith('Bearer ')) throw new AuthenticationError('Missing authentication token');
  const secret = authorization.slice('Bearer '.length);
  const agent = await db.singleStatement((transaction) => findAgent(transaction, secret));
  if (agent?.id !== worker) throw invalidToken();
  if (agent.isFrozen) throw new DomainError('FORBIDDEN', 'The tenant of the worker is frozen');
  return agent;
}
