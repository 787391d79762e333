import { REDACTED } from '../../../contract/json';
import { disclosedParameters, shownParameters } from '../../../platform/core/rule-parameters/shown-parameters';
import { restoreSecrets } from '../../../platform/core/secrets/shown-document';

const SCHEMA = {
  user: { type: 'string' },
  password: { type: 'string', secret: true },
  db: { type: 'object', properties: { host: { type: 'string' }, token: { type: 'string', secret: true } } },
  keys: { type: 'array', secret: true },
};
const STORED = { user: 'me', password: 'hunter2', db: { host: 'h', token: 't0ken' }, keys: ['a', 'b'] };

test('what the schema declares secret is not shown', () => {
  expect(shownParameters(STORED, SCHEMA)).toEqual({
    user: 'me',
    password: REDACTED,
    db: { host: 'h', token: REDACTED },
    keys: REDACTED,
  });
  expect(shownParameters(STORED, null)).toEqual(STORED);
});

test.each([
  ['{{ keystore.db_password }}', '{{ keystore.db_password }}'],
  ['Bearer {{ keystore.token }}', REDACTED],
  ['{{ keystore.a }}{{ keystore.b }}', REDACTED],
])('%s in a secret parameter is shown as %j', (password, shown) => {
  expect(shownParameters({ password }, SCHEMA)).toEqual({ password: shown });
});

test('a marker that comes back stands for what is stored', () => {
  const given = {
    user: 'you',
    password: REDACTED,
    db: { host: 'other', token: REDACTED },
    keys: ['c'],
    more: REDACTED,
  };

  expect(restoreSecrets(given, STORED).document).toEqual({
    user: 'you',
    password: 'hunter2',
    db: { host: 'other', token: 't0ken' },
    keys: ['c'],
    more: REDACTED,
  });
});

const WITHOUT_PASSWORD = { ...SCHEMA, password: { type: 'string' } };

test.each([
  ['kept, and still secret', undefined, SCHEMA, []],
  ['kept, and shown afterwards', undefined, WITHOUT_PASSWORD, ['/password']],
  ['given as a marker', { password: REDACTED }, WITHOUT_PASSWORD, ['/password']],
  ['given again', { password: 'hunter2' }, WITHOUT_PASSWORD, []],
  ['all of no declared secret', undefined, null, ['/password', '/db/token', '/keys']],
  ['part of what is secret as a whole', undefined, { ...SCHEMA, db: { type: 'object', secret: true } }, []],
])('secrets that are %s', (_what, given, newSchema, disclosed) => {
  expect(disclosedParameters({ stored: STORED, schema: SCHEMA, given, newSchema })).toEqual(disclosed);
});
