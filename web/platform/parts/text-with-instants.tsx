import { Instant } from './instant';

const INSTANT = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/;

/** A sentence of the platform, whose instants are in the time of the browser, as all others. */
export const TextWithInstants = ({ text }: { readonly text: string }) => (
  <>{text.split(INSTANT).map((part, n) => (n % 2 === 0 ? part : <Instant key={n} at={part} />))}</>
);
