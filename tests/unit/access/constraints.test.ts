import type { JsonObject } from '../../../contract/json';
import { covers, isNaming, type Target } from '../../../platform/access/constraints';

const me = { identity: 7, attributes: { team: 'ops', level: 2 } };
const grant = (constraints: JsonObject) => ({ resource: 'keys', actions: ['read'], constraints });
const target: Target = {
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
  expect(covers(grant(constraints), target, me)).toBe(true);
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
  expect(covers(grant(constraints), target, me)).toBe(false);
});

test('what is not known of a target is never taken for granted', () => {
  const constraints: JsonObject[] = [
    { pack_refs: [] },
    { owner: 'self' },
    { owner: 'none' },
    { encrypted: false },
    { ids: [1] },
  ];
  expect(constraints.filter((some) => covers(grant(some), {}, me))).toEqual([]);
  expect(covers(grant({}), {}, me)).toBe(true);
});

test('only constraints that single out an owner, a ref or an id open what is somebody else’s', () => {
  const naming = [{ refs: [] }, { owner: 'any' }, { visibility: ['private'] }, { encrypted: true }, {}];
  expect(naming.map((some) => isNaming(grant(some)))).toEqual([true, true, true, false, false]);
});
