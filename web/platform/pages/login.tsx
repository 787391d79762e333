import type { TargetedSubmitEvent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { failureText } from '../api-failure';
import { logIn, sessionProblem } from '../session';

export function Login() {
  const [error, setError] = useState(sessionProblem);
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [isSending, setSending] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    setSending(true);
    logIn(login, password).catch((failure: unknown) => {
      setError(failureText(failure));
      setSending(false);
    });
  };
  return (
    <main class="login">
      <h1>Tuningfork</h1>
      <form onSubmit={submit}>
        <label>
          Login
          <input
            name="login"
            autocomplete="username"
            required
            ref={first}
            value={login}
            onInput={({ currentTarget }) => setLogin(currentTarget.value)}
          />
        </label>
        <label>
          Password
          <input
            name="password"
            type="password"
            autocomplete="current-password"
            required
            value={password}
            onInput={({ currentTarget }) => setPassword(currentTarget.value)}
          />
        </label>
        <p class="bad" role="alert">
          {error}
        </p>
        <button class="main" type="submit" disabled={isSending}>
          Log in
        </button>
      </form>
      <p class="facts">
        The login of a new platform is in the output of <code>tuningfork up</code>. The API is described at{' '}
        <a href="/docs">/docs</a>.
      </p>
    </main>
  );
}
