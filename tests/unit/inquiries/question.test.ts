import type { JsonObject } from '../../../contract/json';
import { questionOf } from '../../../platform/core/inquiry/question';

test('null and absent are the same, and the prompt has a default', () => {
  const nothing = { strict: false, assignedTo: null, timeoutSeconds: null, timeoutAt: null, defaultResponse: null };
  const asked = { prompt: 'Approval required', responseSchema: null, ...nothing };

  expect(questionOf({})).toEqual(asked);
  expect(questionOf({ prompt: null, timeout_at: null, strict: null, default_response: null })).toEqual(asked);
});

test.each(['2026-01-27T10:00:00Z', '2028-02-29T23:59:59.123456+02:00', '2026-01-27T10:00:00-15:59'])(
  '%s is a moment',
  (timeout_at) => {
    expect(questionOf({ timeout_at }).timeoutAt).toBe(timeout_at);
  },
);

test.each<[string, JsonObject]>([
  ['prompt', { prompt: '' }],
  ['prompt', { prompt: 'x'.repeat(10_001) }],
  ['prompt', { prompt: 7 }],
  ['prompt', { prompt: 'a\0b' }],
  ['response_schema', { response_schema: [] }],
  ['response_schema', { strict: true }],
  ['strict', { strict: 'yes' }],
  ['assigned_to', { assigned_to: '7' }],
  ['timeout_seconds', { timeout_seconds: 0 }],
  ['timeout_seconds', { timeout_seconds: 1e300 }],
  ['timeout_at', { timeout_at: 'tomorrow' }],
  ['timeout_at', { timeout_at: '2026-02-30T00:00:00Z' }],
  ['timeout_at', { timeout_at: '2026-01-27' }],
  ['timeout_at', { timeout_at: '0000-01-01T00:00:00Z' }],
])('%s is refused by name: %j', (path, given) => {
  expect(() => questionOf(given)).toThrow(expect.objectContaining({ name: 'QuestionError', path }) as Error);
});
