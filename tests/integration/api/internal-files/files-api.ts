import { request as httpRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TenantLimits } from '../../../../platform/base/limits';
import { signSensorToken } from '../../../../platform/auth/tokens';
import { createOtherTenant, startPacksTestApi, TOKEN_SECRET, type PacksTestApi } from '../../packs/packs-test-api';

export const ROOT = '/api/v1/internal/files';

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface FilesApi extends Pick<PacksTestApi, 'owner' | 'admin'> {
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
  close(): Promise<void>;
}

interface SendOptions {
  /** Null: none. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

const tokenOf = (identity: number, tenant: number) =>
  signSensorToken(TOKEN_SECRET, { identity, tenant, sensorRef: 'demo.watch', triggerTypes: [] });

/** An API that listens: paths reach it as they were written. */
export async function startFilesApi(limits: Partial<TenantLimits> = {}): Promise<FilesApi> {
  const testApi = await startPacksTestApi(limits);
  await testApi.api.listen({ port: 0, host: '127.0.0.1' });
  const { port } = testApi.api.server.address() as AddressInfo;
  const other = await createOtherTenant(testApi.owner);
  const token = await tokenOf(1, 1);
  const artifacts = join(testApi.scratch, 'data', 'artifacts');
  return {
    owner: testApi.owner,
    admin: testApi.admin,
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
    close: () => testApi.close(),
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
