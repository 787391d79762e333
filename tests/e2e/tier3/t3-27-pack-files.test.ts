// Spec: a component has each value of its file, and after an upload each one of the new file.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { packFiles, type ComponentFile } from '../support/pack-file-fields';

/** Uploads the files, and what their components then show of them. */
async function upload({ client, facts }: Context, files: readonly ComponentFile[], force: boolean) {
  const directory = mkdtempSync(join(facts.directory, 'files-'));
  try {
    for (const { path, content } of files) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), JSON.stringify(content)); // which is YAML, too
    }
    for (const program of ['actions/program-1.sh', 'actions/program-2.sh', 'sensors/watch-1.sh', 'sensors/watch-2.sh'])
      writeFileSync(join(directory, program), 'true\n');
    await client.packs.upload(directory, { force });
  } finally {
    rmSync(directory, { recursive: true });
  }
  return Promise.all(
    files.map(async ({ path, shown, read }) => {
      const component = Object.entries(await read(client));
      return [path, Object.fromEntries(component.filter(([name]) => Object.hasOwn(shown, name)))];
    }),
  );
}

const expected = (files: readonly ComponentFile[]) => files.map(({ path, shown }) => [path, shown]);

const NEEDS = ['core', 'rbac', 'executions.timeout', 'sensors.details'];

claim('T3.27c', NEEDS, 'a component has each value of its file, and then of the next one', async (ctx) => {
  const pack = ctx.name('pack');
  const [first, second] = [packFiles(pack, 1), packFiles(pack, 2)];
  ctx.defer(() => ctx.client.packs.remove(pack));

  const created = await upload(ctx, first, false);
  const changed = await upload(ctx, second, true);

  expect(created).toEqual(expected(first));
  expect(changed).toEqual(expected(second));
});
