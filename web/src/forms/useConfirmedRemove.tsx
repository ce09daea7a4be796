// Removes entities after asking, and says how it went.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useRemove } from '../api/collections';
import type { Collection } from '../api/types';
import { notifyDone, notifyError } from '../shell/notify';
import { useConfirm } from './confirm';

export function useConfirmedRemove(collection: Collection): [(items: { id: number; name: string }[]) => Promise<boolean>, ReactNode] {
  const { t } = useTranslation();
  const [ask, dialogue] = useConfirm();
  const removal = useRemove(collection);

  const remove = async (items: { id: number; name: string }[]) => {
    const names = items.slice(0, 5).map(({ name }) => name).join('; ');
    const text = t('forms.removeQuestion', { count: items.length, names: items.length > 5 ? `${names} …` : names });
    const sure = await ask({ title: t('forms.removeTitle'), text, confirm: t('forms.removeConfirm') });
    if (!sure) return false;
    try {
      await removal.mutateAsync(items.map(({ id }) => id));
      notifyDone(t('forms.removed', { count: items.length }));
      return true;
    } catch (error) {
      notifyError(error);
      return false;
    }
  };
  return [remove, dialogue];
}
