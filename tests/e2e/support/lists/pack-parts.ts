import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { repositoryRoot } from '../../../../helpers/repository-root';
import { plainTar } from '../raw-tar';
import { uploadRawPack } from '../upload-raw-pack';
import type { Row } from './row';
import type { TwinTenant } from './tenant-twins';

/** Rows of packs that have files. */
export interface ListedPackParts {
  /** Built-in ones, and those of two packs, with their roles in this tenant. */
  readonly sets: readonly Row[];
  /** Three runs of the tests of the first pack. */
  readonly tests: readonly Row[];
}

const PACKS = ['list', 'lists'] as const;
const GRANTS = { a: [{ resource: 'packs', actions: ['read'] }], b: [] };

const filesOf = (ref: string) => ({
  './pack.yaml': `ref: ${ref}\nversion: 1.0.0\ntesting:\n  enabled: true\n  runners:\n    only: {type: script, entry_point: only.sh}\n`,
  './only.sh': 'echo "Passed: 1"\n',
  ...Object.fromEntries(
    Object.entries(GRANTS).map(([name, grants]) => [
      `./permission_sets/${name}.yaml`,
      `ref: ${ref}.${name}\nlabel: Set ${name}\ndescription: of ${ref}\ngrants: ${JSON.stringify(grants)}\n`,
    ]),
  ),
});

const own = PACKS.flatMap((pack_ref) =>
  Object.entries(GRANTS).map(([name, grants]) => ({
    ref: `${pack_ref}.${name}`,
    pack_ref,
    label: `Set ${name}`,
    description: `of ${pack_ref}`,
    grants,
  })),
);

const BUILT_IN = 'packs/core/permission_sets';

/** As the files of the pack have them. */
const builtIn = () =>
  readdirSync(join(repositoryRoot(), BUILT_IN)).map((name) => ({
    ...(parse(readFileSync(join(repositoryRoot(), BUILT_IN, name), 'utf8')) as { ref: string }),
    pack_ref: 'core',
  }));

/** Role of a set, in the order in which they are given. */
const ROLES = [
  ['list.a', 'two'],
  ['list.a', 'one'],
  ['core.viewer', 'shared'],
] as const;

/** Only the ids come from the list that is compared. */
async function createSets({ client: { permissions } }: TwinTenant): Promise<Row[]> {
  const ids = new Map((await permissions.sets()).map(({ ref, id }) => [ref, id]));
  const created: Row[] = [];
  for (const [ref, role] of ROLES) {
    const { id, created: at } = await permissions.addSetToRole(ids.get(ref)!, role);
    created.push({ id, permission_set_id: ids.get(ref), permission_set_ref: ref, role, created: at });
  }
  const rolesOf = (set: string) =>
    created
      .filter(({ permission_set_ref: ref }) => ref === set)
      .sort((a, b) => String(a.role).localeCompare(String(b.role)));
  return [...builtIn(), ...own].map((set) => ({ ...set, id: ids.get(set.ref), roles: rolesOf(set.ref) }));
}

async function runTests({ client: { packs } }: TwinTenant): Promise<Row[]> {
  const rows: Row[] = [];
  for (let run = 1; run <= 3; run++) {
    const result = await packs.test(PACKS[0]);
    rows.push({ ...(await packs.latestTest(PACKS[0])), triggerReason: 'manual', packVersion: '1.0.0', result });
  }
  return rows;
}

export async function createListedPackParts(tenant: TwinTenant): Promise<ListedPackParts> {
  const { ctx, token } = tenant;
  for (const ref of PACKS) await uploadRawPack({ url: ctx.facts.url, token }, plainTar(filesOf(ref)));
  const [sets, tests] = await Promise.all([createSets(tenant), runTests(tenant)]);
  return { sets, tests };
}
