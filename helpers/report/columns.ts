/** Rows of text in columns of equal width, two spaces apart. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const width = (n: number): number => Math.max(...rows.map((row) => row[n]?.length ?? 0));
  return rows.map((row) =>
    row
      .map((cell, n) => cell.padEnd(width(n)))
      .join('  ')
      .trimEnd(),
  );
}
