const MIB = 1_024 * 1_024;

/** The limits of one pack, from an archive or a directory. */
export const PACK_LIMITS = {
  totalBytes: 100 * MIB,
  entryBytes: 50 * MIB,
  entries: 10_000,
  depth: 32,
  yamlBytes: MIB,
  /** Compressed bytes of one upload. */
  uploadBytes: 50 * MIB,
} as const;
