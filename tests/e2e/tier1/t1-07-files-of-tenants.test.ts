// Spec: programs of a tenant find the files of their tenant, and none of another.
import { claim } from '../../../helpers/scenario/claim';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { createTestTenant, type TestTenant } from '../../../helpers/scenario/resources/test-tenant';

const NEEDS = ['tenants', 'ledger.shared'];

/** Prints both directories, and the files in that of artifacts; then it leaves one there. */
const leavesFile = (file: string): string =>
  'printf "%s\\n" "$ATTUNE_ARTIFACTS_DIR" "$ATTUNE_RUNTIME_ENVS_DIR"\n' +
  `ls "$ATTUNE_ARTIFACTS_DIR"; : >"$ATTUNE_ARTIFACTS_DIR/${file}"`;

const linesOf = async (tenant: TestTenant, action: string): Promise<string[]> => {
  const { result } = await tenant.runToCompletion(action, {});
  return (result as { stdout: string }).stdout.trimEnd().split('\n');
};

claim('T1.7i', NEEDS, 'programs of a tenant find its files, and none of another', async (ctx) => {
  const pack = ctx.name('pack');
  const tenants = [await createTestTenant(ctx, 'a'), await createTestTenant(ctx, 'b')] as const;
  for (const { client } of tenants) {
    await client.packs.create({ ref: pack, label: 'files', version: '1.0.0' });
    await createScriptAction({ client, name: (part) => part }, pack, leavesFile(ctx.nonce));
  }
  const [A, B] = tenants;
  const action = `${pack}.script`;

  const [first, other, second] = [await linesOf(A, action), await linesOf(B, action), await linesOf(A, action)];

  expect([first.length, other.length, second]).toEqual([2, 2, [...first, ctx.nonce]]);
  expect(first.filter((directory) => other.includes(directory))).toEqual([]);
});
