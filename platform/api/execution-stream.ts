import { Readable } from 'node:stream';
import { Type } from '@sinclair/typebox';
import { Id } from '../../contract/json';
import { hostNow } from '../clock';
import type { Announcement } from '../notifier/announcement';
import { atInstant } from '../notifier/expiry';
import type { Live, Member, Subscriber } from '../notifier/live';
import { Refusal } from '../refusal';
import type { Api, ApiContext, Caller } from './context';
import { TokenRefusal } from './errors';

const KEEP_ALIVE_MS = 15_000;
/** How far behind a reader may be. */
const BEHIND_BYTES = 1_024 * 1_024;
const BEHIND_MS = 10_000;

const querystring = Type.Object({ execution_id: Type.Optional(Id) });

/** Changes of executions as server-sent events: one payload of a notification each, of those that the caller may read. */
export function executionStreamRoutes(api: Api, { live }: ApiContext): void {
  api.get(
    '/api/v1/executions/stream',
    {
      exposeHeadRoute: false,
      config: { grant: null, tokens: ['access', 'execution'] },
      schema: { tags: ['executions'], querystring, produces: ['text/event-stream'] },
    },
    async ({ caller, query: { execution_id: id } }, reply) => {
      if (caller.tokenType === 'execution' && (id === undefined || id !== caller.execution)) {
        throw new Refusal('FORBIDDEN', 'An execution may follow itself alone: give its own execution_id');
      }
      if (!live) throw new Refusal('NOT_FOUND', 'no notifier runs in this process');
      const changes = new Changes(caller);
      await changes.open(live, id === undefined ? 'entity_type:execution' : `entity:execution:${id}`);
      return reply.type('text/event-stream').header('cache-control', 'no-store').send(changes.body);
    },
  );
}

class Changes implements Subscriber {
  readonly body: Readable;
  private member: Member | null = null;
  private behindSince: number | null = null;
  private readonly keepAlive: NodeJS.Timeout;
  private readonly callOff: () => void;

  constructor(private readonly caller: Caller) {
    this.body = new Readable({ read: () => void (this.behindSince = null) });
    this.body.on('error', () => undefined); // a reader that was dropped
    this.body.once('close', () => this.finish());
    this.keepAlive = setInterval(() => this.say(': still there\n\n'), KEEP_ALIVE_MS);
    this.keepAlive.unref();
    this.callOff = atInstant(caller.claims.expiresAt, () => this.end());
  }

  /** Answers once all that commits from now on will be told. */
  async open(live: Live<Caller>, key: string): Promise<void> {
    try {
      this.member = await live.join(this.caller, this);
      if (!this.member) throw new TokenRefusal('Invalid authentication token');
      await live.catchUp();
      this.member.subscribe(key);
      this.say(': listening\n\n');
    } catch (error) {
      this.body.destroy();
      throw error;
    }
  }

  get isBehind(): boolean {
    return !this.body.destroyed && this.body.readableLength > BEHIND_BYTES / 4;
  }

  deliver({ told }: Announcement): void {
    this.say(`data: ${told.payload}\n\n`);
  }

  end(): void {
    if (!this.body.destroyed) this.body.push(null);
    this.finish();
  }

  private say(text: string): void {
    if (this.body.destroyed || this.body.readableEnded) return;
    if (!this.body.push(text)) this.behindSince ??= hostNow();
    const isLate = this.behindSince !== null && hostNow() - this.behindSince > BEHIND_MS;
    if (isLate || this.body.readableLength > BEHIND_BYTES) this.body.destroy();
  }

  private finish(): void {
    clearInterval(this.keepAlive);
    this.callOff();
    this.member?.leave();
  }
}
