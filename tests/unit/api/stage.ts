import type { ApiContext } from '../../../platform/api/context';
import type { Database } from '../../../platform/store/database';

const unreachable = () => Promise.reject(new Error('this test has no database'));

/** A database that fails every transaction. */
export const noDatabase: Database = {
  inTenant: unreachable,
  inNone: unreachable,
  alone: unreachable,
  close: () => Promise.resolve(),
};

export const contextWithoutDatabase: ApiContext = {
  db: noDatabase,
  tokenSecret: 'a secret of the tests',
  selfRegistration: true,
  loginTries: 10,
  refreshRotation: false,
  packsDirectory: '/nowhere',
  packRoots: [],
  egress: { allow: [], nameServers: null },
  directory: '/nowhere',
  version: '0.0.0-test',
  manifest: () => ({
    platform: { name: 'tuningfork', version: '0.0.0-test', instance_id: 'test', started_at: '2026-01-27T10:00:00Z' },
    capabilities: { core: true },
  }),
};
