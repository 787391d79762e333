// Spec: a workflow is proven by its output on a running platform, and a wrong output is named.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../../../../helpers/scenario/context';
import { runCommand } from '../../support/commands/command-line';
import { copyPack, replaceInFile, type PackCopy } from '../../support/pack-copy';
import type { Parameters } from '../../../../helpers/scenario/resources/workflow-task';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('workflows.revisions');

const LIMIT_SECONDS = 60;

const copyExample = (ctx: Context): PackCopy => copyPack(ctx, 'examples/greeting');

/** Runs `verify` on the workflow of the copy. `receipt` is null where it printed none. */
async function verify(ctx: Context, { directory }: PackCopy, ...options: string[]) {
  const file = join(directory, 'workflows/greet.yaml');
  const { code, stdout, stderr } = await runCommand(ctx, ['verify', file, '--target', ctx.facts.url, ...options]);
  const receipt = stdout.length === 0 ? null : (JSON.parse(stdout[0]!) as Parameters);
  return { code, stderr, receipt };
}

test('S0-01 a workflow returns its transformed inputs, as the receipt states', LIMIT_SECONDS, async (ctx) => {
  const copy = copyExample(ctx);
  const word = ctx.name('word');
  writeFileSync(join(copy.directory, 'verify/greet.inputs.json'), JSON.stringify({ data: { names: [word] } }));
  const text = `HELLO, ${word.toUpperCase()}!`;
  writeFileSync(join(copy.directory, 'verify/greet.expect.json'), JSON.stringify({ text, length: text.length }));
  const receiptFile = join(copy.directory, 'receipt.json');

  const { code, receipt } = await verify(ctx, copy, '--receipt', receiptFile);

  expect({ code, receipt }).toMatchObject({
    code: 0,
    receipt: {
      verdict: 'proven',
      workflow: `${copy.ref}.greet`,
      revision: 1,
      status: 'completed',
      violations: [],
      plan_digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      assertions: [
        { path: '/result/length', expected: text.length, actual: text.length, holds: true },
        { path: '/result/text', expected: text, actual: text, holds: true },
      ],
    },
  });
  expect(JSON.parse(readFileSync(receiptFile, 'utf8'))).toEqual(receipt);
  const id = receipt?.execution as number;
  const { result, revision } = await ctx.client.executions.get(id);
  expect({ result, revision }).toEqual({ result: { text, length: text.length, succeeded: true }, revision: 1 });
  const children = await ctx.client.executions.children(id);
  const workers = await Promise.all(children.map(async (child) => (await ctx.client.executions.get(child.id)).worker));
  expect(workers).toEqual([expect.any(Number), expect.any(Number)]);
});

test('S0-03 a completed run with another output fails, and the value is named', LIMIT_SECONDS, async (ctx) => {
  const copy = copyExample(ctx);
  replaceInFile(join(copy.directory, 'actions/upper.js'), 'toUpperCase', 'toLowerCase');

  const { code, stderr, receipt } = await verify(ctx, copy);

  const [expected, actual] = ['HELLO, ADA! / HELLO, GRACE!', 'hello, ada! / hello, grace!'];
  expect({ code, receipt }).toMatchObject({
    code: 1,
    receipt: {
      verdict: 'failed',
      status: 'completed',
      assertions: [
        { path: '/result/length', holds: true },
        { path: '/result/text', expected, actual, holds: false },
      ],
    },
  });
  expect(stderr).toMatch(/execution \d+ is completed/);
  expect(stderr).toContain(`/result/text\n      expected "${expected}"\n      actual   "${actual}"`);
});

test('S0-03 a value that is missing, and one too many, are named', LIMIT_SECONDS, async (ctx) => {
  const copy = copyExample(ctx);
  writeFileSync(join(copy.directory, 'verify/greet.expect.json'), JSON.stringify({ length: 27, lines: [1] }));

  const { code, receipt } = await verify(ctx, copy);

  expect({ code, receipt }).toMatchObject({
    code: 1,
    receipt: {
      assertions: [
        { path: '/result/length', holds: true },
        { path: '/result/lines', expected: [1], holds: false },
        { path: '/result/text', actual: 'HELLO, ADA! / HELLO, GRACE!', holds: false },
      ],
    },
  });
});

test('S0-25 a completed run fails where its output violates its schema', LIMIT_SECONDS, async (ctx) => {
  const copy = copyExample(ctx);
  replaceInFile(join(copy.directory, 'workflows/greet.yaml'), '.data.length', '.data.text');
  const text = 'HELLO, ADA! / HELLO, GRACE!';
  writeFileSync(join(copy.directory, 'verify/greet.expect.json'), JSON.stringify({ length: text, text }));

  const { code, stderr, receipt } = await verify(ctx, copy);

  expect({ code, receipt }).toMatchObject({
    code: 1,
    receipt: {
      verdict: 'failed',
      status: 'completed',
      violations: [{ path: '/length', message: 'must be integer' }],
      assertions: [{ holds: true }, { holds: true }],
    },
  });
  expect(stderr).toContain('OUTPUT_SCHEMA_VIOLATION');
});

test('F0-02 a run that completed proves nothing where no output is expected', LIMIT_SECONDS, async (ctx) => {
  const copy = copyExample(ctx);

  const { code, receipt } = await verify(ctx, copy, '--no-expect');

  expect({ code, receipt }).toMatchObject({
    code: 5,
    receipt: { verdict: 'not proven', status: 'completed', assertions: [] },
  });
});

test('F0-02 without an expectation nothing starts', async (ctx) => {
  const copy = copyExample(ctx);
  rmSync(join(copy.directory, 'verify/greet.expect.json'));

  const { code, stderr, receipt } = await verify(ctx, copy);

  expect({ code, receipt }).toEqual({ code: 2, receipt: null });
  expect(stderr).toContain('NO_EXPECTATION');
  expect(await ctx.client.packs.getOrNull(copy.ref)).toBeNull();
});

test('S0-03 a program that fails is shown with what it wrote to stderr', LIMIT_SECONDS, async (ctx) => {
  const copy = copyExample(ctx);
  replaceInFile(join(copy.directory, 'actions/upper.js'), 'text.toUpperCase', 'txt.toUpperCase');

  const { code, stderr, receipt } = await verify(ctx, copy);

  expect({ code, receipt }).toMatchObject({ code: 1, receipt: { verdict: 'failed', status: 'failed' } });
  expect(stderr).toContain(`upper (${copy.ref}.upper) is failed, exit 1\n`);
  // the error in the log is one line; the stack is in the stderr of the program alone
  expect(stderr).toMatch(/^ +ReferenceError: txt is not defined\n +at .+upper\.js:3:45/m);
});

test('S0-03 a run that fails in a template is shown with its log', LIMIT_SECONDS, async (ctx) => {
  const copy = copyExample(ctx);
  replaceInFile(join(copy.directory, 'workflows/greet.yaml'), 'parameters.names', 'parameters.nams');

  const { code, stderr } = await verify(ctx, copy);

  expect(code).toBe(1);
  expect(stderr).toContain('Variable not found: parameters.nams');
  expect(stderr).toContain("Did you mean 'names'?");
});
