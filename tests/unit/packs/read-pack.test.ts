import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPack } from '../../../platform/packs/read/pack';
import { FLOW, MANIFEST, withPackDirectory } from './pack-directory';

const { directory, write, read } = withPackDirectory();

test.each([
  ['label takes precedence over name', 'label: L\nname: N\n', { label: 'L' }],
  ['name is the default of label', 'name: N\n', { label: 'N' }],
  ['the ref is the default of both', '', { label: 'demo' }],
  [
    'config_schema is an alias of conf_schema',
    'config_schema: {a: {type: string}}\n',
    { confSchema: { a: { type: 'string' } } },
  ],
  ['metadata and keywords', 'metadata: {a: 1}\nkeywords: [x]\n', { meta: { a: 1 }, tags: ['x'] }],
  ['the network is full unless it is narrowed', '', { network: 'full' }],
  ['a narrower network', 'network: api-only\n', { network: 'api-only' }],
  ['config is the initial configuration', 'config: {a: 1}\n', { config: { a: 1 } }],
])('manifest: %s', async (_what, text, expected) => {
  write({ 'pack.yaml': MANIFEST + text });

  expect((await readPack(directory())).manifest).toMatchObject(expected);
});

test.each([
  ['without ref', 'version: 1.0.0\n', 'BAD_REQUEST', 'pack.yaml:1: ref is required'],
  ['without version', 'ref: demo\n', 'BAD_REQUEST', 'pack.yaml:1: version is required'],
  ['with broken YAML', 'ref: demo\nversion: [\n', 'BAD_REQUEST', 'pack.yaml:3: YAML parsing error'],
  ['with a list of tags that is none', `${MANIFEST}tags: x\n`, 'BAD_REQUEST', 'pack.yaml:3: tags must be a list'],
  [
    'with an unknown network',
    `${MANIFEST}network: open\n`,
    'BAD_REQUEST',
    'pack.yaml:3: network must be full or api-only or none, not open',
  ],
  ['named ..', 'ref: ..\nversion: 1.0.0\n', 'UNPROCESSABLE_ENTITY', 'pack_ref_format'],
  ['with half a version', 'ref: demo\nversion: 1.0\n', 'UNPROCESSABLE_ENTITY', 'pack_version_format'],
])('a manifest %s rejects the pack', async (_what, text, code, message) => {
  write({ 'pack.yaml': text });

  await expect(readPack(directory())).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});

test("an action has the contract's defaults, and ref and label by its file", async () => {
  const { actions, warnings } = await read({ 'actions/node_basic.yaml': 'entry_point: run.sh\n' });

  expect(warnings).toEqual([]);
  expect(actions).toEqual([
    expect.objectContaining({
      ref: 'demo.node_basic',
      label: 'Node Basic',
      runnerType: 'shell',
      entrypoint: 'run.sh',
      workflow: null,
      delivery: 'stdin',
      parameterFormat: 'json',
      outputFormat: 'text',
      timeoutSeconds: null,
    }),
  ]);
});

test('an invalid component is skipped with file and line', async () => {
  const { actions, warnings } = await read({
    'actions/a.yaml': 'ref: demo.a\nentry_point: a.sh\nparameter_format: xml\n',
    'actions/b.yaml': 'ref: demo.b\nentry_point: [x]\n',
    'actions/c.yaml': 'ref: Demo.C\nentry_point: c.sh\n',
    'actions/d.yaml': 'ref: demo.d\nentry_point: d.sh\nparameters: {constructor: {type: string}}\n',
    'actions/e.yaml': 'ref: demo.e\nentry_point: "true && false"\n',
    'actions/f.yaml': 'ref: demo.e\nentry_point: other.sh\n',
    'actions/g.yaml': 'ref: demo.g\nentry_point: g.sh\nenv_schema: {PLATFORM_MARK: {}}\n',
    'actions/h.yaml': 'ref: demo.h\nentry_point: h.sh\nenv_schema: {HOST: {type: string}}\n',
    'actions/i.yaml': 'ref: demo.i\nentry_point: i.sh\nworker_selector: {gpu: 1}\n',
    'sensors/t.yaml': 'ref: demo.t\n',
    'sensors/u.yaml': 'ref: demo.u\nentry_point: u.sh\ntrigger_types: [x]\nworker_affinity: {required: zone}\n',
    'sensors/v.yaml': 'ref: demo.v\nentry_point: v.sh\ntrigger_types: [x]\nworker_tolerations: [gpu]\n',
  });

  expect(actions.map(({ ref }) => ref)).toEqual(['demo.e']);
  expect(warnings).toEqual([
    'actions/a.yaml:3: parameter_format must be json or dotenv or yaml, not xml; the file is skipped',
    'actions/b.yaml:2: entry_point must be text, not a list; the file is skipped',
    'actions/c.yaml:1: ref Demo.C must be <pack>.<name> in lower case, with one dot; the file is skipped',
    'actions/d.yaml:3: parameters/constructor: nothing may have this name; the file is skipped',
    'actions/g.yaml:3: env_schema/PLATFORM_MARK must be NAME: {description: text}, no name of the platform; the file is skipped',
    'actions/h.yaml:3: env_schema/HOST/type must be NAME: {description: text}, no name of the platform; the file is skipped',
    "actions/i.yaml:3: worker_selector/gpu must be the text that the worker's label has; the file is skipped",
    'actions/f.yaml:1: a second demo.e; the file is skipped',
    'sensors/t.yaml:1: entry_point is required; the file is skipped',
    "sensors/u.yaml:2: entry_point u.sh is not among the pack's files",
    'sensors/u.yaml:4: worker_affinity/required does not match its schema: Expected array; the file is skipped',
    "sensors/v.yaml:2: entry_point v.sh is not among the pack's files",
    'sensors/v.yaml:4: worker_tolerations/0 must be a map; the file is skipped',
  ]);
});

test.each([
  ['leads out of the pack', '../../secret.py'],
  ['is absolute', '/etc/passwd'],
  ['is a directory', 'folder'],
  ['is a link', 'link.py'],
  ['has a newline', '"a.py\\nb"'],
  ['starts with a dash', '"-rf"'],
  ['has shell characters', '"a;b.py"'],
])('an entry_point that %s is skipped', async (_what, name) => {
  mkdirSync(join(directory(), 'actions/folder'), { recursive: true });
  symlinkSync('/etc/passwd', join(directory(), 'actions/link.py'));

  const { actions, warnings } = await read({ 'actions/a.yaml': `runner_type: python\nentry_point: ${name}\n` });

  expect(actions).toEqual([]);
  expect(warnings).toEqual([expect.stringMatching(/^actions\/a\.yaml:2: entry_point .* the file is skipped$/)]);
});

test('only the standard pack may name built-in actions', async () => {
  const files = { 'actions/a.yaml': 'runner_type: native\nentry_point: builtin:echo\n' };

  expect((await read(files)).actions).toEqual([]);
  expect((await readPack(directory(), true)).components.actions).toMatchObject([{ entrypoint: 'builtin:echo' }]);
});

test('an action with a workflow_file is a workflow with its own ref', async () => {
  const { actions, workflows } = await read({
    'actions/deploy.yaml': 'ref: demo.deploy\nlabel: Deploy\nworkflow_file: workflows/body.yaml\ntags: [x]\n',
    'actions/workflows/body.yaml': FLOW,
  });

  expect(workflows).toEqual([]);
  expect(actions).toMatchObject([
    {
      entrypoint: 'workflows/body.yaml',
      workflow: {
        ref: 'demo.deploy',
        version: '1.0.0',
        tags: ['x'],
        definition: { ref: 'demo.deploy', label: 'Deploy' },
      },
    },
  ]);
});

test('the workflow of an action has the schemas of its file', async () => {
  const own = 'parameters: { a: { type: integer, default: 5 } }\n';
  const { actions } = await read({
    'actions/deploy.yaml': `description: Deploys\n${own}output: { b: {} }\nworkflow_file: workflows/body.yaml\n`,
    'actions/other.yaml': 'workflow_file: workflows/other.yaml\n',
    'actions/workflows/body.yaml': `${FLOW}parameters: { a: { type: string } }\n`,
    'actions/workflows/other.yaml': `${FLOW}description: Own\nparameters: { c: {} }\n`,
  });

  const parameters = { a: { type: 'integer', default: 5 } };
  const schemas = { paramSchema: parameters, outSchema: { b: {} } };
  const ofOther = { paramSchema: { c: {} }, outSchema: null };
  expect(actions).toMatchObject([
    { ...schemas, workflow: { ...schemas, description: 'Deploys', definition: { parameters } } },
    { ...ofOther, workflow: { ...ofOther, description: 'Own', definition: { parameters: { c: {} } } } },
  ]);
  expect(actions[0]!.workflow!.definition).not.toHaveProperty('output');
});

test('a standalone workflow is named by its file', async () => {
  const { workflows, warnings } = await read({
    'workflows/flow.yaml': FLOW,
    'workflows/other.workflow.yaml': FLOW,
    'actions/workflows/flow.yaml': `${FLOW}label: Wins\n`,
  });

  expect(workflows.map(({ ref, label }) => [ref, label])).toEqual([
    ['demo.flow', 'Wins'],
    ['demo.other', 'Other'],
  ]);
  expect(warnings).toEqual([
    'workflows/flow.yaml:1: demo.flow is already made by actions/workflows/flow.yaml; the file is skipped',
  ]);
});

test('the file of an action says whether a lost program starts again', async () => {
  const { actions, warnings } = await read({
    'actions/a.yaml': 'entry_point: echo a\non_worker_loss: abandon\n',
    'actions/b.yaml': 'entry_point: echo b\n',
    'actions/c.yaml': 'workflow_file: workflows/body.yaml\non_worker_loss: abandon\n',
    'actions/workflows/body.yaml': FLOW,
  });

  expect(actions.map(({ ref, onWorkerLoss }) => [ref, onWorkerLoss])).toEqual([
    ['demo.a', 'abandon'],
    ['demo.b', 'recover'],
  ]);
  expect(warnings).toEqual([expect.stringContaining('actions/c.yaml:2: on_worker_loss: a workflow runs on no worker')]);
});

test('a key that says nothing is named with its line, and the file is used', async () => {
  const { actions, workflows, warnings } = await read({
    'pack.yaml': 'ref: demo\nversion: 1.0.0\nauthor: us\ndependecies: [core]\n',
    'actions/a.yaml': 'entry_point: echo a\noutput_fromat: json\nx-team: ours\ntimeout: 5\n',
    'actions/owner.yaml': 'workflow_file: workflows/body.yaml\n',
    'actions/workflows/body.yaml': `${FLOW}    retires: { count: 2 }\n`,
    'workflows/flow.yaml': `${FLOW}    on_sucess: one\n`,
  });

  expect([actions.length, workflows.length]).toEqual([2, 1]);
  expect(warnings).toEqual([
    "pack.yaml:4: 'dependecies' has no meaning here. Did you mean 'dependencies'?",
    "actions/a.yaml:2: 'output_fromat' has no meaning here. Did you mean 'output_format'?",
    "actions/a.yaml:4: 'timeout' has no meaning here. Did you mean 'timeout_seconds'?",
    expect.stringMatching(/^actions\/workflows\/body\.yaml:\d+: 'retires' has no meaning here$/),
    expect.stringMatching(/^workflows\/flow\.yaml:\d+: 'on_sucess' has no meaning here\. Did you mean 'on_success'\?$/),
  ]);
});

test('what a workflow cannot do is named with its line, and the file is used', async () => {
  const flow = [
    'version: 1.0.0',
    'tasks:',
    '  - name: first',
    '    action: core.noop',
    "    input: { text: '{{ parameters.x | upcase }}' }",
    '    next: [{ do: [joined] }]',
    '  - name: joined',
    '    action: core.noop',
    '    join: 2',
    '  - { name: lost, action: core.noop, next: [{ do: [again] }] }',
    '  - { name: again, action: core.noop, next: [{ do: [lost] }] }',
  ];
  const { workflows, warnings } = await read({ 'workflows/flow.yaml': `${flow.join('\n')}\n` });

  expect(workflows).toHaveLength(1);
  expect(warnings).toEqual([
    'workflows/flow.yaml:10: Unreachable task: lost',
    'workflows/flow.yaml:11: Unreachable task: again',
    "workflows/flow.yaml:7: Semantic error: Task 'joined' can never start: it joins 2 tasks, and 1 lead to it",
    expect.stringMatching(/^workflows\/flow\.yaml:5: column \d+: .*upcase/),
  ]);
});

test('an invalid workflow is skipped with the line of its error', async () => {
  const { workflows, warnings } = await read({
    'workflows/bad.yaml': `${FLOW}    next:\n      - do: [nowhere]\n`,
    'workflows/foreign.yaml': 'version: 1.0.0\ntasks:\n  one: {action: core.noop}\n',
  });

  expect(workflows).toEqual([]);
  expect(warnings).toEqual([
    expect.stringMatching(/^workflows\/bad\.yaml:[56]: .*Task 'one' references non-existent task 'nowhere'/),
    expect.stringMatching(/^workflows\/foreign\.yaml:2: /),
  ]);
});

test('a file above 1 MiB is skipped', async () => {
  const { warnings } = await read({ 'workflows/big.yaml': `${FLOW}# ${'x'.repeat(1_024 * 1_024)}\n` });

  expect(warnings).toEqual(['workflows/big.yaml:1: YAML parsing error: larger than 1 MiB; the file is skipped']);
});

test('a workflow_file outside the pack is rejected', async () => {
  const { warnings } = await read({ 'actions/a.yaml': 'ref: demo.a\nworkflow_file: ../../../x.yaml\n' });

  expect(warnings).toEqual([expect.stringMatching(/^actions\/a\.yaml:2: workflow_file: .* leaves the pack/)]);
});

test('mistakes of tasks and names have a warning with their line, too', async () => {
  const flow = [
    'version: 1.0.0',
    "vars: { 'a b': 1 }",
    'tasks:',
    '  - { name: one, action: core.noop, batch_size: 2 }',
    '  - { name: one, action: noop }',
  ];

  const { warnings } = await read({ 'workflows/flow.yaml': `${flow.join('\n')}\n` });

  expect(warnings).toEqual([
    'workflows/flow.yaml:5: Semantic error: Duplicate task name: one',
    "workflows/flow.yaml:4: Semantic error: Task 'one' has batch_size without with_items",
    "workflows/flow.yaml:5: Invalid action reference: Task 'one' has invalid action reference: noop",
    'workflows/flow.yaml:2: Semantic error: Invalid variable name: a b',
  ]);
});

test('IN-04 a file that is not UTF-8 is skipped, and rejected as pack.yaml', async () => {
  write({ 'pack.yaml': MANIFEST, 'actions/a.yaml': '', 'actions/b.yaml': '\ufeffref: demo.b\nentry_point: b.sh\n' });
  writeFileSync(join(directory(), 'actions/a.yaml'), Buffer.from('ref: demo.a\nlabel: caf\xe9\n', 'latin1'));

  const { components } = await readPack(directory());

  expect(components.actions.map(({ ref }) => ref)).toEqual(['demo.b']);
  expect(components.warnings).toContain(
    'actions/a.yaml:1: YAML parsing error: the file is not UTF-8; the file is skipped',
  );
  writeFileSync(join(directory(), 'pack.yaml'), Buffer.from('ref: demo\nlabel: caf\xe9\n', 'latin1'));
  await expect(readPack(directory())).rejects.toThrow('the file is not UTF-8');
});

const ECHO = "runner_type: shell\nentry_point: 'echo 1'\n";
test.each([
  ['agrees', { 'demo.a': { entry: 'echo 1', digest: null, parameters: null, output: null } }, []],
  ['states another entry', { 'demo.a': { entry: 'x', digest: null, parameters: null, output: null } }, ['a.yaml']],
  ['states an entry that is no text', { 'demo.a': { entry: 5 } }, null],
  ['states nothing of an action', { 'demo.a': null }, null],
  ['states nothing of an action that is gone', { 'demo.b': null }, null],
])('a pack whose index %s', async (_what, actions, files) => {
  write({ 'pack.yaml': MANIFEST, 'actions/a.yaml': ECHO, 'pack.index.json': JSON.stringify({ actions }) });

  const { driftingFiles } = await readPack(directory());

  expect(driftingFiles).toEqual(files?.map((name) => `actions/${name}`) ?? ['pack.index.json']);
});

test.each([
  ['no JSON', '{'],
  ['null', 'null'],
  ['nested too deeply', `{"actions":{"demo.a":{"entry":"x","digest":${'['.repeat(2e5)}${']'.repeat(2e5)}}}}`],
])('an index that is %s is out of date', async (_what, index) => {
  write({ 'pack.yaml': MANIFEST, 'actions/a.yaml': ECHO, 'pack.index.json': index });

  expect((await readPack(directory())).driftingFiles).toEqual(['pack.index.json']);
});

test('input that an action of the pack does not declare is a warning', async () => {
  const anything = 'parameters: { type: object, properties: {}, additionalProperties: true }';
  const { warnings } = await read({
    'actions/price.yaml': 'entry_point: run.sh\nparameters:\n  quantity: { type: integer }\n',
    'actions/any.yaml': 'entry_point: run.sh\n',
    'actions/open.yaml': `entry_point: run.sh\n${anything}\n`,
    'actions/run.sh': 'true\n',
    'workflows/flow.yaml': [
      'version: 1.0.0',
      'tasks:',
      '  - { name: right, action: demo.price, input: { quantity: 1 } }',
      '  - name: wrong',
      '    action: demo.price',
      '    input:',
      '      quantitty: 1',
      '      color: red',
      '  - { name: any, action: demo.any, input: { color: red } }',
      '  - { name: open, action: demo.open, input: { color: red } }',
      '',
    ].join('\n'),
  });

  expect(warnings).toEqual([
    "workflows/flow.yaml:7: demo.price declares no parameter 'quantitty'. Did you mean 'quantity'?",
    "workflows/flow.yaml:8: demo.price declares no parameter 'color'",
  ]);
});
