// Spec: the actions of a Python pack import exactly the packages that the pack pins.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { environmentToBe, executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { parseInstant } from '../../../helpers/instant';
import { recordedInterval } from '../../../helpers/scenario/intervals';
import { expectWithin } from '../../../helpers/scenario/upper-bound';
import { uploadFixture } from '../../../helpers/fixtures/fixture-pack';
import { startMockHttpServer } from '../../../helpers/fixtures/mock-http-server';
import { until } from '../../../helpers/scenario/polling';
import type { PythonPins } from '../../../helpers/fixtures/python-source';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

type Pack = Awaited<ReturnType<Context['pack']>>;

const NEEDS = ['runtimes.python', 'packages.offline', 'ledger.shared'];

/** How long an install that cannot succeed may delay an execution beside other installs, ms. */
const FAILED_INSTALL_MS = 15_000;
/** Distance to the nearest wrong delay: that of an installer which tries again, ms. */
const MARGIN_MS = 15_000;

/** The last line of the error of a process that cannot import this module. */
const importError = (module: string): string =>
  expect.stringContaining(`ModuleNotFoundError: No module named '${module}'`) as string;

const pinnedPackages = ({ facts }: Context): PythonPins => facts.python;

/** Pack A. Its environment is built once: only this file uses it, and no claim changes it. */
const packA = (ctx: Context): Promise<Pack> => {
  const pins = [pinnedPackages(ctx).http, pinnedPackages(ctx).yaml].map(
    ({ name, version }) => `${name} \\\n  ==${version}`,
  );
  return ctx.pack('e2e-python', { requires: ['# a comment', ...pins, 'e2e-dep==1.0.0 # another'] });
};

const start = async (ctx: Context, pack: Pack, action: string, parameters: Parameters): Promise<number> =>
  (await ctx.client.executions.execute({ action_ref: `${pack.ref}.${action}`, parameters })).id;

const dataOf = async (ctx: Context, id: number) => {
  const { result } = await until(executionToBe('completed', ctx.client, id), ctx.deadline);
  return (result as { data: Record<string, unknown> }).data;
};

/**
 * Parameters of `py-import`, which appends to the ledger under the label before it imports the
 * modules.
 */
const importParameters = (
  ctx: Context,
  modules: Record<string, string> = { e2e_dep: 'e2e-dep' },
  label = 'import',
) => ({
  ...ctx.ledgerInput(label),
  modules,
});
/**
 * The output of `py-import` for this version of `e2e-dep`, imported from the pack's environment.
 */
const importedVersion = (version: string) => ({
  modules: { e2e_dep: { version, inside: true } },
  system: false,
  managed: true,
});

/**
 * Runs `py-get` of pack A against a mock server. Returns its output and the requests of the
 * server.
 */
const fetchWithPackA = async (ctx: Context, text: string) => {
  const mock = await startMockHttpServer({ answer: ctx.nonce });
  ctx.defer(mock.close);
  const { http, yaml } = pinnedPackages(ctx);
  const url = `${mock.url}/fixture`;
  const id = await start(ctx, await packA(ctx), 'py-get', { url, nonce: ctx.nonce, text, http, yaml });
  const data = await dataOf(ctx, id);
  return { data, requests: mock.requests.map(({ method, path, headers }) => [method, path, headers['x-nonce']]) };
};

claim('T2.12a', NEEDS, "a pinned package is imported from the pack's environment", async (ctx) => {
  const { data, requests } = await fetchWithPackA(ctx, 'plain: 1');

  const expectedPackages = { http: { version: pinnedPackages(ctx).http.version, inside: true } };
  expect(data).toMatchObject({ packages: expectedPackages, body: { answer: ctx.nonce } });
  expect(requests).toEqual([['GET', '/fixture', ctx.nonce]]);
});

claim('T2.12b', NEEDS, 'one action uses two pinned packages, and the library of its pack', async (ctx) => {
  const { http, yaml } = pinnedPackages(ctx);
  const text = `nonce: ${ctx.nonce}\nnested:\n  list:\n    - 1\n    - two\n  flag: true\n`;

  const { data, requests } = await fetchWithPackA(ctx, text);

  expect(data).toEqual({
    packages: { http: { version: http.version, inside: true }, yaml: { version: yaml.version, inside: true } },
    body: { answer: ctx.nonce },
    parsed: { nonce: ctx.nonce, nested: { list: [1, 'two'], flag: true } },
    library: 'a module of the pack', // from `lib`
  });
  expect(requests).toHaveLength(1);
});

claim('T2.12c', NEEDS, 'two packs have separate environments, each built once', async (ctx) => {
  const { http } = pinnedPackages(ctx);
  const [a, b] = [await packA(ctx), await ctx.ownCopy('e2e-python', { requires: ['e2e-dep==2.0.0'] })];

  const ids = await Promise.all([a, b].map((pack) => start(ctx, pack, 'py-import', importParameters(ctx))));
  const [inA, inB] = await Promise.all(ids.map((id) => dataOf(ctx, id)));
  const again = await dataOf(ctx, await start(ctx, a, 'py-import', importParameters(ctx)));
  const foreign = await start(ctx, b, 'py-import', importParameters(ctx, { [http.module]: http.name }));

  expect([inA, inB]).toMatchObject([importedVersion('1.0.0'), importedVersion('2.0.0')]);
  expect(inA!.root).not.toBe(inB!.root);
  expect(again).toEqual(inA); // with the same stamp: nothing was installed again
  const { result } = await until(executionToBe('failed', ctx.client, foreign), ctx.deadline);
  expect(result).toMatchObject({ exit_code: 1, error: importError(http.module) });
});

claim('T2.12d', NEEDS, 'importing an undeclared package fails once and affects nothing else', async (ctx) => {
  const pack = await packA(ctx);
  const module = `absent_${ctx.nonce}`;

  const id = await start(ctx, pack, 'py-import', importParameters(ctx, { [module]: module }, 'bad'));
  const { result } = await until(executionToBe('failed', ctx.client, id), ctx.deadline);
  const controlData = await dataOf(ctx, await start(ctx, pack, 'py-import', importParameters(ctx)));

  expect(result).toMatchObject({ succeeded: false, exit_code: 1, error: importError(module) });
  expect(ctx.ledger.count(`${ctx.nonce}-bad`)).toBe(1);
  const runs = await ctx.client.executions.list({ action_ref: `${pack.ref}.py-import` });
  expect(runs.filter((other) => other.original_execution === id)).toEqual([]);
  expect(controlData).toMatchObject(importedVersion('1.0.0'));
});

claim(
  'T2.12e',
  [...NEEDS, 'executions.intervals'],
  'a failed install fails the action until a registration repairs it',
  async (ctx) => {
    const readsEnvironments = ctx.canProve('packs.environments');
    const { yaml } = pinnedPackages(ctx);
    const requires = [`${yaml.name}==${yaml.version}`, 'e2e-dep==9.9.9'];
    const broken = await ctx.ownCopy('e2e-python', { requires });

    const id = await start(ctx, broken, 'py-import', importParameters(ctx, undefined, 'broken'));
    const failedExecution = await until(executionToBe('failed', ctx.client, id), ctx.deadline);

    if (readsEnvironments) {
      const environment = await until(environmentToBe('failed', ctx.client, broken.ref, 'python'), ctx.deadline);
      expect(environment).toMatchObject({ failing_requirement: 'e2e-dep==9.9.9', built_at: null });
    }
    const installMs = recordedInterval(failedExecution).finish - parseInstant(failedExecution.created);
    const nominal = FAILED_INSTALL_MS * ctx.facts.loadFactor;
    expectWithin(ctx.slackMs('run'), { what: 'the install', measured: installMs, nominal, margin: MARGIN_MS });
    expect(failedExecution.result).toMatchObject({ exit_code: 1, error: importError('e2e_dep') });
    expect(failedExecution.result).not.toHaveProperty('stdout'); // nothing was imported
    expect(ctx.ledger.count(`${ctx.nonce}-broken`)).toBe(1);
    const runs = await ctx.client.executions.list({ action_ref: `${broken.ref}.py-import` });
    expect(runs.map((run) => run.id)).toEqual([id]);

    const repaired = await ctx.ownCopy('e2e-python', { requires: ['e2e-dep==1.0.0'], replaces: broken });
    const data = await dataOf(ctx, await start(ctx, repaired, 'py-import', importParameters(ctx)));
    expect(data).toMatchObject(importedVersion('1.0.0'));
    if (!readsEnvironments) return;
    const ready = await until(environmentToBe('ready', ctx.client, broken.ref, 'python'), ctx.deadline);
    expect(ready.failing_requirement).toBeNull();
  },
);

claim('T2.12f', NEEDS, 'a registration with another pin replaces what the pack declared', async (ctx) => {
  const { client, facts } = ctx;
  const [one, two] = [{ requires: ['e2e-dep==1.0.0'] }, { requires: ['e2e-dep==2.0.0'] }];
  const pack = await ctx.ownCopy('e2e-python', one);
  const { ref } = pack;
  const importNow = async () => dataOf(ctx, await start(ctx, pack, 'py-import', importParameters(ctx)));
  const made = { ref: `${ref}.made`, pack_ref: ref, label: 'made', entrypoint: 'true', runtime_ref: 'core.shell' };
  await client.actions.create(made);
  const { config } = await client.packs.update(ref, { config: { site: ctx.nonce } });
  const { id, label } = await client.actions.get(`${ref}.py-import`);
  await client.actions.update(`${ref}.py-import`, { label: ctx.nonce });
  const imported = await importNow();

  const options = { ...two, vendored: facts.vendored };
  const unforced = uploadFixture(client, 'e2e-python', ref, `${facts.directory}/fixtures`, options);
  await expect(unforced).rejects.toMatchObject({ status: 409 });
  const unchanged = await importNow();
  await ctx.ownCopy('e2e-python', { ...two, replaces: pack });
  const changed = await importNow();
  const changedAction = await client.actions.get(`${ref}.py-import`);
  await ctx.ownCopy('e2e-values', { replaces: pack });

  expect(unchanged).toEqual(imported);
  expect([imported, changed]).toMatchObject([importedVersion('1.0.0'), importedVersion('2.0.0')]);
  expect([changedAction.id, changedAction.label]).toEqual([id, label]);
  expect((await client.packs.get(ref)).config).toEqual(config);
  const names = (await client.packs.actions(ref)).map((action) => action.ref.slice(ref.length + 1));
  expect(names).toEqual(expect.arrayContaining(['made', 'print-json']));
  expect(names.filter((name) => name.startsWith('py-'))).toEqual([]);
});
