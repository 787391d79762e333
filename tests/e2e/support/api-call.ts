import { currentRunFacts } from '../../../helpers/target/run-facts';
import { sendRawRequest, type RawRequest, type RawResponse } from './raw-request';

/** Sends a request below `/api/v1` with this token, without the client's types and checks. */
export const callApi = (
  token: string,
  method: NonNullable<RawRequest['method']>,
  path: string,
  body?: object,
): Promise<RawResponse> =>
  sendRawRequest(currentRunFacts(), { method, path: `/api/v1${path}`, token, ...(body && { body }) });

/** The response to a request whose grant is missing: `rules:create`. */
export const missingGrant = (grant: string) => ({
  status: 403,
  text: JSON.stringify({ error: `Insufficient permissions: ${grant}`, code: 'FORBIDDEN' }),
});
