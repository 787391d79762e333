import type { Findings } from '../finding';

/** Sources of packages: the URL of an npm registry, and a directory of wheels. */
interface SuiteOptions {
  readonly npm: string;
  readonly python: string;
  /** The one loopback address that actions may connect to; undefined: none. */
  readonly mockHost?: string;
  /** Undefined: its actions do not run in containers. */
  readonly containers?: SuiteContainers | undefined;
}

/** The engine of this host that the suite may use, and an image that it has. */
interface SuiteContainers {
  readonly engine: string;
  readonly image: string;
}

/** Undefined: the run names none. */
export const suiteContainers = (env: NodeJS.ProcessEnv): SuiteContainers | undefined =>
  env.E2E_CONTAINER_IMAGE
    ? { engine: env.E2E_CONTAINER_ENGINE || 'podman', image: env.E2E_CONTAINER_IMAGE }
    : undefined;

/** What the suite's platform cannot do because this run names nothing for it. */
export const suiteFindings = (env: NodeJS.ProcessEnv): Findings =>
  suiteContainers(env) ? {} : { 'runners.container': { isProven: false, reason: 'E2E_CONTAINER_IMAGE is not set' } };

/**
 * Port of `mockHost` that the platform sends DNS queries to. Only a test that starts a DNS server
 * there responds.
 */
export const MOCK_DNS_PORT = 5_300;

/** Executions that its worker runs at once. */
export const WORKER_SLOTS = 48;

/** Settings of the platform that a run of the suite starts. */
export const suiteSettings = (options: SuiteOptions): Record<string, string> => ({
  PLATFORM_WORKER_SLOTS: String(WORKER_SLOTS),
  PLATFORM_KILL_GRACE_SECONDS: '0.5',
  PLATFORM_HEARTBEAT_SECONDS: '1',
  PLATFORM_LEASE_SECONDS: '3',
  PLATFORM_SELF_REGISTRATION: 'on',
  PLATFORM_VIRTUAL_TIME: 'on',
  // Claims about forwarded addresses send their headers from this host.
  PLATFORM_TRUSTED_PROXIES: '127.0.0.0/8,::1',
  PLATFORM_NPM_REGISTRY: options.npm,
  PLATFORM_PYTHON_INDEX: options.python,
  ...(options.containers && {
    PLATFORM_CONTAINER_ENGINE: options.containers.engine,
    PLATFORM_CONTAINER_IMAGE: options.containers.image,
  }),
  ...(options.mockHost !== undefined && {
    PLATFORM_EGRESS_ALLOW: `${options.mockHost}:*`,
    PLATFORM_EGRESS_DNS: `${options.mockHost}:${MOCK_DNS_PORT}`,
  }),
});
