import type { InjectOptions } from 'fastify';
import { advanceWorkflow } from '../../../../platform/executor/workflows/advance';
import { dispatchRequested } from '../../../../platform/executor/dispatch/dispatch';
import type { Database } from '../../../../platform/store/database/connection';
import { claimExecutions } from '../../../../platform/store/executions/attempts';
import type { Attempt } from '../../../../platform/store/lifecycle/attempt';
import { registerWorker } from '../../../../platform/store/workers/workers';
import { ADVANCE, STALE_MS } from '../../executor/with-executor';
import { withApi } from '../with-api';
import { tokenOfIdentity } from '../test-tokens';

const TENANT = 1;

export interface User {
  readonly id: number;
  readonly token: string;
}

export type Bearer = Pick<User, 'token'>;

/** The API, the standard pack `open`, and a worker whose attempts start and run nothing. */
export function withAttempts() {
  const testApi = withApi();
  let admin: User;
  let worker: number;

  const send = (method: InjectOptions['method'], path: string, payload?: object, { token }: Bearer = admin) =>
    testApi().call(method, path, payload, token);

  /** The `data` of a response that must be successful. */
  const data = async <T>(...request: Parameters<typeof send>): Promise<T> => {
    const answer = await send(...request);
    if (answer.statusCode >= 300) throw new Error(`${request[0]} ${request[1]}: ${answer.body}`);
    return answer.json<{ data: T }>().data;
  };

  const assign = async (identity: number, set: string): Promise<number> => {
    const body = { identity_id: identity, permission_set_ref: set };
    return (await data<{ id: number }>('POST', '/permissions/assignments', body)).id;
  };

  const createUser = async (login: string, set: string): Promise<User> => {
    const { id } = await data<{ id: number }>('POST', '/identities', { login });
    await assign(id, set);
    return { id, token: await tokenOfIdentity({ identity: id }) };
  };

  beforeAll(async () => {
    admin = { token: testApi().admin, id: 1 };
    await send('POST', '/packs', { ref: 'open', label: 'open', version: '1.0.0', is_standard: true });
    worker = await registerWorker(testApi().db, {
      name: 'w',
      runtimes: { shell: '5.2.0', native: '1.0.0' },
      slots: 99,
      meta: {},
    });
  });

  return {
    testApi,
    send,
    data,
    assign,
    createUser,
    admin: () => admin,
    execute: async (action_ref: string, more: object = {}, by: Bearer = admin): Promise<number> =>
      (await data<{ id: number }>('POST', '/executions/execute', { action_ref, ...more }, by)).id,
    ...executorOf(
      () => testApi().db,
      () => worker,
    ),
  };
}

/** What executor and worker do. */
function executorOf(db: () => Database, worker: () => number) {
  const dispatch = () => dispatchRequested(db(), STALE_MS)({ tenant: TENANT });
  return {
    /** The first step of a workflow that was requested. */
    advance: async (execution: number): Promise<void> => {
      await dispatch();
      await advanceWorkflow(db(), ADVANCE)({ tenant: TENANT, execution });
    },
    /** Dispatches what was requested, and starts all attempts. */
    startAttempts: async (): Promise<Attempt[]> => {
      await dispatch();
      return claimExecutions(db(), worker(), 99, 60_000);
    },
  };
}
