// Removes mailboxes after asking; the question says how many messages go with them, and which numbers will be free.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Found, Mailbox } from '../../api/types';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';

export function useRemoveMailboxes(): [(boxes: Mailbox[], found?: Found | null) => Promise<boolean>, ReactNode] {
  const { t } = useTranslation();
  const [remove, dialogue] = useConfirmedRemove('mailboxes');
  const named = ({ id, name, messages, numbers }: Mailbox) => {
    const held = numbers.length > 0 ? t('mailboxes.inUse', { name, numbers: numbers.join(', ') }) : name;
    return { id, name: messages > 0 ? t('mailboxes.withMessages', { name: held, count: messages }) : held };
  };
  return [(boxes, found) => remove(boxes.map(named), found), dialogue];
}
