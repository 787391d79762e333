import { isSelected, readRunSwitches, switchFindings } from '../../../helpers/target/run-switches';

test.each([
  [{}, { mode: 'full', lifecycle: 'on', requireLive: false }],
  [
    { E2E_MODE: '', E2E_LIFECYCLE: '', REQUIRE_LIVE: '' },
    { mode: 'full', lifecycle: 'on', requireLive: false },
  ],
  [
    { E2E_MODE: 'smoke', E2E_LIFECYCLE: 'off', REQUIRE_LIVE: '1' },
    { mode: 'smoke', lifecycle: 'off', requireLive: true },
  ],
])('%j', (env, switches) => {
  expect(readRunSwitches(env)).toEqual(switches);
});

test.each([
  [{ E2E_MODE: 'SMOKE' }, 'E2E_MODE=SMOKE is not accepted: use full or smoke'],
  [{ E2E_LIFECYCLE: 'false' }, 'E2E_LIFECYCLE=false is not accepted: use on or off'],
  [{ REQUIRE_LIVE: 'yes' }, 'REQUIRE_LIVE=yes is not accepted: use 0 or 1'],
])('%j is rejected with the choices', (env, message) => {
  expect(() => readRunSwitches(env)).toThrow(message);
});

test('only smoke mode leaves tests out, and only those of the lifecycle', () => {
  const [full, smoke] = [readRunSwitches({}), readRunSwitches({ E2E_MODE: 'smoke' })];

  expect([
    isSelected(full, ['lifecycle']),
    isSelected(smoke, ['sql', 'lifecycle']),
    isSelected(smoke, ['sql']),
  ]).toEqual([...[true, false, true]]);
});

test('the need of the lifecycle is absent where it is switched off', () => {
  expect(switchFindings(readRunSwitches({ E2E_LIFECYCLE: 'off' }))).toEqual({
    lifecycle: { isProven: false, reason: 'E2E_LIFECYCLE=off' },
  });
});
