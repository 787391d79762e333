import { setImmediate as breath, setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { isTerminal, STATUSES } from '../../contract/status';
import type { Caller } from '../api/context';
import type { Database } from '../store/database';
import { Announcement } from './announcement';
import { keysOf } from './filter';
import type { Farewell, Member, Subscriber } from './live';
import type { Told } from './protocol';
import { mayRead, standingOf, type Standing } from './standing';

/** Notifications that are told without giving sockets the time to write. */
const PORTION = 100;
/** How long those that are behind hold up the rest after a portion: so often at most, so many ms. */
const MOST_RESTS = 5;
const REST_MS = 10;

type Listeners = Map<string, Set<Place>>;

/** Everybody who listens, by tenant and by what they listen to. Serialises a notification once, however many hear it. */
export class Hub {
  private readonly tenants = new Map<number, Listeners>();
  private readonly places = new Set<Place>();

  constructor(
    private readonly db: Database,
    private readonly log: Logger,
  ) {}

  /** Takes a subscriber in. Null: its identity is gone or frozen. Throws what the database says. */
  async join(caller: Caller, subscriber: Subscriber): Promise<Member | null> {
    const place: Place = new Place(
      caller,
      subscriber,
      (key, is) => this.note(place, key, is),
      () => this.places.delete(place),
    );
    this.places.add(place);
    try {
      await this.stand(place, standingOf(this.db, caller));
    } catch (error) {
      place.leave();
      throw error;
    }
    if (place.standing) return place;
    place.leave();
    return null;
  }

  /** All that one look at the log saw. In portions: a burst must not look like readers that do not read. */
  async heard(batch: readonly Told[]): Promise<void> {
    if (this.places.size === 0) return;
    await this.judgeAnew(batch.filter(({ entityType }) => entityType === 'rights'));
    for (let at = 0; at < batch.length; at += PORTION) {
      if (at > 0) await breath();
      const behind = new Set<Subscriber>();
      for (const told of batch.slice(at, at + PORTION)) await this.pass(told, behind);
      for (let rests = 0; rests < MOST_RESTS && [...behind].some(({ isBehind }) => isBehind); rests++)
        await pause(REST_MS);
    }
  }

  private async pass(told: Told, behind: Set<Subscriber>): Promise<void> {
    const listeners = this.tenants.get(told.tenant);
    if (listeners && told.entityType !== 'rights') await this.announce(listeners, new Announcement(told), behind);
    if (told.type === 'execution_status_changed') this.endTokensOf(told);
  }

  private async announce(listeners: Listeners, announcement: Announcement, behind: Set<Subscriber>): Promise<void> {
    const places = new Set(keysOf(announcement.told).flatMap((key) => [...(listeners.get(key) ?? [])]));
    for (const place of places) {
      const { subscriber } = place;
      try {
        const may = place.standing !== null && mayRead(this.db, place.caller, place.standing, announcement);
        if (may === false || (may !== true && !(await may))) continue;
        subscriber.deliver(announcement);
        if (subscriber.isBehind) behind.add(subscriber);
      } catch (error) {
        this.log.error({ err: error }, 'a subscriber was sent away: what it may read could not be asked');
        this.end(place, 'restart');
      }
    }
  }

  /** Sends everybody away. */
  endAll(why: Farewell): void {
    for (const place of [...this.places]) this.end(place, why);
  }

  get stats(): { connected_clients: number; total_subscriptions: number } {
    let subscriptions = 0;
    for (const { keys } of this.places) subscriptions += keys.size;
    return { connected_clients: this.places.size, total_subscriptions: subscriptions };
  }

  private note(place: Place, key: string, is: boolean): void {
    const { tenant } = place.caller;
    const listeners: Listeners = this.tenants.get(tenant) ?? new Map<string, Set<Place>>();
    const heard = listeners.get(key) ?? new Set();
    if (is) heard.add(place);
    else heard.delete(place);
    if (heard.size > 0) listeners.set(key, heard);
    else listeners.delete(key);
    if (listeners.size > 0) this.tenants.set(tenant, listeners);
    else this.tenants.delete(tenant);
  }

  private end(place: Place, why: Farewell): void {
    place.leave();
    place.subscriber.end(why);
  }

  /** Of several questions at once, the answer to the last counts, and all of them wait for it. */
  private async stand(place: Place, asked: Promise<Standing | null>): Promise<void> {
    place.asked = asked;
    for (let heard: Promise<Standing | null> | null = null; heard !== place.asked;) {
      heard = place.asked;
      const standing = await heard;
      if (heard === place.asked) place.standing = standing;
    }
  }

  /** Rights changed: those concerned are asked about anew before anything that committed with it or after it is told. */
  private async judgeAnew(changes: readonly Told[]): Promise<void> {
    const concerned = [...this.places].filter(({ caller }) => changes.some((change) => concerns(change, caller)));
    const asked = new Map<string, Promise<Standing | null>>();
    const ask = (caller: Caller) => {
      const name = caller.tokenType === 'access' ? `${caller.tenant}:${caller.identity}` : JSON.stringify(caller);
      const known = asked.get(name) ?? standingOf(this.db, caller);
      asked.set(name, known);
      return known;
    };
    await Promise.all(
      concerned.map(async (place) => {
        try {
          await this.stand(place, ask(place.caller));
          if (!place.standing) this.end(place, 'expired');
        } catch (error) {
          this.log.error({ err: error }, 'a subscriber was sent away: what it may read could not be asked');
          this.end(place, 'restart');
        }
      }),
    );
  }

  /** The token of a running action ends with its execution. */
  private endTokensOf({ entity, payload, tenant }: Told): void {
    const own = [...this.places].filter(({ caller }) => caller.execution === entity && caller.tenant === tenant);
    if (own.length === 0) return;
    const { status } = JSON.parse(payload) as { status: unknown };
    if (STATUSES.some((known) => known === status && isTerminal(known)))
      for (const place of own) this.end(place, 'expired');
  }
}

const SHARED = 0;
const EVERYBODY = 0;

const concerns = ({ tenant, entity }: Told, caller: Caller): boolean =>
  (tenant === SHARED || tenant === caller.tenant) && (entity === EVERYBODY || entity === caller.identity);

class Place implements Member {
  readonly keys = new Set<string>();
  /** Null until it is known, and hears nothing. */
  standing: Standing | null = null;
  /** The last time it was asked for. */
  asked: Promise<Standing | null> = Promise.resolve(null);

  constructor(
    readonly caller: Caller,
    readonly subscriber: Subscriber,
    private readonly note: (key: string, is: boolean) => void,
    private readonly left: () => void,
  ) {}

  get isAdmin(): boolean {
    return this.standing?.isAdmin ?? false;
  }

  subscribe(key: string): void {
    this.keys.add(key);
    this.note(key, true);
  }

  unsubscribe(key: string): void {
    this.keys.delete(key);
    this.note(key, false);
  }

  leave(): void {
    for (const key of [...this.keys]) this.unsubscribe(key);
    this.left();
  }
}
