// Removes entities after asking, and says how it went.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useUndoableRemove } from '../api/collections';
import type { Collection } from '../api/types';
import { notifyDone, notifyError } from '../shell/notify';
import { useConfirm } from './confirm';
import { useUndo } from './useUndo';

export function useConfirmedRemove(collection: Collection): [(items: { id: number; name: string }[]) => Promise<boolean>, ReactNode] {
  const { t } = useTranslation();
  const [ask, dialogue] = useConfirm();
  const removal = useUndoableRemove(collection);
  const offerUndo = useUndo(collection);

  const remove = async (items: { id: number; name: string }[]) => {
    const names = items.slice(0, 5).map(({ name }) => name).join('; ');
    const text = t('forms.removeQuestion', { count: items.length, names: items.length > 5 ? `${names} …` : names });
    const sure = await ask({ title: t('forms.removeTitle'), text, confirm: t('forms.removeConfirm') });
    if (!sure) return false;
    const { changes, error } = await removal.mutateAsync(items.map(({ id }) => id));
    const undoable = changes.filter((id) => id > 0);
    const said = t('forms.removed', { count: changes.length });
    if (undoable.length) offerUndo(said, undoable);
    else if (changes.length) notifyDone(said);
    if (error) notifyError(error);
    return !error;
  };
  return [remove, dialogue];
}
