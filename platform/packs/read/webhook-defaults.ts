import type { JsonObject } from '../../../contract/json';
import { WebhookDefaults } from '../../../contract/webhook-security';
import { defaultsFaults } from '../../core/webhook/check-settings';
import { checkShape } from '../../core/webhook/check-shape';
import { describeErrors } from '../../core/schema/validator';
import type { YamlFields } from './yaml-fields';

/** `webhook` of a trigger: body, headers and signature, never its secret. Throws PackFileError. */
export function readWebhookDefaults(fields: YamlFields): JsonObject | null {
  const webhook = fields.map('webhook');
  if (webhook === undefined) return null;
  const shape = checkShape(WebhookDefaults, webhook);
  const faults = 'faults' in shape ? shape.faults : defaultsFaults(shape.value);
  if (faults.length === 0) return webhook;
  const located = faults.map(({ path, message }) => ({ path: `webhook${path && '/'}${path}`, message }));
  throw fields.error('webhook', describeErrors(located));
}
