/** Packs a directory into a gzip tar with relative entries. */
export async function archiveDirectory(directory: string, prefix = ''): Promise<Uint8Array<ArrayBuffer>> {
  const { create } = await import('tar'); // takes longer to load than most archives take to write
  const chunks: Uint8Array[] = [];
  const stream = create({ gzip: { level: 1 }, cwd: directory, portable: true, prefix }, ['.']);
  for await (const chunk of stream) chunks.push(chunk);
  return Uint8Array.from(Buffer.concat(chunks));
}
