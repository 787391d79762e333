import { requireInstance } from '../../../helpers/target/require-instance';
import { TargetError } from '../../../helpers/target/target-error';

const url = 'http://127.0.0.1:8080';
const manifestOf = (instance_id: string) => ({
  platform: { name: 'tuningfork', version: '0.1.0', instance_id, started_at: '2026-01-01T00:00:00Z' },
  capabilities: {},
});

test('an instance other than the expected one is rejected', () => {
  expect(() => requireInstance({ url, instanceId: 'a1' }, manifestOf('b2'))).toThrow(TargetError);
  expect(() => requireInstance({ url, instanceId: 'a1' }, manifestOf('b2'))).toThrow(
    'another platform responds at http://127.0.0.1:8080: instance b2 instead of a1',
  );
});

test.each([
  ['the expected instance', 'a1', manifestOf('a1')],
  ['any instance, if none is expected', null, manifestOf('b2')],
  ['a platform without a manifest', 'a1', null],
])('%s is accepted', (_, instanceId, manifest) => {
  expect(() => requireInstance({ url, instanceId }, manifest)).not.toThrow();
});
