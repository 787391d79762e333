/** What an interruption states about an execution that was started on a platform of others. */
export const goesOn = (url: string, id: number): string =>
  `execution ${id} goes on at ${url}; stop it with POST ${url}/api/v1/executions/${id}/cancel`;

/** While the request to start one is on its way. */
export const mayHaveStarted = (url: string): string =>
  `an execution may have been started: GET ${url}/api/v1/executions lists it`;
