// Spec: the actions of a Python pack import exactly the packages that the pack pins.
import { startMockHttpServer } from '../../../helpers/fixtures/mock-http-server';
import type { PythonPins } from '../../../helpers/fixtures/python-source';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import {
  dataOf,
  importedVersion,
  importError,
  importNow,
  startImport,
  startOf,
} from '../../../helpers/scenario/resources/python-imports';

const NEEDS = ['runtimes.python', 'packages.offline', 'ledger.shared'];

const pinnedPackages = ({ facts }: Context): PythonPins => facts.python;

type Pack = Awaited<ReturnType<Context['pack']>>;

/** Pack A. Its environment is built once: only this file uses it, and no claim changes it. */
const packA = (ctx: Context): Promise<Pack> => {
  const pins = [pinnedPackages(ctx).http, pinnedPackages(ctx).yaml].map(
    ({ name, version }) => `${name} \\\n  ==${version}`,
  );
  return ctx.pack('e2e-python', { requires: ['# a comment', ...pins, 'e2e-dep==1.0.0 # another'] });
};

/**
 * Runs `py-get` of pack A against a mock server. Returns its output and the requests of the
 * server.
 */
const fetchWithPackA = async (ctx: Context, text: string) => {
  const mock = await startMockHttpServer({ answer: ctx.nonce });
  ctx.defer(mock.close);
  const { http, yaml } = pinnedPackages(ctx);
  const url = `${mock.url}/fixture`;
  const data = await dataOf(
    ctx,
    await startOf(ctx, await packA(ctx), 'py-get', { url, nonce: ctx.nonce, text, http, yaml }),
  );
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

  const [inA, inB] = await Promise.all([a, b].map((pack) => importNow(ctx, pack)));
  const again = await importNow(ctx, a);
  const foreign = await startImport(ctx, b, { [http.module]: http.name });

  expect([inA, inB]).toMatchObject([importedVersion('1.0.0'), importedVersion('2.0.0')]);
  expect(inA!.root).not.toBe(inB!.root);
  expect(again).toEqual(inA); // with the same stamp: nothing was installed again
  const { result } = await waitForStatus(ctx, foreign, 'failed');
  expect(result).toMatchObject({ exit_code: 1, error: importError(http.module) });
});

claim('T2.12d', NEEDS, 'importing an undeclared package fails once and affects nothing else', async (ctx) => {
  const pack = await packA(ctx);
  const module = `absent_${ctx.nonce}`;

  const id = await startImport(ctx, pack, { [module]: module }, 'bad');
  const { result } = await waitForStatus(ctx, id, 'failed');
  const control = await importNow(ctx, pack);

  expect(result).toMatchObject({ succeeded: false, exit_code: 1, error: importError(module) });
  expect(ctx.ledger.count(`${ctx.nonce}-bad`)).toBe(1);
  const runs = await ctx.client.executions.list({ action_ref: `${pack.ref}.py-import` });
  expect(runs.filter((other) => other.original_execution === id)).toEqual([]);
  expect(control).toMatchObject(importedVersion('1.0.0'));
});
