import type { NotificationPayload } from '../../contract/notifications';
import { parseJsonText } from '../../contract/json-text/parse-json-text';
import { notificationFrame, type NotificationRecord } from './protocol';

/** A notification for many subscribers: serialised once, and parsed at most once. */
export class OutgoingNotification {
  private cachedFrame: Buffer | null = null;
  private cachedPayload: NotificationPayload | null = null;

  constructor(readonly notification: NotificationRecord) {}

  get frame(): Buffer {
    this.cachedFrame ??= notificationFrame(this.notification);
    return this.cachedFrame;
  }

  get payload(): NotificationPayload {
    // Built by a trigger from columns: no validation needed.
    this.cachedPayload ??= parseJsonText(this.notification.payload) as NotificationPayload;
    return this.cachedPayload;
  }
}
