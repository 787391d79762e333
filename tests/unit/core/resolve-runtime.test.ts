import { parseRuntimeManifest, RUNTIME_MANIFEST } from '../../../contract/runtime-manifest';
import { requireRuntime } from '../../../platform/api/workers/require-runtime';
import { resolveRuntime } from '../../../platform/core/worker/resolve-runtime';

const resolve = (runtime: string | null, template: string | null = null) =>
  resolveRuntime({ runtime, template }, RUNTIME_MANIFEST);

const managedNames = RUNTIME_MANIFEST.runtimes
  .filter(({ kind }) => kind === 'managed')
  .map(({ name }) => name)
  .sort();

test.each([
  ['perl', null, { runtime: 'perl', version: null, template: null }],
  ['node', null, { runtime: 'nodejs', version: null, template: null }],
  ['Bash', null, { runtime: 'shell', version: null, template: null }],
  ['', 'python-batch', { runtime: 'python', version: '3', template: 'python-batch' }],
  ['python', 'python-batch', { runtime: 'python', version: '3', template: 'python-batch' }],
  ['python3', 'python-batch', { runtime: 'python', version: '3', template: 'python-batch' }],
])('runtime %p with template %p is resolved', (runtime, template, expected) => {
  expect(resolve(runtime, template)).toEqual({ is: 'resolved', ...expected });
});

test.each([
  [null, null, 'RUNTIME_REQUIRED', '/runtime'],
  ['', '', 'RUNTIME_REQUIRED', '/runtime'],
  ['cobolt', null, 'RUNTIME_UNSUPPORTED', '/runtime'],
  ['relay', null, 'RUNTIME_UNSUPPORTED', '/runtime'],
  ['python-batch', null, 'RUNTIME_IS_TEMPLATE', '/runtime'],
  ['python-batch', 'python-batch', 'RUNTIME_IS_TEMPLATE', '/runtime'],
  [null, 'python', 'TEMPLATE_UNKNOWN', '/template'],
  ['perl', 'python-batch', 'TEMPLATE_RUNTIME_CONFLICT', '/template'],
])('runtime %p with template %p is refused as %s', (runtime, template, code, path) => {
  expect(resolve(runtime, template)).toMatchObject({ is: 'refused', code, details: { path } });
});

test('an unsupported runtime is refused with the sorted names and the nearest', () => {
  expect(resolve('pyton')).toMatchObject({
    message: expect.stringContaining("'pyton'") as string,
    details: { requested: 'pyton', supported: managedNames, nearest: 'python' },
  });
});

test('the API throws the rejection with its status', () => {
  expect(requireRuntime({ template: 'python-batch' })).toEqual({
    runtime: 'python',
    version: '3',
    template: 'python-batch',
  });
  expect(() => requireRuntime({ runtime: 'perl', template: 'python-batch' })).toThrow(
    expect.objectContaining({ code: 'TEMPLATE_RUNTIME_CONFLICT', status: 422 }) as Error,
  );
});

const [first, ...others] = RUNTIME_MANIFEST.runtimes;
const [template] = RUNTIME_MANIFEST.templates;
const withoutKind = { ...first, kind: undefined };

test.each([
  ['an unknown key', { runtimes: [{ ...first, color: 'red' }, ...others], templates: [] }, '/runtimes/0/color'],
  ['a missing key', { runtimes: [withoutKind], templates: [] }, '/runtimes/0/kind'],
  ['an alias used twice', { runtimes: [first, { ...first, name: 'other' }], templates: [] }, '/runtimes/1'],
  [
    'a template with credentials',
    { runtimes: [first], templates: [{ ...template, credentials: {} }] },
    '/templates/0/credentials',
  ],
  [
    'a template of an unknown runtime',
    { runtimes: RUNTIME_MANIFEST.runtimes, templates: [{ ...template, runtime: 'relay' }] },
    '/templates/0/runtime',
  ],
])('a manifest with %s is refused with its path', (_title, manifest, path) => {
  expect(() => parseRuntimeManifest(manifest)).toThrow(
    expect.objectContaining({ code: 'RUNTIME_MANIFEST_INVALID', path }) as Error,
  );
});
