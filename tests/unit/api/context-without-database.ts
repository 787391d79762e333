import { parseAddressList } from '../../../platform/base/http/address-list';
import type { ApiContext } from '../../../platform/api/http/context';
import { TenantQuota } from '../../../platform/auth/tenant-quota';
import { DEFAULT_LIMITS } from '../../../platform/base/limits';
import type { Database } from '../../../platform/store/database/connection';

const PLATFORM = {
  name: 'tuningfork',
  version: '0.0.0-test',
  instance_id: 'test',
  started_at: '2026-01-27T10:00:00Z',
};

const rejectTransaction = () => Promise.reject(new Error('this test has no database'));

/** A database that fails every transaction; a single statement, a row of audit, is discarded. */
const unreachableDatabase: Database = {
  inTenant: rejectTransaction,
  aloneInTenant: rejectTransaction,
  readingInTenant: rejectTransaction,
  statementInTenant: rejectTransaction,
  withoutTenant: rejectTransaction,
  singleStatement: () => Promise.resolve(undefined as never),
  close: () => Promise.resolve(),
};

/** No user can create a directory here. */
const NO_DIRECTORY = '/dev/null/none';

export const contextWithoutDatabase: ApiContext = {
  db: unreachableDatabase,
  tokenSecret: 'a secret of the tests',
  extensions: true,
  drain: { isDraining: false, graceMs: 0 },
  roles: ['api'],
  selfRegistration: true,
  tenantQuota: new TenantQuota(DEFAULT_LIMITS.tenant),
  loginAttemptLimit: 10,
  trustedProxies: parseAddressList(['127.0.0.1']).list,
  acceptsWorkerTokens: false,
  refreshRotation: false,
  packsDirectory: NO_DIRECTORY,
  packRoots: [],
  egressPolicy: { allow: [], nameServers: null },
  directory: NO_DIRECTORY,
  program: { path: '/no/program', modules: '' },
  version: '0.0.0-test',
  databaseProbe: {
    isReachable: () => Promise.resolve(false),
    isAway: () => Promise.resolve(true),
    writeFailure: () => Promise.resolve('NO_ANSWER'),
    close: () => Promise.resolve(),
  },
  readiness: { failedParts: () => Promise.resolve([{ part: 'database', reason: 'NO_ANSWER' }]) },
  diskFloor: { shortage: () => Promise.resolve(null) },
  platform: PLATFORM,
  manifest: () => ({ platform: PLATFORM, capabilities: { core: true } }),
};
