import { request as httpRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TenantLimits } from '../../../../platform/base/limits';
import { signSensorToken } from '../../../../platform/auth/tokens';
import { createOtherTenant } from '../grant-holder';
import { SECRET, withApi, type TestApi } from '../with-api';

export const ROOT = '/api/v1/internal/files';

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface FilesApi extends Pick<TestApi, 'owner' | 'admin'> {
  readonly port: number;
  /** Of a sensor of the tenant 1. */
  readonly token: string;
  /** Of another tenant, which has no directory yet. */
  readonly foreignToken: string;
  /** What programs of the tenant 1 have as ATTUNE_ARTIFACTS_DIR. */
  readonly directory: string;
  /** Files of bodies that are being received. */
  readonly received: string;
  /** Sends a path below `/internal/files` as it is. */
  send(method: string, path: string, body?: string | Buffer, options?: SendOptions): Promise<Answer>;
}

interface SendOptions {
  /** Null: none. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

const tokenOf = (identity: number, tenant: number) =>
  signSensorToken(SECRET, { identity, tenant, sensorRef: 'demo.watch', triggerTypes: [] });

/** An API that listens: paths reach it as they were written. */
export function withFilesApi(limits: Partial<TenantLimits> = {}): () => FilesApi {
  const testApi = withApi({ limits });
  let files: FilesApi;
  beforeAll(async () => (files = await listen(testApi())));
  return () => files;
}

async function listen({ api, owner, admin, directory }: TestApi): Promise<FilesApi> {
  await api.listen({ port: 0, host: '127.0.0.1' });
  const { port } = api.server.address() as AddressInfo;
  const other = await createOtherTenant(owner);
  const token = await tokenOf(1, 1);
  const artifacts = join(directory, 'artifacts');
  return {
    owner,
    admin,
    port,
    token,
    foreignToken: await tokenOf(other.identity, other.tenant),
    directory: join(artifacts, '1'),
    received: join(artifacts, '.received', 'test'),
    send: (method, path, body, options = {}) => {
      const bearer = options.token === undefined ? token : options.token;
      const authorization = bearer === null ? {} : { authorization: `Bearer ${bearer}` };
      return sendRaw(port, method, `${ROOT}${path}`, body, { ...authorization, ...options.headers });
    },
  };
}

const sendRaw = (
  port: number,
  method: string,
  path: string,
  body: string | Buffer | undefined,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      buffer(response).then(
        (bytes) => resolve({ status: response.statusCode!, text: bytes.toString(), headers: response.headers }),
        reject,
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
