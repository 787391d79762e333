// Spec: what a pack needs is known before it is registered, and its archive is the same pack.
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { list } from 'tar';
import { createClient } from '../../../../helpers/client/client';
import type { Context } from '../../../../helpers/scenario/context';
import { systemTest, systemTestNeeding } from '../../support/system-test';
import { plainTar } from '../../support/raw-tar';
import { uploadRawPack } from '../../support/upload-raw-pack';

const inDirectory = systemTestNeeding('host.files');

/** Writes a pack to a directory that packs may be registered from. */
function writePack({ facts }: Context, ref: string, manifest: string): string {
  const directory = join(facts.incoming ?? facts.directory, ref);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'pack.yaml'), `ref: ${ref}\nversion: 1.0.0\n${manifest}`);
  return directory;
}

async function pathsIn(archive: Buffer): Promise<string[]> {
  const paths: string[] = [];
  const entries = list({ onReadEntry: ({ path }) => paths.push(path) });
  const ended = once(entries, 'end');
  entries.end(archive);
  await ended;
  return paths;
}

inDirectory('S0-57 missing and conflicting dependencies are named', async (ctx) => {
  const [base, gone, app] = [ctx.name('base'), ctx.name('gone'), ctx.name('app')];
  await ctx.client.packs.create({ ref: base, label: base, version: '1.0.0' });
  ctx.defer(() => ctx.client.packs.remove(base));
  const directory = writePack(ctx, app, `dependencies: ["${base}@^2.0.0", "${gone}"]\n`);

  const analysis = await ctx.client.packs.dependencies([directory]);

  expect(analysis.conflicts).toEqual([
    { pack_ref: base, version_spec: '^2.0.0', required_by: app, present_version: '1.0.0' },
  ]);
  expect(analysis.missing_dependencies).toEqual([
    { pack_ref: gone, version_spec: '*', required_by: app, already_installed: false },
  ]);
  expect(await ctx.client.packs.getOrNull(app)).toBeNull();
});

systemTest('S0-58 the archive of a pack registers again to the same archive', async (ctx) => {
  const ref = ctx.name('pack');
  const files = { './pack.yaml': `ref: ${ref}\nversion: 1.0.0\n`, './actions/lib/text.txt': 'ö\n', './empty': '' };
  await uploadRawPack(ctx.facts, plainTar(files));
  ctx.defer(() => ctx.client.packs.remove(ref));
  const { token } = await ctx.client.auth.sensorToken({ sensor_ref: `${ref}.none`, trigger_types: ['core.alert'] });
  const sensor = createClient({ baseUrl: ctx.facts.url, token });

  const archive = await sensor.packs.archive(ref);
  const again = await uploadRawPack(ctx.facts, archive, true);

  expect(again.status).toBe(201);
  expect(await pathsIn(archive)).toEqual(expect.arrayContaining([`${ref}/actions/lib/text.txt`, `${ref}/empty`]));
  expect((await sensor.packs.archive(ref)).equals(archive)).toBe(true);
});
