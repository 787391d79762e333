/** Who saves what runs: an action, a definition, a rule or a work queue. */
export interface Author {
  /** Null: a program that others wrote as well. */
  readonly identity: number | null;
  /** The permission sets that it holds now: what runs gets no others. */
  readonly heldSetRefs: readonly string[];
}

export interface AuthorColumns {
  readonly saved_by: number | null;
  readonly saved_with_sets: string[];
}

/** The columns of what it saves. */
export const authorColumns = ({ identity, heldSetRefs }: Author): AuthorColumns => ({
  saved_by: identity,
  saved_with_sets: [...heldSetRefs],
});
