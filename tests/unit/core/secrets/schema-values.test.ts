import { REDACTED } from '../../../../contract/json';
import { shownSchema } from '../../../../platform/core/secrets/shown-schema';

const SECRET = { type: 'string', secret: true };
const PROPERTIES = {
  user: { type: 'string', default: 'me' },
  token: { secret: true, default: 'shh', const: 'shh', enum: ['shh', 'psst'], example: 'shh', examples: ['shh'] },
  db: { type: 'object', properties: { host: {}, password: SECRET }, default: { host: 'h', password: 'shh' } },
  hosts: { type: 'array', items: { properties: { name: {}, pin: SECRET } }, default: [{ name: 'a', pin: 'shh' }] },
  box: { secret: true, properties: { inner: { default: 'shh' } } },
  from: { ...SECRET, default: '{{ keystore.token }}' },
};
const SHOWN = {
  user: { type: 'string', default: 'me' },
  token: {
    secret: true,
    default: REDACTED,
    const: REDACTED,
    enum: [REDACTED, REDACTED],
    example: REDACTED,
    examples: [REDACTED],
  },
  db: { type: 'object', properties: { host: {}, password: SECRET }, default: { host: 'h', password: REDACTED } },
  hosts: { type: 'array', items: { properties: { name: {}, pin: SECRET } }, default: [{ name: 'a', pin: REDACTED }] },
  box: { secret: true, properties: { inner: { default: REDACTED } } },
  from: { ...SECRET, default: '{{ keystore.token }}' },
};

test('defaults of secret properties are not shown', () => {
  expect(shownSchema(PROPERTIES)).toEqual(SHOWN);
});

test.each([
  ['classic schema', { type: 'object', properties: PROPERTIES }, { type: 'object', properties: SHOWN }],
  ['JSON Schema without a type', { properties: PROPERTIES }, { properties: SHOWN }],
  [
    'default of a whole classic schema',
    { type: 'object', properties: { pin: SECRET }, default: { pin: 'shh' } },
    { type: 'object', properties: { pin: SECRET }, default: { pin: REDACTED } },
  ],
])('%s is shown without its secrets', (_, schema, shown) => {
  expect(shownSchema(schema)).toEqual(shown);
});

test('parameters that are called like keywords are parameters', () => {
  const schema = { default: { type: 'string', default: 'a' }, items: { type: 'array' }, type: { default: 'b' } };

  expect(shownSchema(schema)).toEqual(schema);
});
