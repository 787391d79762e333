import type { StackKind } from '../../../contract/sandbox-report';

/** How the services of a compose file run on a host. */
export interface Stack {
  readonly kind: StackKind;
  /** Starts the services. Throws SandboxError where that fails. */
  up(): Promise<void>;
  /** Throws SandboxError with the last words of a service that has failed. */
  requireRunning(): Promise<void>;
}
