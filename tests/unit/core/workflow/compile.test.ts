import type { Json, JsonObject } from '../../../../contract/json';
import { actionRefsOf, compile, type InstalledAction } from '../../../../platform/core/workflow/compile/compile';

const DIGEST = 'a'.repeat(64);

const INSTALLED: Readonly<Record<string, InstalledAction>> = {
  'p.one': { digest: DIGEST },
  'p.two': { digest: 'b'.repeat(64) },
  'p.gone': { missingFile: 'actions/gone.py' },
  'p.changed': { changedFile: 'actions/changed.py', expected: 'e', actual: 'f' },
};

const installed = { byRef: new Map(Object.entries(INSTALLED)), refs: Object.keys(INSTALLED) };

const source = (tasks: Json, more: JsonObject = {}, schemas: JsonObject = {}) => ({
  ref: 'p.w',
  definition: { version: '1', tasks, ...more },
  param_schema: null,
  out_schema: null,
  ...schemas,
});

const compileTasks = (...args: Parameters<typeof source>) => compile(source(...args), installed);

const next = (...targets: string[]): Json => [{ when: '{{ succeeded() }}', do: targets }];

test('the plan has the tasks by the first one that leads to them', () => {
  const { plan, findings } = compileTasks([
    { name: 'last', action: 'p.one' },
    { name: 'first', action: 'p.two', next: next('both') },
    { name: 'both', type: 'parallel', tasks: [{ name: 'left', action: 'p.one' }], next: next('last') },
  ]);

  expect(findings).toEqual([]);
  expect(plan).toEqual({
    entry: ['first'],
    order: ['first', 'both', 'left', 'last'],
    actions: [
      { task: 'last', action: 'p.one', digest: DIGEST },
      { task: 'first', action: 'p.two', digest: 'b'.repeat(64) },
      { task: 'left', action: 'p.one', digest: DIGEST },
    ],
  });
});

test('a circle of tasks is planned once', () => {
  const { plan } = compileTasks([
    { name: 'start', action: 'p.one', next: next('again') },
    { name: 'again', action: 'p.one', next: next('again', 'end') },
    { name: 'end', action: 'p.one', next: next('again') },
  ]);

  expect(plan).toMatchObject({ entry: ['start'], order: ['start', 'again', 'end'] });
});

test('every finding is named, with the place of the action', () => {
  const { plan, findings } = compileTasks([
    { name: 'a', action: 'p.on' },
    { name: 'b', type: 'parallel', tasks: [{ name: 'c', action: 'p.gone' }] },
    { name: 'd', action: 'p.changed' },
  ]);

  expect(plan).toBeNull();
  expect(findings).toMatchObject([
    {
      code: 'ACTION_NOT_FOUND',
      path: '/tasks/0/action',
      message: "Task 'a' names action 'p.on', which does not exist. Did you mean 'p.one'?",
    },
    {
      code: 'ACTION_ARTIFACT_MISSING',
      path: '/tasks/1/tasks/0/action',
      message: "Action 'p.gone' has no file actions/gone.py",
    },
    {
      code: 'ACTION_ARTIFACT_CORRUPT',
      path: '/tasks/2/action',
      message: "The file actions/changed.py of action 'p.changed' was changed: expected SHA-256 e, found f",
    },
  ]);
});

test('a document that is no definition has one finding', () => {
  const { definition, findings } = compileTasks([{ name: 'a', type: 'loop', action: 'p.one' }]);

  expect(definition).toBeNull();
  const supported = ['action', 'parallel', 'workflow'];
  expect(findings).toMatchObject([{ code: 'STEP_KIND_UNHANDLED', path: '/tasks/0/type', supported }]);
});

test('mistakes that a definition can be loaded with are findings', () => {
  const { findings } = compileTasks([
    { name: 'a', action: 'p.one', input: { text: '{{ nothing }}' } },
    { name: 'a', action: 'p.one' },
  ]);

  expect(findings.map(({ code, path, message }) => [code, path, message])).toEqual([
    ['DEFINITION_INVALID', '/tasks/1/name', 'Semantic error: Duplicate task name: a'],
    ['DEFINITION_INVALID', '/tasks/0/input/text', expect.stringMatching(/^\/tasks\/0\/input.text: column 4: unknown/)],
  ]);
});

test('each kind of mistake has its place', () => {
  const tasks = [
    { name: 'a', action: 'p.one', bogus: 1, next: next('a') },
    { name: 'b', action: 'p.one', next: next('c') },
    { name: 'c', action: 'p.one', next: next('b') },
  ];
  const parameters = { text: { type: 'string', default: 1, maxLength: 'x' } };
  const more = { output: 5, vars: { 'a b': 1 }, parameters, output_map: { x: '{{ none }}' } };

  expect(compileTasks(tasks, more).findings.map(({ path }) => path)).toEqual([
    ...['/vars/a b', '/tasks/1', '/tasks/2', '/output', '/parameters/text/default', '/output_map/x', '/tasks/0/bogus'],
  ]);
});

test('of two tasks with one name, the first is compiled, and named', () => {
  const { findings } = compileTasks([
    { name: 'a', action: 'p.on' },
    { name: 'a', action: 'p.one' },
  ]);

  expect(findings.map(({ code, path }) => [code, path])).toEqual([
    ['DEFINITION_INVALID', '/tasks/1/name'],
    ['ACTION_NOT_FOUND', '/tasks/0/action'],
  ]);
});

test('a schema that cannot be used is a finding', () => {
  const schemas = { param_schema: { name: { type: 'nonsense' } }, out_schema: { type: 'object', properties: 3 } };
  const { findings } = compileTasks([{ name: 'a', action: 'p.one' }], {}, schemas);

  expect(findings.map(({ path, message }) => [path, message])).toEqual([
    ['/param_schema', expect.stringMatching(/^param_schema cannot be used: /)],
    ['/out_schema', expect.stringMatching(/^out_schema cannot be used: /)],
  ]);
});

test('the actions of a document are its refs in order, once', () => {
  const tasks = [
    { name: 'a', action: 'p.two' },
    { name: 'b', type: 'parallel', tasks: [{ name: 'c', action: 'p.one' }] },
    { name: 'd', action: 'p.two' },
  ];

  expect(actionRefsOf(source(tasks))).toEqual(['p.one', 'p.two']);
  expect(actionRefsOf(source('none'))).toEqual([]);
});
