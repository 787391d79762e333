/** The files of a repository, by their paths below its root. */
export interface RepositoryFiles {
  has(path: string): boolean;
  /** The text of a file, or why there is none. */
  read(path: string): { readonly text: string } | { readonly problem: string };
}
