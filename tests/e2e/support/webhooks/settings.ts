import type { WebhookSecurity } from '../../../../contract/webhook-security';

const secret = 'a-secret';
const github = { scheme: 'github', secret };
const hmac = { scheme: 'hmac', secret, header: 'X-Sign' };

/**
 * Settings that are refused, as a client could send them, and the path of the mistake: with the
 * beginning of its message, where it has two.
 */
export const REFUSED_SETTINGS: readonly (readonly [settings: object, path: string])[] = [
  [{ bdy: 'raw' }, 'bdy'],
  [{ body: 'form' }, 'body'],
  [{ headers: ['X-Event'] }, 'headers'],
  [{ body: 'raw', headers: ['X Event'] }, 'headers/0'],
  [{ dedupe_header: 'X Event' }, 'dedupe_header'],
  ...['Content-Type', 'authorization'].map((name) => [{ dedupe_header: name }, 'dedupe_header'] as const),
  [{ dedupe_header: 'X-Gitlab-Token', signature: { scheme: 'gitlab', secret } }, 'dedupe_header'],
  [{ dedupe_header: 'x-at', signature: { ...hmac, timestamp_header: 'X-At' } }, 'dedupe_header'],
  [{ signature: { ...hmac, header: 'Content-Length' } }, 'signature/header'],
  [{ signature: { ...hmac, timestamp_header: 'x-sign' } }, 'signature/timestamp_header'],
  [{ signature: { scheme: 'bitbucket', secret } }, 'signature/scheme'],
  [{ signature: { scheme: 'github' } }, 'signature/secret'],
  [{ signature: { ...github, secret: '' } }, 'signature/secret'],
  [{ signature: { ...github, key: 'x' } }, 'signature/key'],
  [{ signature: { ...github, tolerance_seconds: 30 } }, 'signature/tolerance_seconds'],
  [{ signature: { scheme: 'standard', secret: 'whsec_?' } }, 'signature/secret'],
  [{ signature: { scheme: 'hmac', secret } }, 'signature/header'],
  [{ signature: { scheme: 'token', secret } }, 'signature/header'],
  [{ signature: { ...hmac, encoding: 'hax' } }, 'signature/encoding'],
  [{ signature: { ...hmac, algorithm: 'md5' } }, 'signature/algorithm'],
  [{ signature: { ...hmac, tolerance_seconds: 30 } }, 'signature/tolerance_seconds'],
  [{ signature: { ...hmac, signed: '{timestamp}' } }, 'signature/signed'],
  [{ signature: { ...hmac, timestamp_header: 'X-At', signed: '{body}' } }, 'signature/signed'],
  [{ signature: github, hmac: { enabled: true, secret, algorithm: 'sha256' } }, 'hmac'],
  [{ signature: github, replay_window_seconds: 30 }, 'replay_window_seconds belongs to hmac:'],
  [{ replay_window_seconds: 30 }, 'replay_window_seconds needs hmac:'],
  [{ hmac: { enabled: true, secret, algorithm: 'md5' } }, 'hmac/algorithm'],
  [{ hmac: { enabled: true, algorithm: 'sha256' } }, 'hmac/secret'],
  [{ payload_size_limit_kb: 0 }, 'payload_size_limit_kb'],
  [{ rate_limit: { enabled: true, requests: 1, window_seconds: 1, burst: 2 } }, 'rate_limit/burst'],
  [{ rate_limit: { enabled: true, requests: 0, window_seconds: 1 } }, 'rate_limit/requests'],
  [{ rate_limit: { enabled: true, requests: 1, window_seconds: 86_401 } }, 'rate_limit/window_seconds'],
  ...[
    ...['localhost', '203.0.113', '10.0.0.0/33', '::/129', '10.0.0.0/8/8', '::ffff:10.0.0.0/8'],
    ...['10.0.0.0/', '10.0.0.0/-8', '10.0.0.0/8.0', '10.0.0.0/1e1', '10.0.0.0/ 8', '10.0.0.0/0x8', '/8', ''],
  ].map((ip) => [{ ip_whitelist: { enabled: true, ips: ['10.0.0.1', ip] } }, 'ip_whitelist/ips/1'] as const),
  ...['Authorization', 'Cookie', 'X-Hub-Signature-256', 'X-Gitlab-Token', 'X-Api-Key'].map(
    (name) => [{ body: 'raw', headers: [name] }, 'headers/0'] as const,
  ),
  [{ body: 'raw', headers: ['X-Sign'], signature: hmac }, 'headers/0'],
];

/** The same of a webhook whose file sets the body raw, the header X-Kind and a signature. */
export const REFUSED_BESIDE_FILE: typeof REFUSED_SETTINGS = [
  [{ body: 'envelope' }, 'headers'],
  [{ hmac: { enabled: true, secret, algorithm: 'sha256' } }, 'hmac'],
  [{ replay_window_seconds: 30 }, 'replay_window_seconds belongs to hmac:'],
  [{ signature: { ...hmac, header: 'X-Kind' } }, 'headers/0'],
];

/** Settings, and the statuses of two equal calls of a webhook that has them. */
export const LIMITS: readonly (readonly [WebhookSecurity, readonly [number, number]])[] = [
  [{ rate_limit: { enabled: true, requests: 1, window_seconds: 600 } }, [200, 429]],
  [{ payload_size_limit_kb: 1 }, [400, 400]],
  [{ payload_size_limit_kb: 2 }, [200, 200]],
  [{ ip_whitelist: { enabled: true, ips: ['203.0.113.0/24'] } }, [403, 403]],
  [{ ip_whitelist: { enabled: true, ips: ['203.0.113.0/24', '127.0.0.0/8', '::/0', '0.0.0.0/0'] } }, [200, 200]],
  [{ ip_whitelist: { enabled: true, ips: [] } }, [403, 403]],
  [{ ip_whitelist: { enabled: false, ips: [] } }, [200, 200]],
  [{ rate_limit: { enabled: false, requests: 1, window_seconds: 600 } }, [200, 200]],
];
