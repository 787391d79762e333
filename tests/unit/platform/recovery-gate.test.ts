import { RecoveryGate } from '../../../platform/executor/recovery/recovery-gate';

const openGate = () => new RecoveryGate({ leaseMs: 3_000, silenceMs: 1_500 });

test('recovery may act from the first answer on', () => {
  const gate = openGate();

  expect([0, 1_500, 3_000].map((at) => gate.recordAnswer(at))).toEqual([true, true, true]);
});

test('recovery waits one lease after a silence of the database', () => {
  const gate = openGate();
  gate.recordAnswer(0);

  const answers = [30_000, 31_000, 32_000, 32_999, 33_000].map((at) => gate.recordAnswer(at));

  expect(answers).toEqual([false, false, false, false, true]);
});

test('recovery waits one lease after a failed statement', () => {
  const gate = openGate();
  gate.recordAnswer(0);
  gate.recordFailure();

  expect([500, 1_500, 2_500, 3_499, 3_500].map((at) => gate.recordAnswer(at))).toEqual([
    ...[false, false, false, false, true],
  ]);
});
