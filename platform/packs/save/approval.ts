import type { Transaction } from '../../store/database/connection';
import type { PackRow } from '../../store/packs/packs';
import type { Author } from '../../store/packs/author';
import type { PackFiles } from '../read/pack';

/** The caller that registers a pack: what limits the permission sets of its components. */
export interface Saver extends Author {
  /** Definitions that do not change keep the limits of their last saver. */
  readonly keepsUnchanged: boolean;
  /**
   * The one component whose files it has written: all others stay as they are stored, whatever
   * their files say. Null: it registers all.
   */
  readonly writes: string | null;
}

/**
 * Decides whether a pack may be registered, over `installed` where there is one. Throws
 * DomainError.
 */
export type PackApproval = (
  transaction: Transaction,
  files: PackFiles,
  installed: PackRow | null,
  storedBytes: number,
) => Promise<Saver>;
