import type { JsonObject } from '../../../contract/json';
import type { Client } from '../../../helpers/client/client';

/** A file of a pack with all of its keys, and what the API shows of its component. */
export interface ComponentFile {
  readonly path: string;
  readonly content: JsonObject;
  readonly shown: JsonObject;
  readonly read: (client: Client) => Promise<object>;
}

const schema = (n: number) => ({ word: { type: 'string', description: `version ${n}` } });
const placement = (n: number) => ({
  worker_selector: { disk: `disk ${n}` },
  worker_tolerations: [{ key: `reserved-${n}`, operator: 'exists' }],
  worker_affinity: { preferred: [{ weight: n, preference: { match_labels: { disk: 'fast' } } }] },
});
const retention = (n: number) => ({
  artifact_retention_policy: ['days', 'hours'][n - 1]!,
  artifact_retention_limit: 10 + n,
  log_retention_policy: ['hours', 'days'][n - 1]!,
  log_retention_limit: 20 + n,
});
/** The second version has the older name of a key. */
const named = (n: number, names: readonly [string, string], value: JsonObject[string]): JsonObject => ({
  [names[n - 1]!]: value,
});
const texts = (n: number) => ({ label: `label ${n}`, description: `description ${n}` });

/** The same fields in the file and in the API, and others by their names in each. */
type Parts = { readonly same: JsonObject; readonly file: JsonObject; readonly api: JsonObject };
const file = (
  path: string,
  { same, file: own, api }: Parts,
  read: (client: Client) => Promise<object>,
): ComponentFile => ({ path, content: { ...same, ...own }, shown: { ...same, ...api }, read });

const actionFile = (pack: string, n: number): ComponentFile => {
  const ref = `${pack}.act`;
  const same = { ref, ...texts(n), ...placement(n), ...retention(n), accesses_mcp: n === 2, timeout_seconds: 30 + n };
  const sets = { default_execution_permission_set_refs: [['core.viewer'], ['core.executor', 'core.viewer']][n - 1]! };
  const more = { required_worker_runtimes: { shell: `>=${n}` }, env_schema: { [`WORD_${n}`]: {} } };
  return file(
    'actions/act.yaml',
    {
      same: { ...same, ...sets, ...more },
      file: {
        runner_type: ['shell', 'python'][n - 1]!,
        entry_point: `program-${n}.sh`,
        parameters: schema(n),
        ...named(n, ['output', 'output_schema'], schema(n + 2)),
        runtime_version: `>=${n}`,
        on_worker_loss: ['abandon', 'recover'][n - 1]!,
      },
      api: {
        on_worker_loss: ['abandon', null][n - 1]!,
        runtime_ref: ['core.shell', 'core.python'][n - 1]!,
        entrypoint: `program-${n}.sh`,
        param_schema: schema(n),
        out_schema: schema(n + 2),
        runtime_version_constraint: `>=${n}`,
      },
    },
    ({ actions }) => actions.get(ref),
  );
};

/** A workflow, and its action. */
const workflowFiles = (pack: string, n: number): ComponentFile[] => {
  const ref = `${pack}.flow`;
  const tasks = [{ name: `task-${n}`, action: 'core.noop' }];
  const same = { ref, ...texts(n), version: `1.${n}.0`, tags: [`tag-${n}`] };
  const schemas = { param_schema: schema(n), out_schema: schema(n + 2) };
  const whole = file(
    'workflows/flow.yaml',
    { same, file: { parameters: schema(n), output: schema(n + 2), tasks }, api: schemas },
    ({ workflows }) => workflows.get(ref),
  );
  return [whole, { ...whole, shown: { ref, ...texts(n), ...schemas }, read: ({ actions }) => actions.get(ref) }];
};

/** An action that names its workflow file; the second version replaces the schemas of that. */
const namedWorkflowFiles = (pack: string, n: number): ComponentFile[] => {
  const ref = `${pack}.named`;
  const definition = { version: `1.${n}.0`, tags: [`tag-${n}`], tasks: [{ name: `task-${n}`, action: 'core.noop' }] };
  const inFile = { parameters: schema(n), output: schema(n + 2) };
  const inAction = { parameters: schema(n + 4), output: schema(n + 6) };
  const [param_schema, out_schema] =
    n === 1 ? [inFile.parameters, inFile.output] : [inAction.parameters, inAction.output];
  const api = { ...texts(n), param_schema, out_schema };
  const flow = {
    same: { ref },
    file: { ...definition, ...inFile },
    api: { ...api, version: definition.version, tags: definition.tags },
  };
  const action = {
    same: { ref },
    file: { ...texts(n), workflow_file: 'flows/named.yaml', ...(n === 2 && inAction) },
    api,
  };
  return [
    file('actions/flows/named.yaml', flow, ({ workflows }) => workflows.get(ref)),
    file('actions/named.yaml', action, ({ actions }) => actions.get(ref)),
  ];
};

const triggerFile = (pack: string, n: number): ComponentFile => {
  const same = { ref: `${pack}.hook`, ...texts(n), enabled: n === 1 };
  const sensor_ref = [`${pack}.watch`, null][n - 1]!;
  const api = { param_schema: schema(n), out_schema: schema(n + 2), sensor_ref };
  const parts = { same, file: { parameters: schema(n), output: schema(n + 2) }, api };
  const read = async ({ triggers }: Client) => ({ sensor_ref: null, ...(await triggers.get(same.ref)) });
  return file('triggers/hook.yaml', parts, read);
};

const ruleFile = (pack: string, n: number): ComponentFile => {
  const same = {
    ref: `${pack}.on-hook`,
    ...texts(n),
    enabled: n === 2,
    trigger_ref: [`${pack}.hook`, 'core.alert'][n - 1]!,
    action_ref: [`${pack}.act`, `${pack}.flow`][n - 1]!,
    conditions: { expression: `event.payload.n > ${n}` },
    action_params: { word: `word ${n}` },
    trigger_params: { word: `of the trigger ${n}` },
  };
  const [set, sets] = [['core.viewer', 'core.executor'][n - 1]!, 'permission_set_refs'];
  const own = named(n, [sets, 'permission_set_ref'], n === 1 ? [set] : set);
  return file('rules/on-hook.yaml', { same, file: own, api: { [sets]: [set] } }, ({ rules }) => rules.get(same.ref));
};

const sensorFile = (pack: string, n: number): ComponentFile => {
  const same = { ref: `${pack}.watch`, ...texts(n), enabled: false, ...placement(n), ...retention(n) };
  const triggers = [`${pack}.hook`, 'core.alert'];
  const [entrypoint, trigger_types] = [`watch-${n}.sh`, triggers.slice(n - 1)];
  const listed = named(n, ['trigger_types', 'trigger_type'], n === 1 ? trigger_types : trigger_types[0]!);
  const own = { runner_type: ['alias-1', 'python'][n - 1]!, entry_point: entrypoint, ...listed };
  const runtime_ref = [`${pack}.posix`, 'core.python'][n - 1]!;
  const listed_by = triggers.map((ref) => trigger_types.includes(ref));
  const api = { runtime_ref, entrypoint, trigger_types, param_schema: schema(n), listed_by };
  const parts = { same, file: { ...own, parameters: schema(n), config: { n } }, api };
  const isListed = async (client: Client, trigger: string) =>
    (await client.triggers.sensors(trigger)).some(({ ref }) => ref === same.ref);
  const read = async (client: Client) => ({
    ...(await client.sensors.get(same.ref)),
    listed_by: await Promise.all(triggers.map((trigger) => isListed(client, trigger))),
  });
  return file('sensors/watch.yaml', parts, read);
};

const queueFile = (pack: string, n: number): ComponentFile => {
  const same = {
    ref: `${pack}.jobs`,
    ...texts(n),
    enabled: n === 2,
    accepting_new_items: n === 1,
    default_priority: n,
    allow_pending_update: n === 2,
    update_strategy: ['immutable', 'merge_patch'][n - 1]!,
    batch_mode: ['batch', 'single'][n - 1]!,
    item_schema: schema(n),
    action_params: { word: `word ${n}` },
    permission_set_refs: [['core.viewer'], ['core.executor']][n - 1]!,
    config: { dispatch: { retry_limit: n } },
  };
  const action = [`${pack}.act`, `${pack}.flow`][n - 1]!;
  const parts = { same, file: { dispatch_action: action }, api: { dispatch_action_ref: action } };
  return file('queues/jobs.yaml', parts, ({ queues }) => queues.get(same.ref));
};

const setFile = (pack: string, n: number): ComponentFile => {
  const grants = [{ resource: 'keys', actions: [['read'], ['read', 'decrypt']][n - 1]! }];
  const same = { ref: `${pack}.readers`, ...texts(n), grants };
  const parts = { same, file: {}, api: {} };
  return file('permission_sets/readers.yaml', parts, async ({ permissions }) => {
    return (await permissions.sets()).find(({ ref }) => ref === same.ref)!;
  });
};

const runtimeFile = (pack: string, n: number): ComponentFile => {
  const same = {
    ref: `${pack}.posix`,
    name: `name ${n}`,
    description: `description ${n}`,
    distributions: { n },
    installation: { n },
    execution_config: { interpreter: { binary: `sh-${n}` } },
  };
  const own = { aliases: [`alias-${n}`] }; // which only what names one of them shows
  return file('runtimes/posix.yaml', { same, file: own, api: {} }, ({ runtimes }) => runtimes.get(same.ref));
};

const packFile = (ref: string, n: number): ComponentFile => {
  const { label, description } = texts(n);
  const same = { ref, description, version: `${n}.0.0`, runtime_deps: [['shell'], ['python']][n - 1]! };
  const shown = { label, conf_schema: schema(n), meta: { n }, tags: [`tag-${n}`] };
  const own = {
    ...named(n, ['label', 'name'], label),
    ...named(n, ['conf_schema', 'config_schema'], shown.conf_schema),
    ...named(n, ['meta', 'metadata'], shown.meta),
    ...named(n, ['tags', 'keywords'], shown.tags),
  };
  const [config, first] = [{ word: `of version ${n}` }, { word: 'of version 1' }]; // which a registration keeps
  const parts = {
    same: { ...same, dependencies: ['core'] },
    file: { ...own, config },
    api: { ...shown, config: first },
  };
  return file('pack.yaml', parts, ({ packs }) => packs.get(ref));
};

/** The files of a pack in version `n`, 1 or 2: each key has another value in each. */
export const packFiles = (pack: string, n: 1 | 2): readonly ComponentFile[] => [
  packFile(pack, n),
  actionFile(pack, n),
  ...workflowFiles(pack, n),
  ...namedWorkflowFiles(pack, n),
  triggerFile(pack, n),
  ruleFile(pack, n),
  sensorFile(pack, n),
  queueFile(pack, n),
  setFile(pack, n),
  runtimeFile(pack, n),
];

const absent = (...names: string[]): JsonObject => Object.fromEntries(names.map((name) => [name, null]));

/**
 * Of a component by its name, what the API shows where its file has the required keys alone; null
 * also for a field that is not there.
 */
const DEFAULTS: Readonly<Record<string, JsonObject>> = {
  act: {
    ...absent('description', 'worker_selector', 'worker_tolerations', 'worker_affinity', 'timeout_seconds'),
    ...absent('artifact_retention_policy', 'artifact_retention_limit', 'log_retention_policy', 'log_retention_limit'),
    ...absent('default_execution_permission_set_refs', 'required_worker_runtimes', 'env_schema'),
    ...absent('param_schema', 'out_schema', 'runtime_version_constraint', 'on_worker_loss'),
    accesses_mcp: false,
  },
  hook: { ...absent('description', 'param_schema', 'out_schema'), enabled: true },
  'on-hook': {
    ...absent('description', 'permission_set_refs'),
    enabled: true,
    conditions: {},
    action_params: {},
    trigger_params: {},
  },
  jobs: {
    ...absent('description', 'permission_set_refs'),
    enabled: true,
    accepting_new_items: true,
    default_priority: 0,
    allow_pending_update: false,
    update_strategy: 'replace',
    batch_mode: 'single',
    item_schema: {},
    action_params: {},
    config: {},
  },
};

/** The files of the same pack with the required keys alone, and the defaults of all others. */
export function bareFiles(pack: string): readonly ComponentFile[] {
  const required: Readonly<Record<string, JsonObject>> = {
    act: { runner_type: 'shell', entry_point: 'program-1.sh' },
    hook: {},
    'on-hook': { trigger_ref: `${pack}.hook`, action_ref: `${pack}.act` },
    jobs: { dispatch_action: `${pack}.act` },
  };
  return packFiles(pack, 1).flatMap((full) => {
    const ref = full.content.ref as string;
    if (ref === pack) return [full];
    const name = ref.slice(pack.length + 1);
    const same = { ref, label: 'label 3' };
    const own = required[name];
    return own ? [{ ...full, content: { ...same, ...own }, shown: { ...same, ...DEFAULTS[name] } }] : [];
  });
}
