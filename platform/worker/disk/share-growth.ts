/** Of a program: what the kernel has counted as written by its processes since the last time. */
interface Writer {
  readonly writtenBytes: number;
}

/**
 * What each of these programs has added to files that have grown by so much: what it wrote, and
 * together no more than the growth. What none of them wrote, such as space that is reserved, is of
 * the one with the index `unexplainedOf`, or of none: programs of other workers may have written
 * it. Where files were removed, it is less in equal parts.
 */
export function shareGrowth(growthBytes: number, programs: readonly Writer[], unexplainedOf: number): number[] {
  if (growthBytes <= 0) return programs.map(() => growthBytes / programs.length);
  const written = programs.reduce((sum, { writtenBytes }) => sum + writtenBytes, 0);
  const part = written === 0 ? 0 : Math.min(1, growthBytes / written);
  const rest = Math.max(0, growthBytes - written);
  return programs.map(({ writtenBytes }, index) => writtenBytes * part + (index === unexplainedOf ? rest : 0));
}
