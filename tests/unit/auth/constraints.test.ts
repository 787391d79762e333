import type { JsonObject } from '../../../contract/json';
import { grantCovers, isSpecificGrant, type AuthorizationTarget } from '../../../platform/auth/constraints';

const subject = { identity: 7, attributes: { team: 'ops', level: 2 } };
const grant = (constraints: JsonObject) => ({ resource: 'keys', actions: ['read'], constraints });
const target: AuthorizationTarget = {
  id: 3,
  ref: 'pack.key',
  packRef: 'pack',
  owner: 7,
  ownerType: 'identity',
  ownerRefs: ['7'],
  visibility: 'private',
  encrypted: true,
  scope: 'descendants',
};

test.each<[JsonObject]>([
  [{}],
  [{ pack_refs: ['other', 'pack'] }],
  [{ owner: 'self' }],
  [{ owner: 'any' }],
  [{ owner_types: ['identity'] }],
  [{ owner_refs: ['7'] }],
  [{ visibility: ['private'] }],
  [{ execution_scope: 'descendants' }],
  [{ execution_scope: 'any' }],
  [{ refs: ['pack.key'] }],
  [{ ids: [3] }],
  [{ encrypted: true }],
  [{ attributes: { team: 'ops' } }],
  [{ refs: ['pack.key'], encrypted: true, owner: 'self' }],
])('%j holds', (constraints) => {
  expect(grantCovers(grant(constraints), target, subject)).toBe(true);
});

test.each<[JsonObject]>([
  [{ pack_refs: ['other'] }],
  [{ pack_refs: 'pack' }],
  [{ owner: 'none' }],
  [{ owner_types: [] }],
  [{ owner_refs: ['8'] }],
  [{ visibility: ['public'] }],
  [{ execution_scope: 'self' }],
  [{ execution_scope: 'everything' }],
  [{ refs: ['*'] }],
  [{ ids: ['3'] }],
  [{ encrypted: false }],
  [{ attributes: { team: 'ops', level: 3 } }],
  [{ refs: ['pack.key'], encrypted: false }],
  [{ unheard_of: true }],
  [{ constructor: [] }],
])('%j does not hold', (constraints) => {
  expect(grantCovers(grant(constraints), target, subject)).toBe(false);
});

test('a constraint on an unknown field of a target does not hold', () => {
  const constraints: JsonObject[] = [
    { pack_refs: [] },
    { owner: 'self' },
    { owner: 'none' },
    { encrypted: false },
    { ids: [1] },
  ];
  expect(constraints.filter((some) => grantCovers(grant(some), {}, subject))).toEqual([]);
  expect(grantCovers(grant({}), {}, subject)).toBe(true);
});

test('only constraints that name an owner, a ref or an id are specific', () => {
  const specific = [{ refs: [] }, { owner: 'any' }, { visibility: ['private'] }, { encrypted: true }, {}];
  expect(specific.map((some) => isSpecificGrant(grant(some)))).toEqual([true, true, true, false, false]);
});
