import type { TwinTenant } from './tenant-twins';

/** A ref that is the beginning of another one: `lists`. */
export const PACK = 'list';

export type RunComponents = Awaited<ReturnType<typeof createRunComponents>>;

/** Two packs, triggers and sensors without a process, actions, workflows and rules. */
export async function createRunComponents({ client }: TwinTenant) {
  const { packs, triggers, sensors, actions, workflows, rules } = client;
  await Promise.all([PACK, `${PACK}s`].map((ref) => packs.create({ ref, label: ref, version: '1.0.0' })));
  const own = (name: string) => ({ ref: `${PACK}.${name}`, pack_ref: PACK, label: name });
  const workflow = (action: string) => ({
    version: '1.0.0',
    definition: { version: '1.0.0', tasks: [{ name: 'only', action }] },
  });
  const program = { entrypoint: 'true', runtime_ref: 'core.shell' };
  await Promise.all([
    triggers.create(own('hook')),
    triggers.create(own('hooks')),
    actions.create({ ...own('run'), ...program }),
    actions.create({ ...own('gone'), ...program }),
    actions.create({ ref: `${PACK}s.run`, pack_ref: `${PACK}s`, label: 'run', ...program }),
    workflows.create({ ...own('flow'), ...workflow('core.noop') }),
    workflows.create({ ...own('wait'), ...workflow('core.ask') }),
  ]);
  const [trigger_ref, other_ref] = [`${PACK}.hook`, `${PACK}.hooks`];
  const idle = { enabled: false, entrypoint: 'none', runtime_ref: 'core.shell' };
  const [one, two, flows, , onlyRun, exiting, hooks] = await Promise.all([
    sensors.create({ ...own('one'), ...idle, trigger_ref }),
    sensors.create({ ...own('two'), ...idle, trigger_ref: other_ref }),
    rules.create({ ...own('flows'), trigger_ref: other_ref, action_ref: `${PACK}.flow` }),
    rules.create({ ...own('gone'), trigger_ref: other_ref, action_ref: `${PACK}.gone` }),
    rules.create({ ...own('rule'), trigger_ref, action_ref: `${PACK}.run` }),
    rules.create({ ...own('rules'), trigger_ref, action_ref: 'core.noop', action_params: { exit_code: 3 } }),
    triggers.enableWebhook(other_ref),
  ]);
  await actions.remove(`${PACK}.gone`);
  return { hook: { ref: trigger_ref }, hooks, one, two, rules: { flows, one: onlyRun, exiting } };
}
