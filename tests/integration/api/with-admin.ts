import type { InjectOptions } from 'fastify';
import { withApi, type ApiOptions } from './with-api';

/** An API, and requests below `/api/v1` as its first administrator. */
export function withAdmin(options?: ApiOptions) {
  const testApi = withApi(options);
  let admin: string;
  beforeAll(async () => {
    admin = await testApi().logIn();
  });

  /** `token`: of another caller; null: of none. */
  const send = (
    method: InjectOptions['method'],
    path: string,
    payload?: object,
    token: string | null | undefined = admin,
  ) => testApi().send({ method: method!, url: `/api/v1${path}`, ...(payload && { payload }) }, token ?? undefined);
  const statusOf = async (...request: Parameters<typeof send>) => (await send(...request)).statusCode;

  return { testApi, send, statusOf, adminToken: () => admin };
}
