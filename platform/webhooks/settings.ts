import type { IncomingHttpHeaders } from 'node:http';
import { isObject, type Json, type JsonObject } from '../../contract/json';
import { WebhookSignature } from '../../contract/webhook-signatures';
import { checkShape } from '../core/webhook/check-shape';
import { keptHeaderFault } from '../core/webhook/kept-headers';
import { signatureForm, type DigestForm, type TokenForm } from '../core/webhook/signature-forms';

/** One value of a webhook's settings, which are stored as they were sent. */
export const webhookSetting = (config: Json, name: string): Json | undefined =>
  isObject(config) ? config[name] : undefined;

/** A section with the switch `enabled`; null where it is missing or switched off. */
export function enabledSection(config: Json, name: string): JsonObject | null {
  const section = webhookSetting(config, name);
  return isObject(section) && section.enabled === true ? section : null;
}

export const takesRawBody = (config: Json): boolean => webhookSetting(config, 'body') === 'raw';

interface SignatureSettings {
  readonly form: DigestForm | TokenForm;
  readonly secret: string;
}

/** The signature that calls must have; null: none. */
export function readSignature(config: Json): SignatureSettings | 'unreadable' | null {
  const signature = webhookSetting(config, 'signature') ?? null;
  if (signature === null) return null;
  const checked = checkShape(WebhookSignature, signature);
  return 'faults' in checked ? 'unreadable' : { form: signatureForm(checked.value), secret: checked.value.secret };
}

/** The headers of a call that its event has, by name in lower case. */
export function keptHeaders(config: Json, headers: IncomingHttpHeaders): JsonObject {
  const names = webhookSetting(config, 'headers');
  const signature = readSignature(config);
  const own = signature === null || signature === 'unreadable' ? null : signature.form.header;
  const kept = (Array.isArray(names) ? names : []).flatMap((name) => {
    if (typeof name !== 'string' || keptHeaderFault(name, own) !== null) return [];
    const value = headers[name.toLowerCase()];
    return value === undefined ? [] : [[name.toLowerCase(), value] as const];
  });
  return Object.fromEntries(kept);
}
