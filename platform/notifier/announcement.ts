import type { NotificationPayload } from '../../contract/notifications';
import { frameOf, type Told } from './protocol';

/** A notification on its way to many: framed once, and read at most once. */
export class Announcement {
  private framed: Buffer | null = null;
  private parsed: NotificationPayload | null = null;

  constructor(readonly told: Told) {}

  get frame(): Buffer {
    this.framed ??= frameOf(this.told);
    return this.framed;
  }

  get payload(): NotificationPayload {
    // The database wrote it, from columns of its own.
    this.parsed ??= JSON.parse(this.told.payload) as NotificationPayload;
    return this.parsed;
  }
}
