// A mailbox for a new user or group, of the same name and open to them (VMB-1).
import { useSave } from '../../api/collections';
import type { Mailbox, MailboxAccess } from '../../api/types';
import { notifyError } from '../../shell/notify';

export function useMakeMailbox() {
  const boxes = useSave<Mailbox>('mailboxes');
  const accesses = useSave<MailboxAccess>('mailbox-access');
  return async (name: string, holder: { user: number } | { group: number }) => {
    try {
      const { id } = await boxes.mutateAsync({ id: null, values: { name } });
      await accesses.mutateAsync({ id: null, values: { mailbox: id, ...holder } });
    } catch (error) {
      notifyError(error); // the user or group is there; the mailbox can still be made
    }
  };
}
