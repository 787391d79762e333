import { Type, type Static } from '@sinclair/typebox';
import { Id, NullableText, stringEnum, Timestamp } from './json';

/** How the programs of a suite are started. */
export const TEST_RUNNERS = ['script', 'unittest', 'pytest', 'node'] as const;
export type TestRunner = (typeof TEST_RUNNERS)[number];

const count = Type.Integer({ minimum: 0 });

const TestCase = Type.Object({
  name: Type.String(),
  status: stringEnum(['passed', 'failed', 'skipped', 'error']),
  durationMs: count,
  errorMessage: NullableText,
  stdout: NullableText,
  stderr: NullableText,
});
export type TestCase = Static<typeof TestCase>;

const TestSuite = Type.Object({
  name: Type.String(),
  runnerType: Type.String(),
  total: count,
  passed: count,
  failed: count,
  skipped: count,
  durationMs: count,
  testCases: Type.Array(TestCase),
});
export type TestSuite = Static<typeof TestSuite>;

const counts = {
  totalTests: count,
  passed: count,
  failed: count,
  skipped: count,
  passRate: Type.Number({ minimum: 0, maximum: 1 }),
  durationMs: count,
};

export const PackTestResult = Type.Object({
  packRef: Type.String(),
  packVersion: Type.String(),
  executionTime: Timestamp,
  status: stringEnum(['passed', 'failed']),
  ...counts,
  testSuites: Type.Array(TestSuite),
});
export type PackTestResult = Static<typeof PackTestResult>;

const TEST_REASONS = ['install', 'update', 'manual', 'validation'] as const;
export type TestReason = (typeof TEST_REASONS)[number];

export const PackTestRecord = Type.Object({
  id: Id,
  packId: Id,
  packVersion: Type.String(),
  executionTime: Timestamp,
  triggerReason: stringEnum(TEST_REASONS),
  ...counts,
  result: PackTestResult,
  created: Timestamp,
});
export type PackTestRecord = Static<typeof PackTestRecord>;
