import type { Static } from '@sinclair/typebox';
import { WebhookDefaults, WebhookSecurity } from '../../../contract/webhook-security';
import { SignatureForm, WebhookSignature } from '../../../contract/webhook-signatures';
import type { ValidationError } from '../schema/validator';
import { keptHeaderFault } from './kept-headers';
import { SCHEME_FIELDS, base64Key, signatureForm } from './signature-forms';
import { deliveryHeaderFault, signingHeaderFault } from './unusable-headers';

type Signature = Static<typeof SignatureForm> & { readonly secret?: string };
type Settings = Omit<WebhookSecurity, 'signature'> & { readonly signature?: Signature };

const fault = (path: string, message: string): ValidationError => ({ path, message });

/** The keys that a part of the settings does not have, with those that it has. */
function unknownKeys(part: object, known: readonly string[], root: string): ValidationError[] {
  const at = (key: string) => (root === '' ? key : `${root}/${key}`);
  return Object.keys(part)
    .filter((key) => !known.includes(key))
    .map((key) => fault(at(key), `is unknown: allowed are ${known.join(', ')}`));
}

const keysOf = (schema: { readonly properties: object }): string[] => Object.keys(schema.properties);

const SECRET_IN_FILE = fault('signature/secret', 'must not be in a file: set it with PUT …/webhooks/security');

/** As below, for what the file of a pack says: the secret of a webhook is set by its owner. */
export function defaultsFaults(defaults: Static<typeof WebhookDefaults>): ValidationError[] {
  const hasSecret = defaults.signature !== undefined && 'secret' in defaults.signature;
  return [
    ...(hasSecret ? [SECRET_IN_FILE] : []),
    ...unknownKeys(defaults, keysOf(WebhookDefaults), ''),
    ...settingsFaults(defaults),
  ];
}

/** The mistakes that the schema of the settings does not find; `settings` has its shape. */
export function settingsFaults(settings: Settings): ValidationError[] {
  const { signature, headers = [], hmac, dedupe_header: dedupe } = settings;
  const nested = (['ip_whitelist', 'rate_limit', 'hmac'] as const).flatMap((name) =>
    unknownKeys(settings[name] ?? {}, keysOf(WebhookSecurity.properties[name]), name),
  );
  const isTwice = hmac !== undefined && signature !== undefined;
  const isForeign = signature !== undefined && settings.replay_window_seconds !== undefined;
  const isUnsigned = !isForeign && hmac === undefined && settings.replay_window_seconds !== undefined;
  return [
    ...unknownKeys(settings, keysOf(WebhookSecurity), ''),
    ...nested,
    ...(isTwice ? [fault('hmac', 'excludes signature: give one of them')] : []),
    ...(isForeign ? [fault('replay_window_seconds', 'belongs to hmac: set signature/tolerance_seconds')] : []),
    ...(isUnsigned ? [fault('replay_window_seconds', 'needs hmac: it is the age of a signed timestamp')] : []),
    ...(headers.length > 0 && settings.body !== 'raw' ? [fault('headers', 'need the body raw')] : []),
    ...(dedupe === undefined ? [] : dedupeFaults(dedupe, signature)),
    ...headerFaults(headers, signature),
    ...(signature === undefined ? [] : signatureFaults(signature)),
  ];
}

function dedupeFaults(name: string, signature: Signature | undefined): ValidationError[] {
  const message = deliveryHeaderFault(name, signature === undefined ? null : signatureForm(signature));
  return message === null ? [] : [fault('dedupe_header', message)];
}

function headerFaults(headers: readonly string[], signature: Signature | undefined): ValidationError[] {
  const header = signature === undefined ? null : signatureForm(signature).header;
  return headers.flatMap((name, index) => {
    const message = keptHeaderFault(name, header);
    return message === null ? [] : [fault(`headers/${index}`, `${name} ${message}`)];
  });
}

function signatureFaults(signature: Signature): ValidationError[] {
  const { scheme, secret } = signature;
  const fields = SCHEME_FIELDS[scheme];
  const known = keysOf(WebhookSignature);
  const unknown = unknownKeys(signature, known, 'signature');
  const foreign = keysOf(SignatureForm)
    .filter((key) => key !== 'scheme' && key in signature && !fields.includes(key))
    .map((key) => {
      const allowed = ['scheme', 'secret', ...fields].join(', ');
      return fault(`signature/${key}`, `is no field of the scheme ${scheme}, which has ${allowed}`);
    });
  const isUnreadable = scheme === 'standard' && secret !== undefined && base64Key(secret) === null;
  return [
    ...unknown,
    ...foreign,
    ...(fields.includes('header') ? describedFaults(signature) : []),
    ...(isUnreadable ? [fault('signature/secret', 'must be whsec_ and Base64')] : []),
  ];
}

/** Of the schemes that name their header. */
function describedFaults(signature: Signature): ValidationError[] {
  const { header, timestamp_header: stamp, tolerance_seconds: tolerance, signed } = signature;
  const names = Object.entries({ header, timestamp_header: stamp }).flatMap(([key, name]) => {
    const message = name === undefined ? null : signingHeaderFault(name);
    return message === null ? [] : [fault(`signature/${key}`, message)];
  });
  const isSame = header !== undefined && header.toLowerCase() === stamp?.toLowerCase();
  return [
    ...(header === undefined ? [fault('signature/header', `is required by the scheme ${signature.scheme}`)] : []),
    ...names,
    ...(isSame ? [fault('signature/timestamp_header', 'must not be signature/header')] : []),
    ...(tolerance !== undefined && stamp === undefined
      ? [fault('signature/tolerance_seconds', 'needs signature/timestamp_header')]
      : []),
    ...(signed === undefined ? [] : signedFaults(signed, stamp !== undefined)),
  ];
}

function signedFaults(signed: string, isStamped: boolean): ValidationError[] {
  const expected = isStamped ? ['{timestamp}', '{body}'] : ['{body}'];
  const found = Array.from(signed.matchAll(/\{[^}]*\}/g), ([part]) => part);
  const isRight = found.length === expected.length && expected.every((part) => found.includes(part));
  if (isRight) return [];
  const example = isStamped ? '{timestamp}.{body}' : '{body}';
  return [fault('signature/signed', `must have ${expected.join(' and ')} once, like ${example}`)];
}
