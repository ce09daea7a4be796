// Removes conference rooms after asking; the question says which numbers will be free.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConferenceRoom, Found } from '../../api/types';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';

export function useRemoveRooms(): [(rooms: ConferenceRoom[], found?: Found | null) => Promise<boolean>, ReactNode] {
  const { t } = useTranslation();
  const [remove, dialogue] = useConfirmedRemove('conference-rooms');
  const named = ({ id, name, numbers }: ConferenceRoom) => ({
    id,
    name: numbers.length > 0 ? t('conferenceRooms.inUse', { name, numbers: numbers.join(', ') }) : name,
  });
  return [(rooms, found) => remove(rooms.map(named), found), dialogue];
}
