// Spec: a component has each value of its file, and after an upload each one of the new file.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { bareFiles, packFiles, type ComponentFile } from '../support/pack-file-fields';

function writeText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Uploads the files, and what their components then show of them. */
async function upload({ client, facts }: Context, files: readonly ComponentFile[], force: boolean) {
  const directory = mkdtempSync(join(facts.directory, 'files-'));
  try {
    for (const { path, content } of files) writeText(join(directory, path), JSON.stringify(content)); // YAML, too
    for (const program of ['actions/program-1.sh', 'actions/program-2.sh', 'sensors/watch-1.sh', 'sensors/watch-2.sh'])
      writeText(join(directory, program), 'true\n');
    await client.packs.upload(directory, { force });
  } finally {
    rmSync(directory, { recursive: true });
  }
  return Promise.all(
    files.map(async ({ path, shown, read }) => {
      const component = new Map<string, unknown>(Object.entries(await read(client)));
      return [path, Object.fromEntries(Object.keys(shown).map((name) => [name, component.get(name) ?? null]))];
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
  const bare = await upload(ctx, bareFiles(pack), true);

  expect(created).toEqual(expected(first));
  expect(changed).toEqual(expected(second));
  expect(bare).toEqual(expected(bareFiles(pack)));
});
