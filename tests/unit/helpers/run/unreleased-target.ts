import { ApiError } from '../../../../helpers/errors';
import { storeProvisioned } from '../../../../helpers/jest/provisioned-target';
import type { Provisioned } from '../../../../helpers/target/provision';

const REFUSED = {
  method: 'DELETE',
  path: '/packs/e2e',
  status: 403,
  code: 'FORBIDDEN',
  message: 'packs.delete is missing',
  body: {},
};

/** The global setup of a run whose platform refuses the suite's identity at the end. */
function setUp(): void {
  const target: Pick<Provisioned, 'confirmIdentity' | 'confirmShared' | 'release'> = {
    confirmIdentity: () => Promise.resolve(),
    confirmShared: () => Promise.resolve(),
    release: () => Promise.reject(new ApiError(REFUSED)),
  };
  storeProvisioned(target as Provisioned);
}

export = setUp;
