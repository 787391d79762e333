import { withApi, type ApiOptions, type TestApi } from './with-api';

/** An API, and requests below `/api/v1` as its first administrator. */
export function withAdmin(options?: ApiOptions) {
  const testApi = withApi(options);
  const send: TestApi['call'] = (...request) => testApi().call(...request);
  const statusOf = async (...request: Parameters<typeof send>) => (await send(...request)).statusCode;
  return { testApi, send, statusOf, adminToken: () => testApi().admin };
}
