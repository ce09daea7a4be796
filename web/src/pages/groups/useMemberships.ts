// Changes of memberships: each is one request about one row, so that two administrators do not undo each other's work.
import { useRemove, useSave } from '../../api/collections';
import type { GroupMember } from '../../api/types';
import { notifyError } from '../../shell/notify';

export function useMemberships() {
  const store = useSave<GroupMember>('group-members');
  const removal = useRemove('group-members');
  const save = (id: number | null, values: Partial<GroupMember>) => store.mutateAsync({ id, values }).catch(notifyError);
  return {
    add: (group: number, user: number, place?: number) => void save(null, { group, user, ...(place ? { position: place } : {}) }),
    move: (id: number, place: number) => void save(id, { position: place }),
    logOn: (id: number, on: boolean) => void save(id, { logged_on: on }),
    remove: (id: number) => void removal.mutateAsync([id]).catch(notifyError),
  };
}
