import type { TestRecord } from '../../../helpers/scenario/test-records';

/** The record of a test of 1 s; one that is not proven lacks `rbac`. */
export const record = (id: string, result: TestRecord['class'], more: Partial<TestRecord> = {}): TestRecord => ({
  id,
  title: 'a title',
  class: result,
  budget: 1,
  seconds: 1,
  latencyMs: 0,
  jitterMs: 0,
  missing: result === 'not proven' ? ['rbac'] : [],
  ...more,
});
