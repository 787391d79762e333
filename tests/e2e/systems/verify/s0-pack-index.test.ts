// Spec: a pack with an index is registered only if its actions are as the index states.
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../support/commands/command-line';
import { executionToBe } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { copyPack, type PackCopy } from '../../support/pack-copy';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('workflows.revisions');

const LIMIT_SECONDS = 60;

/** Runs `pack index` on the copy. */
const index = (ctx: Context, { directory }: PackCopy, ...options: string[]) =>
  runCommand(ctx, ['pack', 'index', directory, ...options]);

const indexOf = ({ directory }: PackCopy) => readFileSync(join(directory, 'pack.index.json'), 'utf8');

/** Adds an action that prints a constant. */
function addAction({ directory, ref }: PackCopy, constant: string): void {
  const file = `ref: ${ref}.added\nlabel: added\nrunner_type: node\nentry_point: added.js\n`;
  writeFileSync(join(directory, 'actions/added.yaml'), file);
  writeFileSync(join(directory, 'actions/added.js'), `process.stdout.write('${constant}');\n`);
}

test('S0-06 a new action is refused until the index has it, and then runs', LIMIT_SECONDS, async (ctx) => {
  const copy = copyPack(ctx, 'examples/greeting');
  expect((await index(ctx, copy)).code).toBe(0);
  const constant = ctx.name('constant');
  addAction(copy, constant);

  await expect(ctx.client.packs.upload(copy.directory)).rejects.toMatchObject({
    status: 422,
    code: 'PACK_INDEX_DRIFT',
    body: { details: { path: 'pack.index.json', files: ['actions/added.yaml'] } },
  });
  expect(await ctx.client.packs.getOrNull(copy.ref)).toBeNull();

  expect((await index(ctx, copy)).code).toBe(0);
  await ctx.client.packs.upload(copy.directory);
  const { id } = await ctx.client.executions.execute({ action_ref: `${copy.ref}.added` });
  const { result } = await until(executionToBe('completed', ctx.client, id), ctx.deadline);
  expect(result).toMatchObject({ stdout: constant });
});

test('S0-06 a changed file and a removed action are named, and nothing else', LIMIT_SECONDS, async (ctx) => {
  const copy = copyPack(ctx, 'examples/greeting');
  await index(ctx, copy);
  appendFileSync(join(copy.directory, 'actions/upper.js'), '\n');
  rmSync(join(copy.directory, 'actions/compose.yaml'));

  const files = ['actions/compose.py', 'actions/upper.js'];
  await expect(ctx.client.packs.upload(copy.directory)).rejects.toMatchObject({ body: { details: { files } } });
  const before = indexOf(copy);
  const { code, stderr } = await index(ctx, copy, '--check');

  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `tuningfork: PACK_INDEX_DRIFT: ${files.join(', ')}: run \`npx tuningfork pack index ${copy.directory}\`\n`,
  });
  expect(indexOf(copy)).toBe(before);
});

test('S0-06 the index of an unchanged pack stays as it is', LIMIT_SECONDS, async (ctx) => {
  const copy = copyPack(ctx, 'examples/greeting');
  await index(ctx, copy);
  const first = indexOf(copy);

  const { code, stdout } = await index(ctx, copy, '--json');

  const file = join(copy.directory, 'pack.index.json');
  expect({ code, ...(JSON.parse(stdout[0]!) as object) }).toEqual({
    code: 0,
    pack: copy.ref,
    actions: 2,
    file,
    changed: false,
  });
  expect(indexOf(copy)).toBe(first);
  const { actions } = JSON.parse(first) as { actions: Record<string, object> };
  expect(Object.keys(actions)).toEqual([`${copy.ref}.compose`, `${copy.ref}.upper`]);
  const program = readFileSync(join(copy.directory, 'actions/upper.js'));
  expect(actions[`${copy.ref}.upper`]).toEqual({
    entry: 'actions/upper.js',
    digest: createHash('sha256').update(program).digest('hex'),
    parameters: { text: { type: 'string', required: true, description: 'the text' } },
    output: {
      text: { type: 'string', description: 'the text in upper case' },
      length: { type: 'integer', description: 'its number of characters' },
    },
  });
});

test('S0-06 a directory that is no pack is refused', async (ctx) => {
  const { code, stderr } = await runCommand(ctx, ['pack', 'index', join(ctx.facts.directory, 'none')]);

  expect(code).toBe(2);
  expect(stderr).toContain('PACK_INVALID');
});
