import type { Env } from '../../contract/environment';
import { isObject } from '../../contract/json';
import type { Capabilities } from './capabilities';

const DEFAULT_NOTIFIER_PORT = '8081';

/**
 * URL of the notifier, `…/ws`: PLATFORM_WS_URL (alias ATTUNE_WS_URL), else the API's host with its
 * own port under `notify.api_port`, else with the contract's default port.
 */
export function resolveNotifierUrl(api: string, capabilities: Capabilities, env: Env): string {
  const configured = env.PLATFORM_WS_URL ?? env.ATTUNE_WS_URL;
  if (configured) return `${configured.replace(/\/+$/, '').replace(/\/ws$/, '')}/ws`;
  const url = new URL('/ws', api.replace(/^http/, 'ws'));
  if (!Object.hasOwn(capabilities, 'notify.api_port')) url.port = DEFAULT_NOTIFIER_PORT;
  return url.href;
}

/** The URL with the notifier's own port; null on a target that does not declare that port. */
export function notifierPortUrl(api: string, capabilities: Capabilities): string | null {
  const details = capabilities['notify.executions'];
  const port = details !== undefined && details !== true && isObject(details) ? details.port : undefined;
  if (typeof port !== 'number') return null;
  return Object.assign(new URL('/ws', api.replace(/^http/, 'ws')), { port }).href;
}
