/** What a process of a platform does; one that is started without a choice does all of it. */
export const ROLES = ['api', 'executor', 'worker', 'sensor', 'notifier'] as const;
export type Role = (typeof ROLES)[number];
