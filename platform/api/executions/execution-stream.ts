import { Type } from '@sinclair/typebox';
import { Id } from '../../../contract/json';
import type { OutgoingNotification } from '../../notifier/outgoing-notification';
import { platformNow } from '../../base/tenant-clocks';
import { runAt } from '../../base/run-at';
import type { SubscriptionHub, Subscription, Subscriber } from '../../notifier/subscriptions';
import { DomainError } from '../../base/domain-error';
import type { Api, ApiContext } from '../http/context';
import { routeAfterCommit } from '../http/route';
import { EventStream, sendEventStream, sseComment, sseMessage } from '../http/sse';
import type { Caller } from '../../auth/caller';
import { AuthenticationError } from '../../auth/auth-errors';

const querystring = Type.Object({ execution_id: Type.Optional(Id) });

/**
 * Changes of executions that the caller may read, as server-sent events: one payload of a
 * notification each.
 */
export function executionStreamRoutes(api: Api, { subscriptionHub }: ApiContext): void {
  routeAfterCommit(api, {
    method: 'GET',
    path: '/api/v1/executions/stream',
    grant: null,
    tokens: ['access', 'execution'],
    exposeHeadRoute: false,
    schema: { tags: ['executions'], querystring, produces: ['text/event-stream'] },
    respond: async ({ caller, query: { execution_id: id }, reply }) => {
      if (caller.tokenType === 'execution' && (id === undefined || id !== caller.execution)) {
        throw new DomainError('FORBIDDEN', 'An execution may follow itself alone: give its own execution_id');
      }
      if (!subscriptionHub) throw new DomainError('NOT_FOUND', 'no notifier runs in this process');
      const subscriber = new ExecutionSubscriber(caller);
      await subscriber.subscribe(
        subscriptionHub,
        id === undefined ? 'entity_type:execution' : `entity:execution:${id}`,
      );
      return sendEventStream(reply, subscriber.stream.body);
    },
  });
}

/** The subscription of one client of the stream. */
class ExecutionSubscriber implements Subscriber {
  readonly stream = new EventStream(() => this.release());
  private subscription: Subscription | null = null;
  private readonly cancelExpiry: () => void;

  constructor(private readonly caller: Caller) {
    this.cancelExpiry = runAt(
      () => platformNow(caller.tenant),
      caller.claims.expiresAt,
      () => this.close(),
    );
  }

  /** Resolves once every change that commits from now on will be sent. */
  async subscribe(hub: SubscriptionHub<Caller>, filterKey: string): Promise<void> {
    try {
      this.subscription = await hub.subscribe(this.caller, this);
      if (!this.subscription) throw new AuthenticationError('Invalid authentication token');
      await hub.catchUp();
      this.subscription.addFilter(filterKey);
      this.stream.write(sseComment('listening'));
    } catch (error) {
      this.stream.destroy();
      throw error;
    }
  }

  get isSlow(): boolean {
    return this.stream.isSlow;
  }

  send({ notification }: OutgoingNotification): void {
    this.stream.write(sseMessage(notification.payload));
  }

  close(): void {
    this.stream.end();
    this.release();
  }

  private release(): void {
    this.cancelExpiry();
    this.subscription?.close();
  }
}
