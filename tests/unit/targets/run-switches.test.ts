import { isTimeVirtual, isSelected, readRunSwitches, switchFindings } from '../../../helpers/target/run-switches';

test.each([
  [{}, { mode: 'full', lifecycle: 'on', requireLive: false, time: 'virtual' }],
  [
    { E2E_MODE: '', E2E_LIFECYCLE: '', REQUIRE_LIVE: '' },
    { mode: 'full', lifecycle: 'on', requireLive: false, time: 'virtual' },
  ],
  [
    { E2E_MODE: 'smoke', E2E_LIFECYCLE: 'off', REQUIRE_LIVE: '1', E2E_TIME: 'real' },
    { mode: 'smoke', lifecycle: 'off', requireLive: true, time: 'real' },
  ],
])('%j', (env, switches) => {
  expect(readRunSwitches(env)).toEqual(switches);
});

test.each([
  [{ E2E_MODE: 'SMOKE' }, 'E2E_MODE=SMOKE is not accepted: use full or smoke'],
  [{ E2E_LIFECYCLE: 'false' }, 'E2E_LIFECYCLE=false is not accepted: use on or off'],
  [{ E2E_TIME: 'fast' }, 'E2E_TIME=fast is not accepted: use virtual or real'],
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

test('in real time, the tests that need a clock to move are left out', () => {
  const real = readRunSwitches({ E2E_TIME: 'real' });

  expect([isSelected(real, ['clock.virtual']), isSelected(real, ['core'])]).toEqual([false, true]);
});

test.each([
  [{}, { 'clock.virtual': true as const }, true],
  [{ E2E_TIME: 'real' }, { 'clock.virtual': true as const }, false],
  [{}, {}, false],
])('%j: time is virtual on a target with %j: %s', (env, capabilities, isVirtual) => {
  expect(isTimeVirtual({ switches: readRunSwitches(env), capabilities })).toBe(isVirtual);
});

test('the need of the lifecycle is absent where it is switched off', () => {
  expect(switchFindings(readRunSwitches({ E2E_LIFECYCLE: 'off' }))).toEqual({
    lifecycle: { isProven: false, reason: 'E2E_LIFECYCLE=off' },
  });
});
