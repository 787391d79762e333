import type { JsonObject } from '../../../contract/json';

const FLOW = `version: 1.0.0
x-common: &common
  action: core.echo
  description: the same for all
  input: { message: merged }
parameters:
  host: { type: string, requird: true }
tasks:
  - name: first
    <<: *common
    notes: for readers
    retrys: { count: 2 }
    next:
      - { do: [second], wen: '{{ false }}' }
      - { publish: [{ n: '{{ no_such }}' }] }
  - name: second
    <<: *common
    input: { message: own }
    next: [{ when: '{{ false }}', do: [late] }]
  - { name: late, action: core.noop, join: 2 }
  - { name: late, action: core.noop }
output_map:
  first: '{{ task.first.stdout }}'
  second: '{{ task.second.stdout }}'
  third: '{{ task.secnd.stdout }}'
  fourth: '{{ workflow.none }}'
`;

const ODD = `version: 1.0.0
vars: { a b: 1 }
tasks:
  - { name: a, action: core.noop, retry: { count: 1, delay: 2, max_delay: 1 } }
  - { name: b, action: core.noop, concurrency: 2, batch_size: 2 }
  - { name: c, action: core.noop, with_items: text }
  - { name: d, action: core.noop, with_items: [1], concurrency: 0, batch_size: 0 }
  - { name: e, action: core.noop, decision: [{ next: f }, { next: f, default: true }, { next: f, default: true }] }
  - { name: f, action: noop }
  - { name: task, action: core.noop }
  - { name: g, type: workflow }
  - { name: g, action: core.noop }
  - { name: h, type: parallel, timeout: 5, retry: { count: 1 }, tasks: [
      { name: i, action: core.noop, on_success: g }] }
`;

/** The keys of an action, which a parallel task does not use, each with a value. */
const OF_ACTIONS: Readonly<Record<string, string>> = {
  input: '{ a: 1 }',
  with_items: '[1]',
  retry: '{ count: 1 }',
  timeout: '5',
  permission_set_refs: '[core.viewer]',
  permission_set_ref: 'core.viewer',
  worker_selector: '{ disk: ssd }',
  worker_tolerations: '[{ key: gpu }]',
  worker_affinity: '{ required: [] }',
};

/** The keys that lead on from a task, which a subtask does not use, each with a value. */
const OF_TRANSITIONS: Readonly<Record<string, string>> = {
  next: '[{ do: [after] }]',
  on_success: 'after',
  on_failure: 'after',
  on_complete: 'after',
  on_timeout: 'after',
  decision: '[{ next: after, default: true }]',
  publish: '[a]',
  join: '2',
};

const linesOf = (keys: Readonly<Record<string, string>>, indent: string): string =>
  Object.entries(keys)
    .map(([key, value]) => `${indent}${key}: ${value}\n`)
    .join('');

const UNUSED = `version: 1.0.0
tasks:
  - name: group
    type: parallel
${linesOf(OF_ACTIONS, '    ')}    tasks:
      - name: part
        action: core.noop
${linesOf(OF_TRANSITIONS, '        ')}  - { name: after, action: core.noop }
`;

/** Of a task that begins in this line. */
const unusedWarnings = (line: number, task: string, keys: object): string[] =>
  Object.keys(keys).map(
    (key) => `workflows/unused.yaml:${line}: Semantic error: Task '${task}: ${key} has no effect on it`,
  );

/** A mistake in each place of a schema. */
const SCHEMA = `version: 1.0.0
parameters:
  list: { type: array, items: { type: string, patern: x } }
  tuple: { type: array, prefixItems: [{ type: string }, { tipe: number }] }
  map: { type: object, properties: { a: { type: object, properties: { b: { secrt: true } } } } }
  more: { type: object, additionalProperties: { minimun: 1 }, patternProperties: { x: { maxmum: 1 } } }
  either: { anyOf: [{ maximun: 1 }], oneOf: [{ minLenth: 1 }], allOf: [{ contens: {} }] }
  cases: { if: { patern: x }, then: { fromat: date }, else: { titel: x }, not: { requred: true } }
  flag: { type: boolean, default: 'no' }
  number: { type: [integer, string], default: 1.5 }
  right: { type: [integer, string], default: x, x-of: others }
output:
  type: object
  properties: { a: { descripton: x } }
tasks:
  - { name: a, action: core.noop }
`;

const NAMED = `version: 1.0.0
tasks:
  - { name: say, action: core.echo, input: { message: by a file } }
output_map: { output: '{{ task.say.stdout }}' }
`;

/**
 * Two actions and two sensors: of each, one whose runtime is not known, and then one that is
 * skipped, so that the kind is saved once more. The pack has an action `made` already.
 */
export const skippedFiles = (ref: string): Record<string, string> => ({
  './pack.yaml': `ref: ${ref}\nname: Skipped\nversion: 1.0.0\n`,
  './actions/first.yaml': `ref: ${ref}.first\nrunner_type: nowhere\nentry_point: run.sh\n`,
  './actions/made.yaml': `ref: ${ref}.made\nrunner_type: shell\nentry_point: run.sh\n`,
  './actions/run.sh': 'true\n',
  './sensors/first.yaml': `ref: ${ref}.first\nrunner_type: nowhere\nentry_point: run.sh\ntrigger_types: [${ref}.hook]\n`,
  './sensors/made.yaml': `ref: ${ref}.made\nrunner_type: shell\nentry_point: run.sh\ntrigger_types: [${ref}.none]\n`,
  './sensors/run.sh': 'true\n',
  './triggers/hook.yaml': `ref: ${ref}.hook\n`,
});

/** What is said about these, each once. */
export const skippedWarnings = (ref: string): string[] => [
  `actions/first.yaml:1: no runtime is called nowhere; ${ref}.first has none`,
  `actions/made.yaml:1: ${ref}.made is taken by another pack or was made through the API; the file is skipped`,
  `sensors/first.yaml:1: no runtime is called nowhere; ${ref}.first has none`,
  `sensors/made.yaml:1: trigger ${ref}.none does not exist; the file is skipped`,
];

/** A pack with workflows that have mistakes, one that an action names, and a broken rule. */
export const definitionFiles = (ref: string): Record<string, string> => ({
  './pack.yaml': `ref: ${ref}\nname: Definitions\nversion: 1.0.0\n`,
  './actions/named.yaml': `ref: ${ref}.named\nworkflow_file: workflows/named.workflow.yaml\n`,
  './actions/workflows/named.workflow.yaml': NAMED,
  './rules/broken.yaml': `ref: ${ref}.broken\ntrigger_ref: hook\naction_ref: named\naction_params:\n  v: '{{ no_such(1) }}'\n`,
  './triggers/hook.yaml': `ref: ${ref}.hook\n`,
  './workflows/flow.yaml': FLOW,
  './workflows/odd.yaml': ODD,
  './workflows/schema.yaml': SCHEMA,
  './workflows/unused.yaml': UNUSED,
});

/** What is wrong in that pack. */
export const DEFINITION_WARNINGS: readonly string[] = [
  'workflows/flow.yaml:21: Semantic error: Duplicate task name: late',
  "workflows/flow.yaml:12: 'retrys' has no meaning here. Did you mean 'retry'?",
  "workflows/flow.yaml:14: 'wen' has no meaning here. Did you mean 'when'?",
  "workflows/flow.yaml:20: Semantic error: Task 'late' can never start: it joins 2 tasks, and 1 lead to it",
  "workflows/flow.yaml:15: column 4: unknown variable 'no_such'. Use 'parameters.no_such' for input parameters, or define it in workflow vars",
  "workflows/flow.yaml:25: column 4: there is no task 'secnd'. Did you mean 'second'?",
  "workflows/flow.yaml:26: column 4: there is no variable 'none'",
  "workflows/flow.yaml:7: /parameters/host/requird: 'requird' has no meaning here. Did you mean 'required'?",
  'workflows/odd.yaml:12: Semantic error: Duplicate task name: g',
  "workflows/odd.yaml:4: Semantic error: Task 'a' retry max_delay must be >= delay",
  "workflows/odd.yaml:5: Semantic error: Task 'b' has concurrency without with_items",
  "workflows/odd.yaml:5: Semantic error: Task 'b' has batch_size without with_items",
  "workflows/odd.yaml:6: Semantic error: Task 'c' has a text as with_items: write '{{ … }}', or a list",
  "workflows/odd.yaml:7: Semantic error: Task 'd' batch_size must be greater than 0",
  "workflows/odd.yaml:7: Semantic error: Task 'd' concurrency must be greater than 0",
  "workflows/odd.yaml:8: Semantic error: Task 'e' can only have one default decision branch",
  "workflows/odd.yaml:8: Semantic error: Task 'e' decision branch must have 'when' condition or be marked as default",
  "workflows/odd.yaml:9: Invalid action reference: Task 'f' has invalid action reference: noop",
  "workflows/odd.yaml:10: Semantic error: Task name 'task' conflicts with reserved keyword",
  "workflows/odd.yaml:11: Semantic error: Task 'g' of type 'workflow' must have an action field",
  "workflows/odd.yaml:13: Semantic error: Task 'h' is parallel: retry has no effect on it",
  "workflows/odd.yaml:13: Semantic error: Task 'h' is parallel: timeout has no effect on it",
  "workflows/odd.yaml:14: Semantic error: Task 'i' is a subtask: on_success has no effect on it",
  'workflows/odd.yaml:2: Semantic error: Invalid variable name: a b',
  ...[
    "3: /parameters/list/items/patern: 'patern' has no meaning here. Did you mean 'pattern'?",
    "4: /parameters/tuple/prefixItems/1/tipe: 'tipe' has no meaning here. Did you mean 'type'?",
    "5: /parameters/map/properties/a/properties/b/secrt: 'secrt' has no meaning here. Did you mean 'secret'?",
    "6: /parameters/more/patternProperties/x/maxmum: 'maxmum' has no meaning here. Did you mean 'maximum'?",
    "6: /parameters/more/additionalProperties/minimun: 'minimun' has no meaning here. Did you mean 'minimum'?",
    "7: /parameters/either/allOf/0/contens: 'contens' has no meaning here. Did you mean 'contains'?",
    "7: /parameters/either/anyOf/0/maximun: 'maximun' has no meaning here. Did you mean 'maximum'?",
    "7: /parameters/either/oneOf/0/minLenth: 'minLenth' has no meaning here. Did you mean 'minLength'?",
    "8: /parameters/cases/not/requred: 'requred' has no meaning here. Did you mean 'required'?",
    "8: /parameters/cases/if/patern: 'patern' has no meaning here. Did you mean 'pattern'?",
    "8: /parameters/cases/then/fromat: 'fromat' has no meaning here. Did you mean 'format'?",
    "8: /parameters/cases/else/titel: 'titel' has no meaning here. Did you mean 'title'?",
    '9: /parameters/flag/default: the default is not of type boolean: write true or false',
    '10: /parameters/number/default: the default is not of type integer or string',
    "14: /output/properties/a/descripton: 'descripton' has no meaning here. Did you mean 'description'?",
  ].map((warning) => `workflows/schema.yaml:${warning}`),
  ...unusedWarnings(3, "group' is parallel", OF_ACTIONS),
  ...unusedWarnings(15, "part' is a subtask", OF_TRANSITIONS),
  'rules/broken.yaml:1: the rule could never fire: action_params/v column 4: syntax error: Unknown function: no_such; the file is skipped',
];

/** Parts of a task with a misspelt key, and what a compile names it. */
export const MISSPELT: readonly (readonly [parts: JsonObject, error: string])[] = [
  [{ retrys: { count: 2 } }, "/tasks/0/retrys: 'retrys' has no meaning here. Did you mean 'retry'?"],
  [{ next: [{ wen: '{{ true }}' }] }, "/tasks/0/next/0/wen: 'wen' has no meaning here. Did you mean 'when'?"],
  [{ retry: { count: 1, delai: 2 } }, "/tasks/0/retry/delai: 'delai' has no meaning here. Did you mean 'delay'?"],
];
