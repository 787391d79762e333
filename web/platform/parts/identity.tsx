import { get } from '../api';
import { useCaller } from '../caller';
import { useResource } from '../resource';
import { mayDo } from '../session';

/** An identity by its login, where the caller may read it. */
export function IdentityName({ id }: { readonly id: number }) {
  const { user } = useCaller();
  const isReadable = user?.id !== id && mayDo(user, 'identities', 'read');
  const { value } = useResource(`identity ${id} ${isReadable}`, { types: [] }, async (signal) =>
    isReadable ? get<{ readonly login: string }>(`/api/v1/identities/${id}`, { signal }) : null,
  );
  return <>{user?.id === id ? 'you' : (value?.login ?? `identity ${id}`)}</>;
}
