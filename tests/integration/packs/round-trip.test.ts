import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { extract } from 'tar';
import { signSensorToken } from '../../../platform/auth/tokens';
import { createOtherTenant } from '../api/grant-holder';
import { SECRET, withApi } from '../api/with-api';
import { writeFiles } from './pack-source';

const testApi = withApi();

const sensorToken = (owner = { identity: 1, tenant: 1 }) =>
  signSensorToken(SECRET, { ...owner, sensorRef: 'demo.watch', triggerTypes: [] });
const archive = (ref: string, token: string) =>
  testApi().call('GET', `/internal/packs/${ref}/archive`, undefined, token);
const register = (path: string, force = false) => testApi().call('POST', '/packs/register', { path, force });
const digest = async (ref: string) => {
  const { rows } = await testApi().owner.query<{ files_digest: string }>(
    'select files_digest from pack where ref = $1',
    [ref],
  );
  return rows[0]!.files_digest;
};

test('an archive registers again to the same files', async () => {
  const source = writeFiles(join(testApi().scratch, 'sources', 'trip'), {
    'pack.yaml': 'ref: trip\nversion: 1.0.0\n',
    'actions/run.sh': '#!/bin/sh\necho ö\n',
    'actions/run.yaml': 'ref: trip.run\nentry_point: run.sh\n',
    'actions/lib/deep/data.bin': '\u0000\u0001',
  });
  writeFileSync(join(source, 'actions', 'tool.sh'), 'exit 0\n', { mode: 0o755 });
  await register(source);
  const before = await digest('trip');

  const responses = [await archive('trip', await sensorToken()), await archive('trip', await sensorToken())];
  const file = join(testApi().scratch, 'trip.tar.gz');
  writeFileSync(file, responses[0]!.rawPayload);
  const copies = join(testApi().scratch, 'copies');
  mkdirSync(copies);
  await extract({ file, cwd: copies });
  const again = await register(join(copies, 'trip'), true);

  expect([again.statusCode, await digest('trip')]).toEqual([201, before]);
  expect(responses[1]!.rawPayload.equals(responses[0]!.rawPayload)).toBe(true);
});

test('an archive is for sensors and workers of the same tenant only', async () => {
  const missing = await archive('nowhere', await sensorToken());
  await register(
    writeFiles(join(testApi().scratch, 'sources', 'mine'), { 'pack.yaml': 'ref: mine\nversion: 1.0.0\n' }),
  );
  const foreign = await archive('mine', await sensorToken(await createOtherTenant(testApi().owner)));
  const person = await archive('mine', testApi().admin);

  expect([missing, foreign, person].map(({ statusCode }) => statusCode)).toEqual([404, 404, 403]);
  expect(foreign.json()).toEqual({ error: "Pack 'mine' not found", code: 'NOT_FOUND' });
});

test('AZ-11 the archive of a private pack is for its own sensors', async () => {
  const files = { 'pack.yaml': 'ref: hidden\nversion: 1.0.0\n' };
  await register(writeFiles(join(testApi().scratch, 'sources', 'hidden'), files));
  await testApi().owner.query(`update pack set installed_by = 1 where ref = 'hidden'`);
  const ofPack = (packRef: string | null) =>
    signSensorToken(SECRET, { identity: 1, tenant: 1, sensorRef: 'x.y', triggerTypes: [], packRef });

  const answers = [archive('hidden', await ofPack('hidden')), archive('hidden', await ofPack('trip'))];
  const [own, other] = await Promise.all(answers);
  const missing = await archive('nohere', await ofPack('trip'));

  expect([own!.statusCode, other!.statusCode]).toEqual([200, 404]);
  expect(other!.body).toBe(missing.body.replace('nohere', 'hidden'));
});

test('a pack without files has no archive', async () => {
  const payload = { ref: 'bare', label: 'bare', version: '1.0.0' };
  await testApi().call('POST', '/packs', payload);

  expect((await archive('bare', await sensorToken())).statusCode).toBe(404);
});
