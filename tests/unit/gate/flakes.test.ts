import {
  daysLeft,
  flakeFindings,
  flakesText,
  parseFlakes,
  withFlakes,
  type Flake,
} from '../../../tools/gate/run/flakes';

const flake = (test: string, date = '2026-11-26'): Flake => ({
  test,
  file: 'tests/unit/a.test.ts',
  commit: '3f2a91c',
  date,
  message: 'expected 1',
  load: 7.25,
});

const codesOn = (flakes: readonly Flake[], today: string) => flakeFindings(flakes, today).map(({ code }) => code);

test('a flake may be listed for 14 days', () => {
  expect(daysLeft(flake('a'), '2026-12-10')).toBe(0);
  expect(codesOn([flake('a')], '2026-12-10')).toEqual([]);
  expect(codesOn([flake('a')], '2026-12-11')).toEqual(['FLAKE_TOO_OLD']);
});

test('five flakes may be listed', () => {
  const flakes = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => flake(name));

  expect(codesOn(flakes.slice(1), '2026-11-26')).toEqual([]);
  expect(codesOn(flakes, '2026-11-26')).toEqual(['TOO_MANY_FLAKES']);
});

test('a flake that is listed keeps its date', () => {
  const [old, again, other] = [flake('a', '2026-11-01'), flake('a'), flake('b')];

  expect(withFlakes([old], [again, other, other])).toEqual([old, other]);
});

test('a list is read as it was written, and a wrong one is rejected', () => {
  const flakes = [flake('a'), flake('b')];

  expect(parseFlakes(flakesText(flakes))).toEqual(flakes);
  expect(parseFlakes('[]\n')).toEqual([]);
  expect(() => parseFlakes('{}')).toThrow('FLAKES_INVALID: /: expected a list of flakes');
  expect(() => parseFlakes('[')).toThrow('FLAKES_INVALID: it is not JSON');
  expect(() => parseFlakes(flakesText([flake('a', '2026-02-30')]))).toThrow('2026-02-30 is no day');
});
