/**
 * Keys of PostgreSQL's advisory locks. All are of one database and in one range, so that no two
 * mechanisms wait for each other by accident.
 */
export const ADVISORY_LOCKS = {
  /** Platforms that start on the same database migrate it one after the other. */
  migration: 7_041_984,
  /** A sleeping notifier holds it, shared; wake_notifier.sql notifies if it is taken. */
  sleepingNotifier: 7_041_985,
  /** Its holder sends to the channels of the contract, and removes rows. */
  publisher: 7_041_986,
  /** Platforms that start on the same database load the standard pack one after the other. */
  corePack: 7_041_987,
  /** With the tenant as second key: changes that could remove its last administrator. */
  administratorCheck: 7_041_988,
  /** Platforms that start on the same database make its login one after the other. */
  appLogin: 7_041_989,
  /** Every running platform holds it, shared; one that starts without joining, exclusively. */
  stack: 7_041_990,
  /** With the role as second key: every running platform holds those of its roles, shared. */
  role: 7_041_991,
  /** With the tenant as second key: managed workers are created one after the other. */
  managedWorkers: 7_041_992,
  /** Its holder makes a retention pass. It is a setting: this is the default. */
  retention: 7_041_993,
  /** With a digest of tenant and ref: versions of an artifact that is named by its ref. */
  artifactRef: 7_041_994,
  /** With a digest of the name: a platform holds those of its workers that its settings name. */
  workerName: 7_041_995,
  /** With the tenant as second key: its transactions hold it, shared, and a move alone. */
  tenantClock: 7_041_996,
  /** With a digest of its SQL files: every running platform holds that of its build, shared. */
  build: 7_041_997,
} as const;
