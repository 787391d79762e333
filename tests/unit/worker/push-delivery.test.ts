import { nextDeliveryStep } from '../../../platform/core/worker/push-delivery';

const NEW = { failures: 0, failingMs: 0, limitMs: 300_000 };
const AWAY = { status: null, problem: 'CONNECTION: ECONNREFUSED', isBlocked: false } as const;

test.each([200, 202, 204, 299])('status %i accepts the execution', (status) => {
  expect(nextDeliveryStep({ status }, NEW)).toEqual({ is: 'accepted' });
});

test.each([301, 307, 400, 401, 404, 409, 422])('status %i is a refusal', (status) => {
  expect(nextDeliveryStep({ status }, NEW)).toEqual({ is: 'failed', code: 'DELIVERY_REFUSED' });
});

test.each([429, 500, 503])('status %i is delivered again', (status) => {
  expect(nextDeliveryStep({ status }, NEW)).toEqual({ is: 'retry', delayMs: 1_000 });
});

test('the delays double up to 30 s', () => {
  const delays = [0, 1, 2, 3, 4, 5, 60].map((failures) => nextDeliveryStep(AWAY, { ...NEW, failures }));

  const expected = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000].map((delayMs) => ({ is: 'retry', delayMs }));
  expect(delays).toEqual(expected);
});

test('an agent that is away for the pick-up limit gets no further delivery', () => {
  const steps = [299_999, 300_000].map((failingMs) => nextDeliveryStep(AWAY, { ...NEW, failures: 9, failingMs }).is);

  expect(steps).toEqual(['retry', 'failed']);
  expect(nextDeliveryStep({ status: 503 }, { ...NEW, failures: 9, failingMs: 300_000 })).toEqual({
    is: 'failed',
    code: 'DELIVERY_FAILED',
  });
});

test('a blocked address is not tried again', () => {
  expect(nextDeliveryStep({ ...AWAY, isBlocked: true }, NEW)).toEqual({ is: 'failed', code: 'EGRESS_BLOCKED' });
});
