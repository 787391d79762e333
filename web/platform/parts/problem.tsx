import { failureText } from '../api-failure';

/** Why a part of the page is not up to date; nothing without an error. */
export const Problem = ({ error }: { readonly error: unknown }) =>
  error === null ? null : (
    <p class="problem" role="alert">
      {failureText(error)}
    </p>
  );
