import type { JsonObject } from '../../../contract/json';
import { parseInquirySpec } from '../../../platform/core/inquiry/inquiry-spec';

test('null and absent are the same, and the prompt has a default', () => {
  const defaults = { strict: false, assignedTo: null, timeoutSeconds: null, timeoutAt: null, defaultResponse: null };
  const expected = { prompt: 'Approval required', responseSchema: null, ...defaults };

  expect(parseInquirySpec({})).toEqual(expected);
  expect(parseInquirySpec({ prompt: null, timeout_at: null, strict: null, default_response: null })).toEqual(expected);
});

test.each(['2026-01-27T10:00:00Z', '2028-02-29T23:59:59.123456+02:00', '2026-01-27T10:00:00-15:59'])(
  '%s is a valid timeout_at',
  (timeout_at) => {
    expect(parseInquirySpec({ timeout_at }).timeoutAt).toBe(timeout_at);
  },
);

test.each<[string, JsonObject]>([
  ['prompt', { prompt: '' }],
  ['prompt', { prompt: 'x'.repeat(10_001) }],
  ['prompt', { prompt: 7 }],
  ['prompt', { prompt: 'a\0b' }],
  ['response_schema', { response_schema: [] }],
  ['response_schema', { response_schema: { anyOf: [{ type: 'string', secret: true }] } }],
  ['response_schema', { strict: true }],
  ['strict', { strict: 'yes' }],
  ['assigned_to', { assigned_to: '7' }],
  ['timeout_seconds', { timeout_seconds: 0 }],
  ['timeout_seconds', { timeout_seconds: 1e300 }],
  ['timeout_at', { timeout_at: 'tomorrow' }],
  ['timeout_at', { timeout_at: '2026-02-30T00:00:00Z' }],
  ['timeout_at', { timeout_at: '2026-01-27' }],
  ['timeout_at', { timeout_at: '0000-01-01T00:00:00Z' }],
])('an invalid %s is named: %j', (path, given) => {
  expect(() => parseInquirySpec(given)).toThrow(expect.objectContaining({ name: 'InquirySpecError', path }) as Error);
});
