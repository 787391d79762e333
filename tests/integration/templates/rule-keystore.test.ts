import type { JsonObject } from '../../../contract/json';
import { executionsToBe } from '../../../helpers/event-conditions';
import { until } from '../../../helpers/polling';
import { withPlatform } from './stage';

jest.setTimeout(60_000);

const PACK = 'rulekeys';
const SECRET = 'open-sesame-42';
const MARKER = { $attune_secret: true, redacted: true };
const client = withPlatform(PACK);

let made = 0;

beforeAll(async () => {
  const owner = { owner_type: 'pack' as const, owner_pack_ref: PACK };
  await client().keys.create({ ref: `${PACK}.pass`, name: 'pass', ...owner, value: { word: SECRET }, encrypted: true });
  await client().keys.create({ ref: `${PACK}.place`, name: 'place', ...owner, value: 'here' });
  const action = { pack_ref: PACK, entrypoint: 'printf "%s" "$token" | sha256sum', runtime_ref: 'core.shell' };
  const param_schema = { token: { type: 'string', secret: true }, said: { type: 'string' } };
  await client().actions.create({ ref: `${PACK}.take`, label: 'take', ...action, param_schema });
  await client().triggers.create({ ref: `${PACK}.hook`, pack_ref: PACK, label: 'hook' });
});

const rule = (action_params: JsonObject) => {
  const ends = { action_ref: `${PACK}.take`, trigger_ref: `${PACK}.hook` };
  return client().rules.create({
    ref: `${PACK}.rule-${++made}`,
    pack_ref: PACK,
    label: 'rule',
    ...ends,
    action_params,
  });
};

/** Fires the trigger, and answers the rule's one execution once it has ended so. */
const fire = async (ref: string, goal: 'completed' | 'failed') => {
  const { webhook_key } = await client().triggers.enableWebhook(`${PACK}.hook`);
  await client().webhooks.post(webhook_key!, {});
  const condition = executionsToBe(goal, 1, client(), { rule_ref: ref });
  const [execution] = await until(condition, performance.now() + 20_000);
  await client().rules.disable(ref);
  return client().executions.get(execution!.id);
};

test('a key of the pack reaches a secret parameter, and one that is no secret any parameter', async () => {
  const said = 'it is {{ keystore.place }}{{ keystore.nowhere }}';
  const { ref } = await rule({ token: '{{ keystore.pass.word }}', said });

  const { config } = await fire(ref, 'completed');

  expect(config).toEqual({ token: MARKER, said: 'it is here' });
  expect(JSON.stringify(await client().enforcements.list({ rule_ref: ref }))).not.toContain(SECRET);
});

test('a rule that would show a secret is refused when it is saved', async () => {
  const saving = rule({ token: 'x', said: 'the word is {{ keystore.pass.word }}' });

  await expect(saving).rejects.toMatchObject({ status: 422, code: 'VALIDATION_ERROR' });
});

test('a key that becomes secret later ends the execution without a process, naming the parameter', async () => {
  const { ref } = await rule({ token: 'x', said: '{{ keystore.place }}' });
  await client().keys.update(`${PACK}.place`, { value: SECRET, encrypted: true });

  const execution = await fire(ref, 'failed');

  expect(execution).toMatchObject({
    ...{ worker: null, config: { token: MARKER, said: MARKER } },
    result: { succeeded: false, error: 'Secret value cannot be assigned to non-secret parameter path(s): said' },
  });
  expect(execution.started_at).toBeUndefined();
  expect(JSON.stringify(execution)).not.toContain(SECRET);
});
