import type { JsonObject } from '../../../contract/json';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../helpers/scenario/polling';
import { withPlatform } from './with-platform';
import { livenessDeadline } from '../liveness';

const PACK = 'rulekeys';
const SECRET = 'open-sesame-42';
const MARKER = { $attune_secret: true, redacted: true };
const client = withPlatform(PACK);

let ruleCount = 0;

beforeAll(async () => {
  const owner = { owner_type: 'pack' as const, owner_pack_ref: PACK };
  await client().keys.create({ ref: `${PACK}.pass`, name: 'pass', ...owner, value: { word: SECRET }, encrypted: true });
  await client().keys.create({ ref: `${PACK}.place`, name: 'place', ...owner, value: 'here' });
  const action = { pack_ref: PACK, entrypoint: 'printf "%s" "$token" | sha256sum', runtime_ref: 'core.shell' };
  const param_schema = { token: { type: 'string', secret: true }, message: { type: 'string' } };
  await client().actions.create({ ref: `${PACK}.take`, label: 'take', ...action, param_schema });
  await client().triggers.create({ ref: `${PACK}.hook`, pack_ref: PACK, label: 'hook' });
});

const createRule = (action_params: JsonObject, trigger = 'hook') => {
  const ends = { action_ref: `${PACK}.take`, trigger_ref: `${PACK}.${trigger}` };
  return client().rules.create({
    ref: `${PACK}.rule-${++ruleCount}`,
    pack_ref: PACK,
    label: 'rule',
    ...ends,
    action_params,
  });
};

/** Fires the trigger. Returns the rule's one execution once it has the status `goal`. */
const fireRule = async (ref: string, goal: 'completed' | 'failed', trigger = 'hook', payload: JsonObject = {}) => {
  const { webhook_key } = await client().triggers.enableWebhook(`${PACK}.${trigger}`);
  await client().webhooks.post(webhook_key!, payload);
  const condition = executionsToBe(goal, 1, client(), { rule_ref: ref });
  const [execution] = await until(condition, livenessDeadline());
  await client().rules.disable(ref);
  return client().executions.get(execution!.id);
};

test('an encrypted key reaches a secret parameter, a plain key any parameter', async () => {
  const message = 'it is {{ keystore.place }}{{ keystore.nowhere }}';
  const { ref } = await createRule({ token: '{{ keystore.pass.word }}', message });

  const { config } = await fireRule(ref, 'completed');

  expect(config).toEqual({ token: MARKER, message: 'it is here' });
  expect(JSON.stringify(await client().enforcements.list({ rule_ref: ref }))).not.toContain(SECRET);
});

test('TP-06 a rule that passes a secret to a plain parameter is rejected', async () => {
  const creation = createRule({ token: 'x', message: 'the word is {{ keystore.pass.word }}' });

  await expect(creation).rejects.toMatchObject({ status: 422, code: 'VALIDATION_ERROR' });
});

test('TP-06 a key that is encrypted later fails its execution unstarted', async () => {
  const { ref } = await createRule({ token: 'x', message: '{{ keystore.place }}' });
  await client().keys.update(`${PACK}.place`, { value: SECRET, encrypted: true });

  const execution = await fireRule(ref, 'failed');

  expect(execution).toMatchObject({
    worker: null,
    config: { token: MARKER, message: MARKER },
    result: { succeeded: false, error: 'Secret value cannot be assigned to non-secret parameter path(s): message' },
  });
  expect(execution.started_at).toBeUndefined();
  expect(JSON.stringify(execution)).not.toContain(SECRET);
});

const paths = ['event.payload.code', 'trigger.payload.code', 'event.payload', 'event.payload.code | upper'];

test.each(paths)('TP-06 a secret of an event for a plain parameter is rejected: %s', async (path) => {
  const out_schema = { code: { type: 'string', secret: true }, place: { type: 'string' } };
  const trigger = `given-${paths.indexOf(path)}`;
  await client().triggers.create({ ref: `${PACK}.${trigger}`, pack_ref: PACK, label: 'given', out_schema });
  const creation = createRule({ message: `it is {{ ${path} }}` }, trigger);

  await expect(creation).rejects.toMatchObject({ status: 422, code: 'VALIDATION_ERROR' });
});

test('TP-06 what a trigger declares secret later is shown by no execution', async () => {
  await client().triggers.create({ ref: `${PACK}.later`, pack_ref: PACK, label: 'later' });
  const { ref } = await createRule({ token: '{{ event.payload.code }}', message: '{{ event.payload.code }}' }, 'later');
  const value = { code: { type: 'string', secret: true } };
  await client().triggers.update(`${PACK}.later`, { out_schema: { op: 'set', value } });

  const execution = await fireRule(ref, 'failed', 'later', { code: SECRET });

  expect(execution).toMatchObject({
    worker: null,
    config: { token: MARKER, message: MARKER },
    result: { succeeded: false, error: 'Secret value cannot be assigned to non-secret parameter path(s): message' },
  });
  expect(JSON.stringify(await client().enforcements.list({ rule_ref: ref }))).not.toContain(SECRET);
});

test('a secret of an event reaches a secret parameter', async () => {
  const out_schema = { code: { type: 'string', secret: true }, place: { type: 'string' } };
  await client().triggers.create({ ref: `${PACK}.both`, pack_ref: PACK, label: 'both', out_schema });
  const parameters = { token: '{{ event.payload.code }}', message: '{{ event.payload.place }}' };
  const { ref } = await createRule(parameters, 'both');

  const { config } = await fireRule(ref, 'completed', 'both', { code: SECRET, place: 'here' });

  expect(config).toEqual({ token: MARKER, message: 'here' });
});
