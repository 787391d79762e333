// Spec: a Python pack's actions see exactly the packages that the pack pins, and no other pack's.
import { claim, type Context } from '../../../helpers/claim';
import { environmentToBe, executionToBe } from '../../../helpers/conditions';
import { instant } from '../../../helpers/instant';
import { run } from '../../../helpers/intervals';
import { startMockHttp } from '../../../helpers/mock-http';
import { until } from '../../../helpers/polling';
import type { PythonPins } from '../../../helpers/python-source';
import type { Parameters } from '../../../helpers/workflow';

type Pack = Awaited<ReturnType<Context['pack']>>;

const NEEDS = ['runtimes.python', 'packages.offline', 'executions.log', 'ledger.shared'];

/** How long an install that cannot succeed may hold an execution up, ms. */
const REFUSED_MS = 5_000;

const pinsOf = ({ facts: { python } }: Context): PythonPins => {
  if (!python) throw new Error('the target installs Python packages from elsewhere');
  return python;
};

/** Pack A. Building its environment is the expensive part, so the file shares one read-only pack. */
const packA = (ctx: Context): Promise<Pack> => {
  const pins = [pinsOf(ctx).http, pinsOf(ctx).yaml].map(({ name, version }) => `${name}==${version}`);
  return ctx.sharedPack('e2e-python', { requires: [...pins, 'e2e-dep==1.0.0'] });
};

const start = async (ctx: Context, pack: Pack, action: string, parameters: Parameters): Promise<number> =>
  (await ctx.client.executions.execute({ action_ref: `${pack.ref}.${action}`, parameters })).id;

const dataOf = async (ctx: Context, id: number) => {
  const { result } = await until(executionToBe('completed', ctx.client, id), ctx.deadline);
  return (result as { data: Record<string, unknown> }).data;
};

/** Parameters of `py-import`, which signs the ledger under the label before it imports anything. */
const importing = (ctx: Context, modules: Record<string, string> = { e2e_dep: 'e2e-dep' }, label = 'import') => ({
  ...ctx.signed(label),
  modules,
});
const dependency = (version: string) => ({
  modules: { e2e_dep: { version, inside: true } },
  system: false,
  ours: true,
});

/** Runs `py-get` of pack A against a server of the test's own, and answers what it printed and what the server saw. */
const fetching = async (ctx: Context, text: string) => {
  const mock = await startMockHttp({ answer: ctx.nonce });
  ctx.defer(mock.close);
  const { http, yaml } = pinsOf(ctx);
  const url = `${mock.url}/fixture`;
  const id = await start(ctx, await packA(ctx), 'py-get', { url, nonce: ctx.nonce, text, http, yaml });
  const data = await dataOf(ctx, id);
  return { data, asked: mock.requests.map(({ method, path, headers }) => [method, path, headers['x-nonce']]) };
};

claim('T2.12a', NEEDS, "a pinned package is imported from the pack's environment and works", async (ctx) => {
  const { data, asked } = await fetching(ctx, 'plain: 1');

  const seen = { http: { version: pinsOf(ctx).http.version, inside: true } };
  expect(data).toMatchObject({ seen, body: { answer: ctx.nonce } });
  expect(asked).toEqual([['GET', '/fixture', ctx.nonce]]);
});

claim('T2.12b', NEEDS, 'two pinned packages are used in one action', async (ctx) => {
  const { http, yaml } = pinsOf(ctx);
  const text = `nonce: ${ctx.nonce}\nnested:\n  list:\n    - 1\n    - two\n  flag: true\n`;

  const { data, asked } = await fetching(ctx, text);

  expect(data).toEqual({
    seen: { http: { version: http.version, inside: true }, yaml: { version: yaml.version, inside: true } },
    body: { answer: ctx.nonce },
    parsed: { nonce: ctx.nonce, nested: { list: [1, 'two'], flag: true } },
  });
  expect(asked).toHaveLength(1);
});

claim('T2.12c', NEEDS, 'environments are separate, and a second run finds the first one’s', async (ctx) => {
  const { http } = pinsOf(ctx);
  const [a, b] = [await packA(ctx), await ctx.pack('e2e-python', { requires: ['e2e-dep==2.0.0'] })];

  const ids = await Promise.all([a, b].map((pack) => start(ctx, pack, 'py-import', importing(ctx))));
  const [inA, inB] = await Promise.all(ids.map((id) => dataOf(ctx, id)));
  const again = await dataOf(ctx, await start(ctx, a, 'py-import', importing(ctx)));
  const foreign = await start(ctx, b, 'py-import', importing(ctx, { [http.module]: http.name }));

  expect([inA, inB]).toMatchObject([dependency('1.0.0'), dependency('2.0.0')]);
  expect(inA!.root).not.toBe(inB!.root);
  expect(again).toEqual(inA); // its stamp too: nothing was installed again
  const { result } = await until(executionToBe('failed', ctx.client, foreign), ctx.deadline);
  expect(result).toMatchObject({ exit_code: 1 });
  const { stderr_tail: stderr } = await ctx.client.executions.tree(foreign);
  expect(stderr).toContain(`ModuleNotFoundError: No module named '${http.module}'`);
});

claim('T2.12d', NEEDS, 'an import of what nobody declared fails once and harms nothing', async (ctx) => {
  const pack = await packA(ctx);
  const module = `absent_${ctx.nonce}`;

  const id = await start(ctx, pack, 'py-import', importing(ctx, { [module]: module }, 'bad'));
  const { result } = await until(executionToBe('failed', ctx.client, id), ctx.deadline);
  const good = await dataOf(ctx, await start(ctx, pack, 'py-import', importing(ctx)));

  expect(result).toMatchObject({ succeeded: false, exit_code: 1 });
  const { stderr_tail: stderr, attempt } = await ctx.client.executions.tree(id);
  expect(stderr).toContain(`ModuleNotFoundError: No module named '${module}'`);
  expect([attempt, ctx.ledger.count(`${ctx.nonce}-bad`)]).toEqual([1, 1]);
  const runs = await ctx.client.executions.list({ action_ref: `${pack.ref}.py-import` });
  expect(runs.filter((other) => other.original_execution === id)).toEqual([]);
  expect(good).toMatchObject(dependency('1.0.0'));
});

claim(
  'T2.12e',
  [...NEEDS, 'packs.environments'],
  'what cannot be installed fails its action by name, and a registration that can repairs it',
  async (ctx) => {
    const broken = await ctx.pack('e2e-python', { requires: ['e2e-dep==9.9.9'] });

    const id = await start(ctx, broken, 'py-import', importing(ctx, undefined, 'broken'));
    const ended = await until(executionToBe('failed', ctx.client, id), ctx.deadline);

    const refused = await until(environmentToBe('failed', ctx.client, broken.ref, 'python'), ctx.deadline);
    expect(refused).toMatchObject({ failing_requirement: 'e2e-dep==9.9.9', built_at: null });
    expect(run(ended).finish - instant(ended.created)).toBeLessThan(REFUSED_MS + ctx.slackMs('run'));
    const tree = await ctx.client.executions.tree(id);
    expect(tree).toMatchObject({ exit_code: 1, attempt: 1, stdout_tail: '' }); // nobody's version was imported
    expect(tree.stderr_tail).toContain("ModuleNotFoundError: No module named 'e2e_dep'");
    expect(ctx.ledger.count(`${ctx.nonce}-broken`)).toBe(1);
    const runs = await ctx.client.executions.list({ action_ref: `${broken.ref}.py-import` });
    expect(runs.map((one) => one.id)).toEqual([id]);

    const repaired = await ctx.pack('e2e-python', { requires: ['e2e-dep==1.0.0'], replaces: broken });
    const data = await dataOf(ctx, await start(ctx, repaired, 'py-import', importing(ctx)));
    expect(data).toMatchObject(dependency('1.0.0'));
    const ready = await until(environmentToBe('ready', ctx.client, broken.ref, 'python'), ctx.deadline);
    expect(ready.failing_requirement).toBeNull();
  },
);
