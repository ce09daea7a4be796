// Removes groups after asking; the question says which numbers will be free.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { UserGroup } from '../../api/types';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';

export function useRemoveGroups(): [(groups: UserGroup[]) => Promise<boolean>, ReactNode] {
  const { t } = useTranslation();
  const [remove, dialogue] = useConfirmedRemove('groups');
  const named = ({ id, name, numbers }: UserGroup) => ({
    id,
    name: numbers.length > 0 ? t('groups.inUse', { name, numbers: numbers.join(', ') }) : name,
  });
  return [(groups) => remove(groups.map(named)), dialogue];
}
