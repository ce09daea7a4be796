// Removes mailboxes after asking; the question says how many messages go with them.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Mailbox } from '../../api/types';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';

export function useRemoveMailboxes(): [(boxes: Mailbox[]) => Promise<boolean>, ReactNode] {
  const { t } = useTranslation();
  const [remove, dialogue] = useConfirmedRemove('mailboxes');
  const named = ({ id, name, messages }: Mailbox) => ({ id, name: messages > 0 ? t('mailboxes.withMessages', { name, count: messages }) : name });
  return [(boxes) => remove(boxes.map(named)), dialogue];
}
