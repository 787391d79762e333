// Spec: a definition out of bounds is rejected; one that is probably wrong has warnings.
import { claim } from '../../../helpers/scenario/claim';
import { runToEnd } from '../../../helpers/scenario/resources/ended-executions';
import {
  DEFINITION_WARNINGS,
  definitionFiles,
  MISSPELT,
  skippedFiles,
  skippedWarnings,
} from '../support/warned-definitions';
import {
  MAPS,
  OUT_OF_BOUNDS,
  WITHIN_BOUNDS,
  WRONG_TYPES,
  type Definition,
  type MapPath,
} from '../support/rejected-definitions';
import { plainTar } from '../support/raw-tar';
import { uploadRawPack } from '../support/upload-raw-pack';

const REVISIONS = ['workflows.revisions'];

/** Each key with a value of a wrong type. */
const WRONG = Object.entries(WRONG_TYPES).flatMap(([path, keys]) =>
  Object.entries(keys).map(([key, value]) => [`${path}/${key}`, MAPS[path as MapPath]({ [key]: value })] as const),
);

claim('T2.24a', ['core'], 'a definition out of its bounds is rejected with its path, and not stored', async (ctx) => {
  const pack_ref = await ctx.ownPack();
  const create = async (name: string, definition: Definition) =>
    ctx.client.workflows.create({ ref: `${pack_ref}.${name}`, pack_ref, label: name, version: '1', definition });
  const rows = [...WRONG, ...OUT_OF_BOUNDS];

  const reasons: unknown[] = [];
  for (const [n, [, definition]] of rows.entries())
    reasons.push(await create(`rejected${n}`, definition).catch((error: unknown) => error));
  const accepted = [];
  for (const [n, definition] of WITHIN_BOUNDS.entries()) accepted.push(await create(`accepted${n}`, definition));

  const rejection = (path: string) => ({ status: 400, code: 'BAD_REQUEST', body: { details: { path } } });
  expect(reasons).toMatchObject(rows.map(([path]) => rejection(`definition${path}`)));
  const stored = (await ctx.client.packs.workflows(pack_ref)).map(({ ref }) => ref);
  expect(stored.sort()).toEqual(accepted.map(({ ref }) => ref).sort());
});

claim('T2.24b', ['packs.warnings'], 'a registration names what has no effect, or cannot be right', async (ctx) => {
  const ref = ctx.name('pack');
  const { status, body } = await uploadRawPack(ctx.facts, plainTar(definitionFiles(ref)));
  ctx.defer(() => ctx.client.packs.remove(ref));

  expect([status, (body.data as Definition).warnings]).toEqual([201, DEFINITION_WARNINGS]);
  const own = await ctx.ownPack();
  const program = { label: 'made', runtime_ref: 'core.shell', entrypoint: 'true' };
  await ctx.client.actions.create({ ref: `${own}.made`, pack_ref: own, ...program });
  const { body: skipped } = await uploadRawPack(ctx.facts, plainTar(skippedFiles(own)), true);
  expect((skipped.data as Definition).warnings).toEqual(skippedWarnings(own));
  const flow = await runToEnd(ctx, `${ref}.flow`, { host: 'here' });
  const named = await runToEnd(ctx, `${ref}.named`);
  expect(flow.result).toEqual({ succeeded: true, first: 'merged', second: 'own' });
  expect(named.result).toEqual({ succeeded: true, output: 'by a file' });
});

claim('T2.24c', REVISIONS, 'a compile rejects a key without a meaning, with the nearest one', async (ctx) => {
  const single = { name: 'only', action: 'core.noop', description: 'd', notes: 'n', 'x-own': 1 };
  const { ref } = await ctx.workflow([{ name: 'first', action: 'core.noop' }]);
  const { createRevision, compileRevision } = ctx.client.workflows;
  const define = (parts: Definition) => ({
    definition: { tasks: [{ ...single, ...parts }], 'x-own': {}, tags: ['t'] },
  });

  const { revision } = await createRevision(ref, define({ next: [{ label: 'l', 'x-own': 1, do: ['only'] }] }));
  const ready = await compileRevision(ref, revision);
  const findings: unknown[] = [];
  for (const [parts] of MISSPELT) {
    const { revision: wrong } = await createRevision(ref, define(parts));
    findings.push(await compileRevision(ref, wrong).catch((error: unknown) => error));
  }

  expect(ready.state).toBe('ready');
  expect(findings).toMatchObject(MISSPELT.map(([, error]) => ({ status: 422, body: { error } })));
});
