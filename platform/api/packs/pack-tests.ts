import { dataEnvelope } from '../../../contract/envelopes';
import { PackTestRecord, PackTestResult } from '../../../contract/pack-tests';
import type { Testing } from '../../core/packs/testing-block';
import { packNotFound } from '../../auth/pack-access';
import { DomainError, requireFound } from '../../base/domain-error';
import { packError } from '../../packs/pack-errors';
import { readManifestInProcess } from '../../packs/process/in-pack-process';
import { runTests } from '../../packs/save/run-tests';
import { asJson } from '../../store/database/connection';
import { latestPackTest, listPackTests, recordPackTest } from '../../store/packs/pack-test-records';
import { lockPack } from '../../store/packs/packs';
import { refParams } from '../http/component-requirements';
import type { Api, ApiContext } from '../http/context';
import { listRoute } from '../http/list-route';
import { DEFAULT_PAGES } from '../http/paging';
import { route, routeAfterCommit } from '../http/route';
import { disconnectSignal } from './disconnect-signal';
import { onReadablePack, onTestedPack } from './pack-requirements';

const PATH = '/api/v1/packs/:ref';
const tags = ['packs'];

/**
 * The tests of installed packs. To run them takes the right to execute the pack's actions, since
 * they are programs of the pack; to read the results takes none beside the one to read the pack.
 */
export function packTestsRoutes(api: Api, context: ApiContext): void {
  runRoute(api, context);

  listRoute(api, {
    ...onReadablePack,
    path: `${PATH}/tests`,
    tags,
    params: refParams,
    item: PackTestRecord,
    pages: DEFAULT_PAGES,
    list: ({ transaction, loaded, page }) => listPackTests(transaction, loaded.id, page),
  });

  route(api, {
    ...onReadablePack,
    method: 'GET',
    path: `${PATH}/tests/latest`,
    schema: { tags, params: refParams, response: { 200: dataEnvelope(PackTestRecord) } },
    handle: async ({ transaction, loaded }) => ({
      data: requireFound(await latestPackTest(transaction, loaded.id), `Test result of pack '${loaded.ref}'`),
    }),
  });
}

function runRoute(api: Api, context: ApiContext): void {
  const { db, program, tenantQuota } = context;
  routeAfterCommit(api, {
    ...onTestedPack,
    method: 'POST',
    path: `${PATH}/test`,
    requestsWork: true,
    ignoresBody: true,
    schema: { tags, params: refParams, response: { 200: dataEnvelope(PackTestResult) } },
    respond: async ({ caller: { tenant }, loaded: pack, reply }) => {
      const { ref, version, network, storage } = pack;
      const signal = disconnectSignal(reply);
      const manifest = storage === null ? null : await readManifestInProcess(storage, { program, signal });
      const suites = enabledSuites(manifest?.testing ?? { is: 'absent' });
      const files = { packRef: ref, directory: storage!, network, isInstalled: true, suites };
      const data = await runTests(context, { tenant, version, files, signal });
      await db.inTenant(tenant, async (transaction) => {
        if ((await lockPack(transaction, ref))?.id !== pack.id) throw packNotFound(ref);
        await tenantQuota.addBytes(transaction, tenant, asJson(data).length);
        await recordPackTest(transaction, pack.id, 'manual', data);
      });
      return { data };
    },
  });
}

/** BAD_REQUEST: the pack has no tests to run. */
function enabledSuites(testing: Testing) {
  if (testing.is === 'enabled') return testing.suites;
  if (testing.is === 'invalid') throw packError('PACK_BAD_MANIFEST', testing.why, testing.path);
  const why = testing.is === 'absent' ? 'pack.yaml has no section testing' : 'testing is not enabled in pack.yaml';
  throw new DomainError('BAD_REQUEST', `The pack has no tests: ${why}`, { reason: 'PACK_NO_TESTS' });
}
