/** What a page runs, and its style. */
export interface PageProgram {
  readonly script: string;
  readonly style: string;
}
export function bundlePage(root: string, entry: string): Promise<PageProgram>;
export function bundlePageSync(root: string, entry: string): PageProgram;
