import { busyFactor, measureProcessorTime } from '../../../helpers/scenario/time/processor-wait';

test('a process that runs is measured', () => {
  const processorTime = measureProcessorTime();
  const before = processorTime();
  for (const endsAt = performance.now() + 50; performance.now() < endsAt;);

  expect(processorTime().ranMs + processorTime().waitedMs).toBeGreaterThan(before.ranMs + before.waitedMs + 20);
});

test.each([
  ['ran beside the test files of the suite', { ranMs: 1_000, waitedMs: 2_000 }, 1],
  ['waited three times longer than that', { ranMs: 1_000, waitedMs: 6_000 }, 3],
  ['was not measured', { ranMs: 0, waitedMs: 0 }, 1],
])('the factor of a process that %s', (_, time, factor) => {
  expect(busyFactor(time)).toBe(factor);
});
