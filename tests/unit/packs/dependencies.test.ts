import { parseDependency, resolveDependencies } from '../../../platform/core/packs/dependencies';

test.each([
  ['other', { ref: 'other', range: '*' }],
  ['other@^1.2.0', { ref: 'other', range: '^1.2.0' }],
  ['other >=1.0.0 <2', { ref: 'other', range: '>=1.0.0 <2' }],
  ['other==1.0.0', { ref: 'other', range: '=1.0.0' }],
  ['other@newest', null],
  ['Other', null],
  ['git+ssh://host/x', null],
])('the dependency %s is parsed', (text, parsed) => {
  expect(parseDependency(text)).toEqual(parsed);
});

test('a pack of the list takes the place of an installed one', () => {
  const packs = [
    { ref: 'app', version: '1.0.0', dependencies: [{ ref: 'base', range: '^2.0.0' }] },
    { ref: 'base', version: '2.1.0', dependencies: [{ ref: 'gone', range: '*' }] },
  ];

  expect(resolveDependencies(packs, new Map([['base', '1.0.0']]))).toEqual([
    { ref: 'base', range: '^2.0.0', requiredBy: 'app', presentVersion: '2.1.0', isAccepted: true },
    { ref: 'gone', range: '*', requiredBy: 'base', presentVersion: null, isAccepted: false },
  ]);
});
